import type { Message } from './message.ts';

export interface Link {
  readonly label: string;
  readonly url: string;
}

/** A message taken apart, for channels that show links in their own way, or have little room. */
export interface MessageParts {
  readonly title: string;
  /** Without the links; may be empty. */
  readonly body: string;
  /** The action first, then what the text ends with (`Page: https://…`): these are kept whatever is cut. */
  readonly links: readonly Link[];
}

const MOST_LINKS = 4;
const LINK_LINE = /^(?:([A-Za-z][\w ]{0,30}): )?(https?:\/\/\S{1,2000})$/;

export function messageParts({ subject, text, action }: Pick<Message, 'subject' | 'text' | 'action'>): MessageParts {
  const lines = text.split('\n').filter((line) => action === undefined || !line.includes(action.url));
  const last: Link[] = [];
  while (lines.length > 0 && last.length < MOST_LINKS) {
    const line = lines.at(-1)!.trim();
    const match = LINK_LINE.exec(line);
    if (line !== '' && match === null) break;
    if (match) last.unshift({ label: match[1] ?? 'Open', url: match[2]! });
    lines.pop();
  }
  const body = clean(lines.join('\n'))
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
  return { title: clean(subject).replaceAll(/\s+/g, ' ').trim(), body, links: [...(action ? [action] : []), ...last] };
}

/** No control characters but line breaks and tabs: some providers refuse them. */
const clean = (text: string): string => text.toWellFormed().replaceAll(/\r\n?/g, '\n').replaceAll(CONTROLS, '');
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** How much room a character (a code point) takes. */
export type Measure = (character: string) => number;
/** UTF-16 units, as JavaScript and most limits of providers count. */
export const inUnits: Measure = (character) => character.length;
export const inBytes: Measure = (character) => Buffer.byteLength(character);
/** Bytes within a text of JSON: a quote is two of them. */
export const inJson: Measure = (character) => Buffer.byteLength(JSON.stringify(character)) - 2;

export function sizeOf(text: string, measure: Measure): number {
  let size = 0;
  for (const character of text) size += measure(character);
  return size;
}

/** At most `limit`, cut between characters, with an ellipsis where something is missing. */
export function cutText(text: string, limit: number, measure: Measure = inUnits): string {
  const room = limit - measure('…');
  let size = 0;
  let kept = 0;
  let at = 0;
  for (const character of text) {
    size += measure(character);
    at += character.length;
    if (size <= room) kept = at;
    if (size > limit) return room < 0 ? '' : `${text.slice(0, kept).trimEnd()}…`;
  }
  return text;
}

/** Title, body and links as plain text of at most `limit`; what is cut is the body. */
export function plainText({ title, body, links }: MessageParts, limit: number, measure: Measure = inUnits): string {
  const head = cutText(title, Math.floor(limit / 3), measure);
  const tail: string[] = [];
  let room = limit - sizeOf(head, measure);
  for (const { label, url } of links) {
    const line = `${label}: ${url}`;
    const needed = sizeOf(line, measure) + 2 * measure('\n');
    if (needed > room) continue;
    tail.push(line);
    room -= needed;
  }
  const middle = room > 20 && body !== '' ? cutText(body, room - 2 * measure('\n'), measure) : '';
  return [head, middle, tail.join('\n')].filter((part) => part !== '').join('\n\n');
}
