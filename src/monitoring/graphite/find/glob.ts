import { GraphiteError } from '../graphite-error.ts';

const MOST_VARIANTS = 1_000;

/** `a{b,c}d` as `abd` and `acd`; braces may be nested. @throws GraphiteError where there are too many */
export function expandBraces(pattern: string): string[] {
  const found = new Set<string>();
  const open = [pattern];
  for (let text = open.pop(); text !== undefined; text = open.pop()) {
    const braces = /\{([^{}]*)\}/.exec(text);
    if (braces === null) found.add(text);
    else
      for (const part of braces[1]!.split(',')) open.push(text.slice(0, braces.index) + part + text.slice(braces.index + braces[0].length));
    if (found.size + open.length > MOST_VARIANTS)
      throw new GraphiteError(`The braces in '${pattern.slice(0, 100)}' stand for more than ${MOST_VARIANTS} names.`);
  }
  return [...found];
}

/** A node of a path: a name as it is, or a test. `*`, `?` and `[…]` mean what they mean in a shell, `[!…]` is none of these. */
export type NodePattern = string | ((name: string) => boolean);

export function nodePattern(pattern: string): NodePattern {
  if (!/[*?[]/.test(pattern)) return pattern;
  const parts = partsOf(pattern);
  return (name) => matches(parts, name);
}

/** `many` is any characters, `one` is any one, and a single character is itself. */
type Part = string | { readonly not: boolean; readonly ranges: readonly (readonly [string, string])[] };

function partsOf(pattern: string): readonly Part[] {
  const parts: Part[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    const close = c === '[' ? pattern.indexOf(']', i + (pattern[i + 1] === '!' ? 3 : 2)) : -1;
    if (c === '*') {
      if (parts.at(-1) !== 'many') parts.push('many');
    } else if (c === '?') parts.push('one');
    else if (close > 0) {
      parts.push(classOf(pattern.slice(i + 1, close)));
      i = close;
    } else parts.push(c);
  }
  return parts;
}

function classOf(text: string): Part {
  const not = text.startsWith('!');
  const body = not ? text.slice(1) : text;
  const ranges: [string, string][] = [];
  for (let i = 0; i < body.length; i++) {
    const upTo = body[i + 1] === '-' ? body[i + 2] : undefined;
    ranges.push([body[i]!, upTo ?? body[i]!]);
    if (upTo !== undefined) i += 2;
  }
  return { not, ranges };
}

const fits = (part: Part, c: string): boolean => {
  if (typeof part === 'string') return part === 'one' || part === c;
  return part.ranges.some(([from, to]) => from <= c && c <= to) !== part.not;
};

/** In time of the name's length times the pattern's: only the last `*` is ever tried again. */
function matches(parts: readonly Part[], name: string): boolean {
  let [part, at, star, retry] = [0, 0, -1, 0];
  while (at < name.length) {
    if (parts[part] === 'many') {
      star = part++;
      retry = at;
    } else if (part < parts.length && fits(parts[part]!, name[at]!)) {
      part++;
      at++;
    } else if (star >= 0) {
      part = star + 1;
      at = ++retry;
    } else return false;
  }
  while (parts[part] === 'many') part++;
  return part === parts.length;
}
