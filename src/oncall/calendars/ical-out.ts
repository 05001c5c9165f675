/**
 * Shifts as an iCalendar (RFC 5545) that calendar programs subscribe to. Times are in UTC, so that no program has to know our
 * time zones. A shift keeps its UID as long as it begins at the same time, whoever has it: a swap changes the event, not the list.
 */
export interface FeedEvent {
  readonly uid: string;
  readonly from: number;
  readonly to: number;
  readonly summary: string;
  readonly description: string;
  readonly url: string;
}

export function icalFeed({ name, stamp, events }: { name: string; stamp: number; events: readonly FeedEvent[] }): string {
  const head = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//nines//on call//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `NAME:${escape(name)}`,
    `X-WR-CALNAME:${escape(name)}`,
    'REFRESH-INTERVAL;VALUE=DURATION:PT1H',
    'X-PUBLISHED-TTL:PT1H',
  ];
  const body = events.flatMap(({ uid, from, to, summary, description, url }) => [
    'BEGIN:VEVENT',
    `UID:${uid}`,
    `DTSTAMP:${utc(stamp)}`,
    `DTSTART:${utc(from)}`,
    `DTEND:${utc(to)}`,
    `SUMMARY:${escape(summary)}`,
    ...(description === '' ? [] : [`DESCRIPTION:${escape(description)}`]),
    `URL:${url}`,
    // On call is not busy: meetings can be held.
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ]);
  return [...head, ...body, 'END:VCALENDAR', ''].map(fold).join('\r\n');
}

const utc = (at: number): string => new Date(at).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');

const escape = (text: string): string => text.toWellFormed().replaceAll(/[\\;,]/g, '\\$&').replaceAll(/\r?\n/g, '\\n').replaceAll(/\p{Cc}/gu, ' '); // prettier-ignore

/** Lines have 75 bytes at most, and go on after a space; no character is cut in two. */
function fold(line: string): string {
  if (Buffer.byteLength(line) <= 75) return line;
  const lines: string[] = [];
  let [current, bytes] = ['', 0];
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (bytes + size > 75) {
      lines.push(current);
      [current, bytes] = [' ', 1];
    }
    current += character;
    bytes += size;
  }
  return [...lines, current].join('\r\n');
}
