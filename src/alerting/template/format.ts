/** Go's fmt.Sprintf, for the values of templates. A verb that doesn't fit its value is written as Go does: `%!d(string=x)`. */
import { quote } from '../../monitoring/index.ts';
import { exponential, fixed, general, goFloat } from './decimal.ts';
import { compound, Duration, durationText, printValue, Time, timeText, typeOf, type Value } from './values.ts';

interface Directive {
  readonly flags: string;
  readonly width: number | undefined;
  readonly precision: number | undefined;
  readonly verb: string;
}

/** Wider than anybody reads; Go takes up to a million. */
const WIDEST = 10_000;
const PRECISE = 400;

export function sprintf(format: string, args: readonly Value[]): string {
  let out = '';
  let next = 0;
  let reordered = false;
  let at = 0;
  while (at < format.length) {
    const percent = format.indexOf('%', at);
    if (percent < 0) return finish(out + format.slice(at), next, args, reordered);
    out += format.slice(at, percent);
    at = percent + 1;
    const flags = /^[-+# 0]*/.exec(format.slice(at, at + 20))![0];
    at += flags.length;
    let bad: string | undefined;
    const index = (): void => {
      const found = /^\[([^\]]*)\]/.exec(format.slice(at, at + 12));
      if (found === null) return;
      at += found[0].length;
      const nth = /^\d{1,6}$/.test(found[1]!) ? Number(found[1]) : 0;
      reordered = true;
      if (nth < 1 || nth > args.length) bad = 'BADINDEX';
      else next = nth - 1;
    };
    const number = (what: string): number | undefined => {
      index();
      if (format[at] === '*') {
        at++;
        const given = args[next++];
        if (typeof given === 'bigint' && given >= -BigInt(WIDEST) && given <= BigInt(WIDEST)) return Number(given);
        out += `%!(BAD${what})`;
        return undefined;
      }
      const digits = /^\d{0,7}/.exec(format.slice(at, at + 7))![0];
      at += digits.length;
      return digits === '' ? undefined : Number(digits);
    };
    let width = number('WIDTH');
    const left = width !== undefined && width < 0;
    if (left) width = -width!;
    let precision: number | undefined;
    if (format[at] === '.') {
      at++;
      precision = number('PREC') ?? 0;
      if (precision < 0) precision = undefined;
    }
    index();
    const point = format.codePointAt(at);
    if (point === undefined) return finish(`${out}%!(NOVERB)`, next, args, reordered);
    const verb = String.fromCodePoint(point);
    at += verb.length;
    if (verb === '%') out += '%';
    else if (bad !== undefined) out += `%!${verb}(${bad})`;
    else if (verb === '!') out += '%!!(NOVERB)';
    else if (next >= args.length) out += `%!${verb}(MISSING)`;
    else {
      const directive = {
        flags: left ? `${flags}-` : flags,
        width: width === undefined ? undefined : Math.min(width, WIDEST),
        precision: precision === undefined ? undefined : Math.min(precision, PRECISE),
        verb,
      };
      out += formatValue(args[next++]!, directive);
    }
  }
  return finish(out, next, args, reordered);
}

function finish(out: string, next: number, args: readonly Value[], reordered: boolean): string {
  if (reordered || next >= args.length) return out;
  const extra = args.slice(next).map((value) => (value === null ? '<nil>' : `${typeOf(value)}=${printValue(value)}`));
  return `${out}%!(EXTRA ${extra.join(', ')})`;
}

const bad = (value: Value, verb: string): string => `%!${verb}(${value === null ? '<nil>' : `${typeOf(value)}=${printValue(value)}`})`;

function formatValue(value: Value, directive: Directive): string {
  const { verb } = directive;
  if (verb === 'T') return pad(typeOf(value), directive);
  if (value === null) return verb === 'v' ? pad('<nil>', directive) : bad(value, verb);
  if (typeof value === 'boolean') return verb === 't' || verb === 'v' ? pad(String(value), directive) : bad(value, verb);
  if (typeof value === 'number') return formatFloat(value, directive);
  if (typeof value === 'bigint') return formatInt(value, directive);
  if (typeof value === 'string') return formatString(value, directive);
  if (value instanceof Duration)
    return /[vsqxX]/.test(verb) ? formatString(durationText(value.nanos), directive) : formatInt(value.nanos, directive);
  if (value instanceof Time) return /[vsqxX]/.test(verb) ? formatString(timeText(value), directive) : bad(value, verb);
  return compound(value, (element) => formatValue(element, directive));
}

function pad(text: string, { flags, width }: Pick<Directive, 'flags' | 'width'>, zeros = false): string {
  const missing = (width ?? 0) - Array.from(text).length;
  if (missing <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(missing);
  if (!zeros || !flags.includes('0')) return ' '.repeat(missing) + text;
  const sign = /^[+\- ]/.exec(text)?.[0] ?? '';
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}

const signed = (text: string, flags: string): string => {
  if (text.startsWith('-') || text.startsWith('+')) return text.startsWith('+') && !flags.includes('+') && text !== '+Inf' ? text.slice(1) : text;
  return flags.includes('+') ? `+${text}` : flags.includes(' ') ? ` ${text}` : text;
}; // prettier-ignore

function formatFloat(value: number, directive: Directive): string {
  const { verb, precision, flags } = directive;
  if (!/^[veEfFgG]$/.test(verb)) return bad(value, verb);
  if (!Number.isFinite(value)) return pad(signed(goFloat(value), flags), directive);
  const lower = verb.toLowerCase();
  let text: string;
  if (lower === 'f') text = fixed(value, precision ?? 6);
  else if (lower === 'e') text = exponential(value, precision ?? 6);
  else text = precision === undefined ? goFloat(value) : general(value, precision);
  return pad(signed(verb === 'E' || verb === 'G' ? text.toUpperCase() : text, flags), directive, true);
}

const BASES: Readonly<Record<string, number>> = { d: 10, v: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };
const PREFIXES: Readonly<Record<string, string>> = { b: '0b', o: '0', x: '0x', X: '0X' };

function formatInt(value: bigint, directive: Directive): string {
  const { verb, flags, precision } = directive;
  if (verb === 'c' || verb === 'q' || verb === 'U') {
    const valid = value >= 0n && value <= 0x10ffffn && (value < 0xd800n || value > 0xdfffn);
    const character = valid ? String.fromCodePoint(Number(value)) : '\ufffd';
    if (verb === 'c') return pad(character, directive);
    if (verb === 'U') return pad(`U+${value.toString(16).toUpperCase().padStart(4, '0')}`, directive);
    return pad(`'${character === "'" ? "\\'" : character === '"' ? '"' : quote(character).slice(1, -1)}'`, directive);
  }
  const base = BASES[verb];
  if (base === undefined) return bad(value, verb);
  const size = value < 0n ? -value : value;
  let digits = size.toString(base).padStart(precision ?? 1, '0');
  if (verb === 'X') digits = digits.toUpperCase();
  const prefix = verb === 'O' ? '0o' : flags.includes('#') ? (PREFIXES[verb] ?? '') : '';
  return pad(signed((value < 0n ? '-' : '') + prefix + digits, flags), directive, precision === undefined);
}

function formatString(text: string, directive: Directive): string {
  const { verb, flags, precision } = directive;
  const cut = precision === undefined ? text : Array.from(text).slice(0, precision).join('');
  if (verb === 'v' && flags.includes('#')) return pad(quote(text), directive);
  if (verb === 's' || verb === 'v') return pad(cut, directive, true);
  if (verb === 'q') return pad(flags.includes('#') && !/[`\p{Cc}]/u.test(cut) ? `\`${cut}\`` : quote(cut), directive);
  if (verb !== 'x' && verb !== 'X') return bad(text, verb);
  const bytes = Buffer.from(text).subarray(0, precision);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(flags.includes(' ') ? ' ' : '');
  const prefixed = flags.includes('#') && hex !== '' ? `0x${hex}` : hex;
  return pad(verb === 'X' ? prefixed.toUpperCase() : prefixed, directive);
}
