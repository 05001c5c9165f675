/**
 * RE2 expressions, as PromQL has them, on JavaScript's engine: anchored at both ends, `.` matches a line break, no
 * backreferences, no looking around. Inline flags are translated, for this engine has none. Longer than most: it is one
 * translation, whose parts mean nothing apart.
 */
import { guardedRegExp } from './guarded-regexp.ts';

const MAX_LENGTH = 10_000;
const cache = new Map<string, RegExp>();
const CACHE_SIZE = 2000;

/** Compiles `source`, anchored. Throws an Error that says what is wrong with it. */
export function compileRe2(source: string): RegExp {
  const known = cache.get(source);
  if (known !== undefined) return known;
  if (source.length > MAX_LENGTH)
    throw new Error(`the regular expression has ${source.length} characters, at most ${MAX_LENGTH} are taken`);
  const compiled = new Translation(source).compile();
  if (cache.size >= CACHE_SIZE) cache.delete(cache.keys().next().value!);
  cache.set(source, compiled);
  return compiled;
}

/** Compiles `source` as Go's regexp package takes it: found anywhere, `.` stops at a line break. Its `lastIndex` counts. Throws likewise. */
export function searchRe2(source: string): RegExp {
  const key = `\u0000${source}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  if (source.length > MAX_LENGTH)
    throw new Error(`the regular expression has ${source.length} characters, at most ${MAX_LENGTH} are taken`);
  const compiled = new Translation(source).compile(false);
  if (cache.size >= CACHE_SIZE) cache.delete(cache.keys().next().value!);
  cache.set(key, compiled);
  return compiled;
}

interface Flags {
  readonly i: boolean;
  readonly s: boolean;
}

const CLASSES: Readonly<Record<string, string>> = {
  alnum: 'a-zA-Z0-9', alpha: 'a-zA-Z', ascii: '\\x00-\\x7f', blank: '\\t ', cntrl: '\\x00-\\x1f\\x7f', digit: '0-9', graph: '!-~',
  lower: 'a-z', print: ' -~', punct: '!-\\/:-@\\[-`{-~', space: '\\t\\n\\v\\f\\r ', upper: 'A-Z', word: '\\w', xdigit: '0-9a-fA-F',
}; // prettier-ignore

const PLAIN_ESCAPES = 'dDwWbBtnrfv';

/** A character beyond 16 bits is two units here, which nothing may part; V8's automaton, which is linear, knows no flag `u`. */
const PAIR = '[\\ud800-\\udbff][\\udc00-\\udfff]';
const UNPAIRED = '\\ud800-\\udfff';
/** Any one character but those of the class. */
const anyBut = (ranges: string): string => `(?:${PAIR}|[^${ranges}${UNPAIRED}])`;
const NEGATED: Readonly<Record<string, string>> = { D: '0-9', W: '\\w', S: '\\t\\n\\f\\r ' };

class Translation {
  private readonly source: string;
  private at = 0;

  constructor(source: string) {
    this.source = source;
  }

  compile(anchored = true): RegExp {
    const body = this.alternatives({ i: false, s: anchored });
    if (this.at < this.source.length) throw new Error('unexpected ): it closes no group');
    try {
      return anchored ? guardedRegExp(`^(?:${body})$`) : guardedRegExp(`(?:${body})`, 'g');
    } catch {
      throw new Error(`error parsing regexp: ${JSON.stringify(this.source)} is no RE2 expression`);
    }
  }

  /** Up to the end or the parenthesis that closes the group; flags set inside end there. */
  private alternatives(outer: Flags): string {
    let flags = outer;
    let out = '';
    while (this.at < this.source.length && this.source[this.at] !== ')') {
      const c = this.source[this.at]!;
      if (c === '(') {
        const group = this.group(flags);
        if (typeof group === 'string') out += group;
        else flags = group;
      } else if (c === '[') out += this.bracket(flags);
      else if (c === '\\') out += this.escape(flags);
      else if (c === '.') out += this.dot(flags);
      else if (this.source.codePointAt(this.at)! > 0xffff) {
        out += whole(this.source.slice(this.at, this.at + 2));
        this.at += 2;
      } else {
        this.at++;
        out += plain(c, flags, this.source.slice(this.at - 1));
      }
    }
    return out;
  }

  /** Any number of characters may be matched by units: what comes before and after takes none apart. */
  private dot(flags: Flags): string {
    this.at++;
    const next = this.source.slice(this.at, this.at + 2);
    const unit = flags.s ? '[^]' : '[^\\n]';
    if (/^\*(?!\?)/.test(next)) return unit;
    const one = anyBut(flags.s ? '' : '\\n');
    if (!/^\+(?![?*+{])/.test(next)) return one;
    this.at++;
    return `(?:${one}${unit}*)`;
  }

  private group(flags: Flags): string | Flags {
    const head = /^\((?:\?P?<([A-Za-z_]\w*)>|\?([a-zA-Z-]*)([:)]))?/.exec(this.source.slice(this.at))!;
    const rest = this.source.slice(this.at + 1, this.at + 4);
    if (head[0] === '(' && rest.startsWith('?'))
      throw new Error('invalid or unsupported Perl syntax: (?= (?! (?<= and (?<! are not in RE2');
    this.at += head[0].length;
    const inner = head[2] === undefined ? flags : withFlags(flags, head[2]);
    if (head[3] === ')') return inner;
    const body = this.alternatives(inner);
    if (this.source[this.at] !== ')') throw new Error('missing closing ): a group is not closed');
    this.at++;
    const open = head[1] !== undefined ? `(?<${head[1]}>` : head[3] === ':' ? '(?:' : '(';
    return `${open}${body})`;
  }

  private escape(flags: Flags): string {
    const c = this.source[this.at + 1];
    if (c === undefined) throw new Error('trailing backslash at end of expression');
    this.at += 2;
    if (c === 'Q') {
      const end = this.source.indexOf('\\E', this.at);
      const text = this.source.slice(this.at, end < 0 ? undefined : end);
      this.at = end < 0 ? this.source.length : end + 2;
      return Array.from(text, (character) => whole(literal(character, flags))).join('');
    }
    if (c === 'A') return '^';
    if (c === 'z') return '$';
    if (c === 's') return '[\\t\\n\\f\\r ]';
    const negated = NEGATED[c];
    if (negated !== undefined) return anyBut(negated);
    return whole(this.escapedCharacter(c, flags, false));
  }

  /** What `\` and `c` mean in and out of brackets. */
  private escapedCharacter(c: string, flags: Flags, inClass: boolean): string {
    if (PLAIN_ESCAPES.includes(c) && !(inClass && (c === 'b' || c === 'B'))) return `\\${c}`;
    if (c === 'a') return '\\x07';
    if (c === 'x') return this.hex(flags);
    if (c === 'p' || c === 'P') return inClass ? this.property(c) : `[${this.property(c)}]`;
    if (c === '0') return '\\x00';
    // Of ASCII alone any other character may be escaped.
    if (/[A-Za-z0-9]/.test(c) || c > '\x7f') throw new Error(`invalid escape sequence: \\${c}`);
    return escapeCharacter(c);
  }

  private hex(flags: Flags): string {
    const match = /^(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))/.exec(this.source.slice(this.at));
    if (match === null) throw new Error('invalid escape sequence: \\x takes two digits, or more in braces');
    this.at += match[0].length;
    const point = Number.parseInt(match[1] ?? match[2]!, 16);
    if (point > 0x10ffff) throw new Error(`invalid escape sequence: \\x${match[0]}`);
    return literal(String.fromCodePoint(point), flags);
  }

  private property(c: string): string {
    const match = /^(?:\{(\^?)(\w+)\}|([A-Z]))/.exec(this.source.slice(this.at));
    if (match === null) throw new Error(`invalid character class range: \\${c}`);
    this.at += match[0].length;
    const name = match[2] ?? match[3]!;
    return propertyRanges(name, (c === 'P') !== (match[1] === '^'));
  }

  private bracket(flags: Flags): string {
    this.at++;
    let out = '';
    const pairs: string[] = [];
    const negated = this.source[this.at] === '^';
    if (negated) this.at++;
    for (let first = true; first || this.source[this.at] !== ']'; first = false) {
      if (this.at >= this.source.length) throw new Error('missing closing ]: a character class is not closed');
      if (this.source.codePointAt(this.at)! > 0xffff) pairs.push(this.pairs());
      else out += this.classItem(flags);
    }
    this.at++;
    if (pairs.length === 0) return negated ? anyBut(out) : `[${out}]`;
    return negated ? `(?:(?!${pairs.join('|')})${anyBut(out)})` : `(?:${pairs.join('|')}|[${out}])`;
  }

  /** A character beyond 16 bits in a class, or a range of them. */
  private pairs(): string {
    const [from] = /^[^]/u.exec(this.source.slice(this.at))!;
    this.at += from.length;
    const range = /^-([\u{10000}-\u{10ffff}])/u.exec(this.source.slice(this.at));
    if (range === null) return from;
    const to = range[1]!;
    this.at += 3;
    if (to < from) throw new Error(`invalid character class range: ${from}-${to}`);
    const [high, low, lastHigh, last] = [...from.split(''), ...to.split('')].map((unit) => unit.charCodeAt(0)) as [number, number, number, number]; // prettier-ignore
    const units = (first: number, end: number): string => `[${unit(first)}-${unit(end)}]`;
    if (high === lastHigh) return `${unit(high)}${units(low, last)}`;
    const between = lastHigh - high > 1 ? `|${units(high + 1, lastHigh - 1)}${units(0xdc00, 0xdfff)}` : '';
    return `${unit(high)}${units(low, 0xdfff)}${between}|${unit(lastHigh)}${units(0xdc00, last)}`;
  }

  private classItem(flags: Flags): string {
    const named = /^\[:(\^?)(\w+):\]/.exec(this.source.slice(this.at));
    if (named !== null) {
      const set = Object.hasOwn(CLASSES, named[2]!) ? CLASSES[named[2]!] : undefined;
      if (set === undefined || named[1] === '^') throw new Error(`invalid character class range: ${named[0]}`);
      this.at += named[0].length;
      return flags.i && /^(?:lower|upper)$/.test(named[2]!) ? 'a-zA-Z' : set;
    }
    const from = this.classCharacter(flags);
    if (from.length > 1 || this.source[this.at] !== '-' || this.source[this.at + 1] === ']' || this.at + 1 >= this.source.length) {
      return from.length > 1 ? from : bothCases(from, from, flags);
    }
    this.at++;
    const to = this.classCharacter(flags);
    if (to.length > 1 || to < from) throw new Error(`invalid character class range: ${from}-${to}`);
    return bothCases(from, to, flags);
  }

  /** One character, or an escape that stands for several. */
  private classCharacter(flags: Flags): string {
    const c = this.source[this.at++]!;
    if (c !== '\\') return c;
    const escaped = this.source[this.at++];
    if (escaped === undefined) throw new Error('trailing backslash at end of expression');
    if (escaped === 's') return '\\t\\n\\f\\r ';
    if (escaped === 'S') return '\\S';
    const out = this.escapedCharacter(escaped, { ...flags, i: false }, true);
    return /^\\[^\w]$/.test(out) ? out[1]! : out;
  }
}

/** A pair of units as one thing to repeat. */
const whole = (text: string): string => (/^[\u{10000}-\u{10ffff}]$/u.test(text) ? `(?:${text})` : text);

function withFlags(flags: Flags, text: string): Flags {
  let on = true;
  const changed = { ...flags };
  for (const c of text) {
    if (c === '-') on = false;
    else if (c === 'i' || c === 's') changed[c] = on;
    else throw new Error(`invalid or unsupported Perl syntax: (?${text}`);
  }
  return changed;
}

const escapeCharacter = (c: string): string => (/[\\^$.*+?()[\]{}|/]/.test(c) ? `\\${c}` : c);

function literal(c: string, flags: Flags): string {
  if (!flags.i || c.toLowerCase() === c.toUpperCase()) return escapeCharacter(c);
  return `[${c.toLowerCase()}${c.toUpperCase()}]`;
}

/** A character outside brackets that has no backslash before it; `rest` starts with it. */
function plain(c: string, flags: Flags, rest: string): string {
  if ('^$|*+?'.includes(c)) return c;
  if (c === '{' && /^\{\d{1,4}(?:,\d{0,4})?\}/.test(rest)) return repetition(rest);
  // The rest of a repetition: its closing brace is escaped only where it stands alone.
  return /[\d,}]/.test(c) ? (c === '}' ? '}' : c) : literal(c, flags);
}

function repetition(rest: string): string {
  const counts = /^\{(\d+)(?:,(\d*))?\}/.exec(rest)!;
  if (Number(counts[1]) > 1000 || Number(counts[2] ?? 0) > 1000) throw new Error(`invalid repeat count: ${counts[0]}`);
  return '{';
}

function bothCases(from: string, to: string, flags: Flags): string {
  const range = (a: string, b: string): string => (a === b ? classEscape(a) : `${classEscape(a)}-${classEscape(b)}`);
  let out = range(from, to);
  if (!flags.i) return out;
  for (const [low, high, shift] of [
    ['a', 'z', -32],
    ['A', 'Z', 32],
  ] as const) {
    const a = Math.max(from.charCodeAt(0), low.charCodeAt(0));
    const b = Math.min(to.charCodeAt(0), high.charCodeAt(0));
    if (a <= b) out += range(String.fromCharCode(a + shift), String.fromCharCode(b + shift));
  }
  return out;
}

const classEscape = (c: string): string => (/[\\\]^-]/.test(c) || c === '[' ? `\\${c}` : c);

/** Go's `Regexp.Expand`: `$1`, `${1}`, `$name` and `${name}` are the groups, `$$` a dollar. */
export function expandTemplate(template: string, match: RegExpExecArray): string {
  return template.replaceAll(/\$(?:\$|(\w+)|\{(\w+)\})/g, (whole, bare: string | undefined, braced: string | undefined) => {
    if (whole === '$$') return '$';
    const name = bare ?? braced!;
    return (/^\d+$/.test(name) ? match[Number(name)] : match.groups?.[name]) ?? '';
  });
}

const properties = new Map<string, string>();

/**
 * A Unicode category or script as ranges for a class, of the characters of 16 bits. Spelled out, because V8's automaton
 * knows no flag `u`, and without it an expression made to hang would.
 */
function propertyRanges(name: string, negated: boolean): string {
  const key = `${negated ? 'P' : 'p'}${name}`;
  let ranges = properties.get(key);
  if (ranges !== undefined) return ranges;
  let pattern: RegExp;
  try {
    pattern = new RegExp(`^\\${negated ? 'P' : 'p'}{${name.length <= 2 ? name : `Script=${name}`}}$`, 'u');
  } catch {
    throw new Error(`invalid character class range: \\p{${name}}`);
  }
  ranges = '';
  for (let code = 0, from = -1; code <= 0x10000; code++) {
    const inside = code <= 0xffff && pattern.test(String.fromCharCode(code));
    if (inside && from < 0) from = code;
    if (inside || from < 0) continue;
    ranges += `${unit(from)}-${unit(code - 1)}`;
    from = -1;
  }
  if (properties.size < 100) properties.set(key, ranges);
  return ranges;
}

const unit = (code: number): string => `\\u${code.toString(16).padStart(4, '0')}`;
