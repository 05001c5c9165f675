import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ScheduleSpec, scheduleSpec } from './schedule.ts';
import { shiftsBetween, whoIsOnCall } from './shifts.ts';

const schedule = (spec: Record<string, unknown>, rotation: Record<string, unknown> = {}): ScheduleSpec =>
  scheduleSpec.parse({
    timeZone: 'UTC',
    ...spec,
    rotation: { people: ['ana', 'ben', 'cleo'], start: '2026-01-05', handover: { day: 'monday', time: '09:00' }, ...rotation },
  });

const show = (spec: ScheduleSpec, from: string, to: string): string[] =>
  shiftsBetween(spec, Date.parse(from), Date.parse(to)).map(
    (span) => `${new Date(span.from).toISOString().slice(0, 16)} ${span.primary ?? '-'}/${span.secondary ?? '-'}`,
  );

test.each<[string, ScheduleSpec, string, string, string[]]>([
  [
    'goes round, the next being secondary',
    schedule({}),
    '2026-01-05T00:00Z',
    '2026-01-27T00:00Z',
    ['2026-01-05T00:00 ana/ben', '2026-01-12T09:00 ben/cleo', '2026-01-19T09:00 cleo/ana', '2026-01-26T09:00 ana/ben'],
  ],
  ['has nobody before its first day', schedule({}), '2026-01-03T12:00Z', '2026-01-06T00:00Z', ['2026-01-03T12:00 -/-', '2026-01-05T00:00 ana/ben']],
  [
    'begun on a Thursday, its first shift is the shorter',
    schedule({}, { start: '2026-01-08' }),
    '2026-01-08T00:00Z',
    '2026-01-20T00:00Z',
    ['2026-01-08T00:00 ana/ben', '2026-01-12T09:00 ben/cleo', '2026-01-19T09:00 cleo/ana'],
  ],
  [
    'Berlin: 09:00 stays 09:00 when summer time begins (29 March)',
    schedule({ timeZone: 'Europe/Berlin' }),
    '2026-03-24T00:00Z',
    '2026-04-07T00:00Z',
    ['2026-03-24T00:00 cleo/ana', '2026-03-30T07:00 ana/ben', '2026-04-06T07:00 ben/cleo'],
  ],
  [
    'Berlin: and when it ends (25 October)',
    schedule({ timeZone: 'Europe/Berlin' }),
    '2026-10-20T00:00Z',
    '2026-11-03T00:00Z',
    ['2026-10-20T00:00 cleo/ana', '2026-10-26T08:00 ana/ben', '2026-11-02T08:00 ben/cleo'],
  ],
  [
    'New York: a handover in the hour that is skipped (8 March, 02:30) is at the next that exists',
    schedule({ timeZone: 'America/New_York' }, { handover: { day: 'sunday', time: '02:30' }, start: '2026-02-22' }),
    '2026-02-25T00:00Z',
    '2026-03-16T00:00Z',
    ['2026-02-25T00:00 ana/ben', '2026-03-01T07:30 ben/cleo', '2026-03-08T07:30 cleo/ana', '2026-03-15T06:30 ana/ben'],
  ],
  [
    'New York: one in the hour that comes twice (1 November, 01:30) is at the first',
    schedule({ timeZone: 'America/New_York' }, { handover: { day: 'sunday', time: '01:30' }, start: '2026-10-18' }),
    '2026-10-19T00:00Z',
    '2026-11-09T00:00Z',
    ['2026-10-19T00:00 ana/ben', '2026-10-25T05:30 ben/cleo', '2026-11-01T05:30 cleo/ana', '2026-11-08T06:30 ana/ben'],
  ],
  [
    'Lord Howe: clocks change by half an hour (5 April, 4 October)',
    schedule({ timeZone: 'Australia/Lord_Howe' }, { start: '2026-03-30' }),
    '2026-04-01T00:00Z',
    '2026-04-14T00:00Z',
    ['2026-04-01T00:00 ana/ben', '2026-04-05T22:30 ben/cleo', '2026-04-12T22:30 cleo/ana'],
  ],
  [
    'days instead of weeks',
    schedule({}, { length: '1d', handover: { time: '18:00' } }),
    '2026-01-05T12:00Z',
    '2026-01-08T00:00Z',
    ['2026-01-05T12:00 ana/ben', '2026-01-06T18:00 ben/cleo', '2026-01-07T18:00 cleo/ana'],
  ],
  [
    'two weeks',
    schedule({}, { length: '2w' }),
    '2026-01-10T00:00Z',
    '2026-02-03T00:00Z',
    ['2026-01-10T00:00 ana/ben', '2026-01-19T09:00 ben/cleo', '2026-02-02T09:00 cleo/ana'],
  ],
  [
    'someone stands in: never beside themselves, and the one who is away is the last resort',
    schedule({ overrides: [{ person: 'ben', from: '2026-01-06T09:00', to: '2026-01-07T09:00' }] }),
    '2026-01-06T00:00Z',
    '2026-01-08T00:00Z',
    ['2026-01-06T00:00 ana/ben', '2026-01-06T09:00 ben/cleo', '2026-01-07T09:00 ana/ben'],
  ],
  [
    'an override is read in the time zone of the schedule, or with its own offset; the last counts',
    schedule({
      timeZone: 'Europe/Berlin',
      overrides: [
        { person: 'cleo', from: '2026-01-06T09:00', to: '2026-01-07T09:00' },
        { person: 'ben', from: '2026-01-06T10:00Z', to: '2026-01-06T11:00Z' },
        { person: 'dora', from: '2026-01-06T12:00+00:00', to: '2026-01-06T13:00Z', layer: 'secondary' },
      ],
    }),
    '2026-01-06T07:30Z',
    '2026-01-06T14:00Z',
    ['2026-01-06T07:30 ana/ben', '2026-01-06T08:00 cleo/ben', '2026-01-06T10:00 ben/cleo', '2026-01-06T11:00 cleo/ben', '2026-01-06T12:00 cleo/dora', '2026-01-06T13:00 cleo/ben'],
  ],
  [
    'one alone has no secondary',
    schedule({}, { people: ['ana'] }),
    '2026-01-06T00:00Z',
    '2026-01-13T00:00Z',
    ['2026-01-06T00:00 ana/-', '2026-01-12T09:00 ana/-'],
  ],
  ['nobody second where nobody is meant', schedule({ secondary: 'none' }), '2026-01-06T00:00Z', '2026-01-07T00:00Z', ['2026-01-06T00:00 ana/-']],
  [
    'a rotation of other people as secondaries, never the primary',
    schedule({ secondary: { people: ['dora', 'ben'] } }),
    '2026-01-06T00:00Z',
    '2026-01-20T00:00Z',
    ['2026-01-06T00:00 ana/dora', '2026-01-12T09:00 ben/dora', '2026-01-19T09:00 cleo/dora'],
  ],
])('%s', (_, spec, from, to, expected) => expect(show(spec, from, to)).toEqual(expected)); // prettier-ignore

test('says who is on call, until when, and who is next', () => {
  expect(whoIsOnCall(schedule({}), Date.parse('2026-01-12T08:59:59Z'))).toEqual({
    primary: 'ana',
    secondary: 'ben',
    shadows: [],
    until: Date.parse('2026-01-12T09:00:00Z'),
    next: { primary: 'ben', secondary: 'cleo' },
  });
});

test('whatever the schedule: no hole, no overlap, nobody beside themselves, and any moment agrees with the whole', () => {
  const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'];
  const time = fc.integer({ min: Date.parse('2026-02-01'), max: Date.parse('2027-02-01') });
  const arbitrary = fc.record({
    zone: fc.constantFrom(...zones),
    people: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 4 }),
    length: fc.constantFrom('1d', '3d', '1w', '2w'),
    hour: fc.constantFrom('00:00', '01:30', '02:00', '02:30', '09:00', '23:30'),
    overrides: fc.array(fc.tuple(time, fc.integer({ min: 1, max: 14 }), fc.constantFrom('a', 'b', 'x'), fc.constantFrom('primary', 'secondary')), { maxLength: 4 }),
    from: time,
    days: fc.integer({ min: 1, max: 60 }),
  }); // prettier-ignore
  const iso = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;
  fc.assert(
    fc.property(arbitrary, ({ zone, people, length, hour, overrides, from, days }) => {
      const spec = schedule(
        { timeZone: zone, overrides: overrides.map(([at, long, person, layer]) => ({ person, layer, from: iso(at), to: iso(at + long * 3_600_000 * 7) })) },
        { people, length, handover: { day: 'wednesday', time: hour } },
      ); // prettier-ignore
      const to = from + days * 86_400_000;
      const spans = shiftsBetween(spec, from, to);
      expect([spans[0]!.from, spans.at(-1)!.to]).toEqual([from, to]);
      for (const [i, span] of spans.entries()) {
        expect(span.to).toBe(spans[i + 1]?.from ?? to);
        expect(span.from).toBeLessThan(span.to);
        expect(span.primary).not.toBeNull();
        expect(span.primary).not.toBe(span.secondary);
        const middle = whoIsOnCall(spec, Math.floor((span.from + span.to) / 2));
        expect(middle).toMatchObject({ primary: span.primary, secondary: span.secondary });
      }
    }),
    { numRuns: 60 },
  );
});
