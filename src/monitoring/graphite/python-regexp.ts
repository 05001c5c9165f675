import { guardedRegExp } from '../promql/index.ts';
import { GraphiteError } from './graphite-error.ts';

const MAX_LENGTH = 1_000;
const LONGEST_NAME = 10_000;
const known = new Map<string, RegExp>();

/** A regular expression as Python writes it, of which no name takes long. @throws GraphiteError */
export function pythonRegExp(source: string): RegExp {
  const found = known.get(source);
  if (found !== undefined) return found;
  if (source.length > MAX_LENGTH)
    throw new GraphiteError(`A regular expression of ${source.length} characters is too long: ${MAX_LENGTH} are taken.`);
  const flags = /^\(\?([aiLmsux]+)\)/.exec(source);
  const body = source
    .slice(flags?.[0].length ?? 0)
    .replaceAll('(?P<', '(?<')
    .replace(/\(\?P=(\w+)\)/g, '\\k<$1>');
  const anchors = body.replace(/\\([\s\S])/g, (whole, c: string) => (c === 'A' ? '^' : c === 'Z' ? '$' : whole));
  let compiled: RegExp;
  try {
    compiled = guardedRegExp(anchors, `g${flags?.[1]?.replace(/[^ims]/g, '') ?? ''}`);
  } catch {
    throw new GraphiteError(`'${source.slice(0, 200)}' is no regular expression.`);
  }
  if (known.size >= 1_000) known.clear();
  known.set(source, compiled);
  return compiled;
}

/** Whether it matches anywhere in the text. */
export function found(pattern: RegExp, text: string): boolean {
  pattern.lastIndex = 0;
  return pattern.exec(text.slice(0, LONGEST_NAME)) !== null;
}

/** Every match replaced, `\1` and `\g<name>` in the replacement being its groups. */
export function substitute(pattern: RegExp, replacement: string, given: string): string {
  const text = given.slice(0, LONGEST_NAME);
  let out = '';
  let at = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    out += text.slice(at, match.index) + expand(replacement, match);
    at = match.index + match[0].length;
    if (match[0] === '') pattern.lastIndex++;
    if (out.length > LONGEST_NAME * 10) throw new GraphiteError('A replacement makes a name of more than 100000 characters.');
  }
  return out + text.slice(at);
}

const expand = (replacement: string, match: RegExpExecArray): string =>
  replacement.replace(/\\(?:g<(\w+)>|(\d{1,2})|([\s\S]))/g, (_whole, name?: string, digits?: string, other?: string) => {
    const group = name ?? digits;
    if (group === undefined) return other === 'n' ? '\n' : other === 't' ? '\t' : other === '\\' ? '\\' : `\\${other ?? ''}`;
    const value = /^\d+$/.test(group) ? match[Number(group)] : match.groups?.[group];
    if (value === undefined && /^\d+$/.test(group) && Number(group) >= match.length)
      throw new GraphiteError(`The replacement speaks of group ${group}, and the expression has ${match.length - 1}.`);
    return value ?? '';
  });
