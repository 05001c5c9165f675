/** A line of iCalendar (RFC 5545, 3.1), unfolded. Names are upper case, as they are compared. */
export interface IcalLine {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly value: string;
  /** From 1, of its first physical line. */
  readonly line: number;
}

/** A longer line is cut: nothing that is read here is as long, and a description may be. */
const LONGEST = 10_000;
export const MOST_LINES = 200_000;

/** The lines of a text. What is no line of iCalendar is left out. */
export function* icalLines(text: string): Generator<IcalLine> {
  let [number, from, begun] = [0, 0, 1];
  let logical = '';
  while (from <= text.length && number < MOST_LINES) {
    let end = text.indexOf('\n', from);
    if (end === -1) end = text.length;
    const physical = text.slice(from, text[end - 1] === '\r' && end > from ? end - 1 : end);
    number += 1;
    from = end + 1;
    // Folded: a space or a tab goes on with the line before.
    if (physical.startsWith(' ') || physical.startsWith('\t')) {
      if (logical.length < LONGEST) logical += physical.slice(1, LONGEST);
      continue;
    }
    const one = icalLine(logical, begun);
    if (one !== undefined) yield one;
    [logical, begun] = [physical.slice(0, LONGEST), number];
  }
  const last = icalLine(logical, begun);
  if (last !== undefined) yield last;
}

/** `NAME;PARAMETER=value;OTHER="quoted: value":value` */
function icalLine(text: string, line: number): IcalLine | undefined {
  let at = /[:;]/.exec(text)?.index ?? -1;
  if (at <= 0) return undefined;
  const name = text.slice(0, at).toUpperCase();
  if (!/^[A-Z0-9-]+$/.test(name)) return undefined;
  const parameters = new Map<string, string>();
  while (text[at] === ';') {
    const equals = text.indexOf('=', at);
    if (equals === -1) return undefined;
    const key = text.slice(at + 1, equals).toUpperCase();
    const quoted = text[equals + 1] === '"';
    const end = quoted ? text.indexOf('"', equals + 2) : endOfValue(text, equals + 1);
    if (end === -1) return undefined;
    parameters.set(key, text.slice(equals + (quoted ? 2 : 1), end));
    at = quoted ? end + 1 : end;
  }
  return text[at] === ':' ? { name, parameters, value: text.slice(at + 1), line } : undefined;
}

function endOfValue(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) if (text[at] === ':' || text[at] === ';') return at;
  return -1;
}

/** Text as it was before it was escaped for a line. */
export const unescapeIcal = (text: string): string =>
  text.replaceAll(/\\([\\;,nN])/g, (_, one: string) => (one === 'n' || one === 'N' ? ' ' : one));
