import { expect, test } from 'vitest';
import { DAYS, nextEdge, spanAt, type Recurrence } from './recurrence.ts';

const ALWAYS = { startsAt: 0, endsAt: Date.parse('2030-01-01T00:00:00Z') };
const every = (from: string, to: string, timeZone: string, days: Recurrence['days'] = [...DAYS]): Recurrence => ({
  days,
  from,
  to,
  timeZone,
});
const iso = (at: number | undefined): string | undefined => (at === undefined ? undefined : `${new Date(at).toISOString().slice(0, 16)}Z`);

test.each([
  ['within', every('22:00', '06:00', 'UTC'), '2026-11-24T23:00Z', '2026-11-24T22:00Z', '2026-11-25T06:00Z'],
  ['after midnight', every('22:00', '06:00', 'UTC'), '2026-11-25T05:59Z', '2026-11-24T22:00Z', '2026-11-25T06:00Z'],
  ['its end is no longer in it', every('22:00', '06:00', 'UTC'), '2026-11-25T06:00Z', '2026-11-25T22:00Z', '2026-11-26T06:00Z'],
  ['the next Sunday', every('02:00', '03:00', 'UTC', ['sunday']), '2026-11-24T00:00Z', '2026-11-29T02:00Z', '2026-11-29T03:00Z'],
  ['the same weekday, a week on', every('02:00', '03:00', 'UTC', ['sunday']), '2026-11-29T03:00Z', '2026-12-06T02:00Z', '2026-12-06T03:00Z'],
  ['the day is that of its beginning', every('22:00', '02:00', 'UTC', ['sunday']), '2026-11-30T01:00Z', '2026-11-29T22:00Z', '2026-11-30T02:00Z'],
  ['a whole day', every('00:00', '00:00', 'Europe/Berlin', ['sunday']), '2026-11-29T12:00Z', '2026-11-28T23:00Z', '2026-11-29T23:00Z'],
  ['Berlin, summer', every('01:00', '02:00', 'Europe/Berlin'), '2026-07-01T23:30Z', '2026-07-01T23:00Z', '2026-07-02T00:00Z'],
  ['Berlin back: 25 hours', every('12:00', '12:00', 'Europe/Berlin', ['saturday']), '2026-10-25T00:00Z', '2026-10-24T10:00Z', '2026-10-25T11:00Z'],
  ['Berlin back, within what is repeated: the first', every('02:15', '02:45', 'Europe/Berlin'), '2026-10-25T00:00Z', '2026-10-25T00:15Z', '2026-10-25T00:45Z'],
  ['Berlin back, over it', every('01:00', '03:30', 'Europe/Berlin'), '2026-10-25T00:00Z', '2026-10-24T23:00Z', '2026-10-25T02:30Z'],
  ['Berlin forward, begins in the gap', every('02:30', '03:30', 'Europe/Berlin'), '2026-03-29T00:00Z', '2026-03-29T01:00Z', '2026-03-29T01:30Z'],
  ['Berlin forward, wholly in the gap', every('02:15', '02:45', 'Europe/Berlin'), '2026-03-29T00:00Z', '2026-03-29T01:00Z', '2026-03-29T01:45Z'],
  ['New York forward', every('02:30', '03:30', 'America/New_York'), '2026-03-08T06:00Z', '2026-03-08T07:00Z', '2026-03-08T07:30Z'],
  ['New York back', every('01:30', '03:00', 'America/New_York'), '2026-11-01T05:00Z', '2026-11-01T05:30Z', '2026-11-01T08:00Z'],
  ['Lord Howe, half an hour forward', every('02:15', '03:00', 'Australia/Lord_Howe'), '2026-10-03T15:00Z', '2026-10-03T15:30Z', '2026-10-03T16:00Z'],
])('%s', (_, recurring, now, from, to) => {
  const span = spanAt({ ...ALWAYS, recurring }, Date.parse(now));
  expect([iso(span?.from), iso(span?.to)]).toEqual([from, to]);
}); // prettier-ignore

test('it never reaches beyond its own beginning and end', () => {
  const times = { startsAt: Date.parse('2026-11-24T23:00Z'), endsAt: Date.parse('2026-11-26T01:00Z'), recurring: every('22:00', '06:00', 'UTC') };
  expect(iso(nextEdge(times, Date.parse('2026-11-20T00:00Z')))).toBe('2026-11-24T23:00Z');
  expect(iso(nextEdge(times, Date.parse('2026-11-25T23:00Z')))).toBe('2026-11-26T01:00Z');
  expect(spanAt(times, Date.parse('2026-11-26T01:00Z'))).toBeUndefined();
}); // prettier-ignore

test('its edges follow one another, for two years of every zone with its own changes', () => {
  for (const timeZone of ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Pacific/Apia', 'UTC']) {
    const times = { ...ALWAYS, recurring: every('02:15', '02:45', timeZone) };
    const end = Date.parse('2028-01-01T00:00Z');
    let edges = 0;
    for (let at = Date.parse('2026-01-01T00:00Z'); at < end; edges += 1) {
      const next: number = nextEdge(times, at)!;
      expect(next).toBeGreaterThan(at);
      at = next;
    }
    expect(edges, timeZone).toBeGreaterThanOrEqual(2 * 729);
  }
});
