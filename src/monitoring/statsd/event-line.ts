import type { StatsdEvent } from './flush-batch.ts';

const TYPES = new Set(['error', 'warning', 'success', 'info']);
const MOST_TITLE = 200;
const MOST_TEXT = 8192;
const MOST_TAGS = 100;

/**
 * Reads `_e{5,4}:title|text|d:1767225600|h:host|p:low|t:warning|s:source|#tags`, or says what is wrong. Lengths are of UTF-8 bytes.
 * Source: https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/?tab=events
 */
export function readEvent(line: Buffer, now: number): StatsdEvent | string {
  const head = /^_e\{(\d{1,6}),(\d{1,6})\}:/.exec(line.toString('latin1', 0, 32));
  if (!head) return 'an event begins with _e{length of title,length of text}:';
  const from = head[0].length;
  const titleEnd = from + Number(head[1]);
  const textEnd = titleEnd + 1 + Number(head[2]);
  if (textEnd > line.length || line[titleEnd] !== 124) return 'the lengths of title and text are not those of the event';
  if (textEnd < line.length && line[textEnd] !== 124) return 'the length of the text is not that of the event';
  if (titleEnd === from) return 'an event has no title';
  const event = { host: '', priority: 'normal', type: 'info', source: '', time: now, tags: [] as string[] };
  for (const field of line.toString('utf8', textEnd + 1, Math.min(line.length, textEnd + 16_384)).split('|')) {
    const value = field.slice(2, 202);
    if (field.startsWith('d:') && /^\d{1,11}$/.test(value)) event.time = Number(value) * 1000;
    else if (field.startsWith('h:')) event.host = value;
    else if (field.startsWith('p:') && value === 'low') event.priority = value;
    else if (field.startsWith('t:') && TYPES.has(value)) event.type = value;
    else if (field.startsWith('s:')) event.source = value;
    else if (field.startsWith('#')) event.tags = field.slice(1).split(',', MOST_TAGS);
  }
  const text = (start: number, end: number, most: number): string =>
    line.toString('utf8', start, end).replaceAll('\\n', '\n').slice(0, most);
  return { ...event, title: text(from, titleEnd, MOST_TITLE), text: text(titleEnd + 1, textEnd, MOST_TEXT) };
}
