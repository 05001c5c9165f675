import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzz } from '../../../test/harness/fuzz.ts';
import type { Roster } from './roster.ts';
import { type ScheduleSpec, scheduleSpec } from './schedule.ts';
import { awayOnCall, shiftsBetween, whoIsOnCall } from './shifts.ts';

const schedule = (spec: Record<string, unknown>, roster?: Partial<Roster>): ScheduleSpec => ({
  ...scheduleSpec.parse({ timeZone: 'UTC', ...spec }),
  ...(roster && { roster: { overrides: [], absences: [], daysOff: new Map(), ...roster } }),
});

const show = (spec: ScheduleSpec, from: string, to: string): string[] =>
  shiftsBetween(spec, Date.parse(from), Date.parse(to)).map(({ from, primary, secondary, shadows, insteadOf, layer }) => {
    const extra = [...shadows.map((one) => ` +${one}`), ...(insteadOf === null ? [] : [` for ${insteadOf}`])].join('');
    return `${new Date(from).toISOString().slice(5, 16)} ${primary ?? '-'}/${secondary ?? '-'}${extra}${layer === null || layer === 'rotation' ? '' : ` (${layer})`}`;
  });

const at = (text: string): number => Date.parse(text);
const START = '2026-01-05';
const ABC = { people: ['ana', 'ben', 'cleo'], start: START };
const three = [
  { from: 'monday', time: '09:00' },
  { from: 'thursday', time: '18:00' },
];
const sun = {
  layers: [
    { name: 'berlin', people: ['ana', 'ben'], start: START, timeZone: 'Europe/Berlin', hours: [{ from: '08:00', to: '16:00' }] },
    { name: 'new-york', people: ['dora', 'emil'], start: START, timeZone: 'America/New_York', hours: [{ from: '10:00', to: '17:00' }] },
    { name: 'sydney', people: ['finn', 'gus'], start: START, timeZone: 'Australia/Sydney', hours: [{ from: '09:00', to: '18:00' }] },
  ],
};

test.each<[string, ScheduleSpec, string, string, string[]]>([
  [
    'three and four days: each part of the week goes to the next person',
    schedule({ rotation: { ...ABC, split: three } }),
    '2026-01-05T12:00Z',
    '2026-01-20T00:00Z',
    ['01-05T12:00 ana/ben', '01-08T18:00 ben/cleo', '01-12T09:00 cleo/ana', '01-15T18:00 ana/ben', '01-19T09:00 ben/cleo'],
  ],
  [
    'three and four days, begun on a Friday: the first person has the part in which that is',
    schedule({ rotation: { ...ABC, start: '2026-01-09', split: three } }),
    '2026-01-09T00:00Z',
    '2026-01-16T00:00Z',
    ['01-09T00:00 ana/ben', '01-12T09:00 ben/cleo', '01-15T18:00 cleo/ana'],
  ],
  [
    'days and nights: the parts of each day',
    schedule({ timeZone: 'Europe/Berlin', rotation: { ...ABC, split: [{ time: '08:00' }, { time: '20:00' }] } }),
    '2026-03-28T12:00Z',
    '2026-03-30T00:00Z',
    // The night on which summer time begins is an hour shorter.
    ['03-28T12:00 cleo/ana', '03-28T19:00 ana/ben', '03-29T06:00 ben/cleo', '03-29T18:00 cleo/ana'],
  ],
  [
    'business hours: outside of them nobody, where nothing stands below',
    schedule({ rotation: { ...ABC, hours: [{ days: ['monday', 'friday'], from: '09:00', to: '17:00' }] }, gaps: 'meant' }),
    '2026-01-05T00:00Z',
    '2026-01-10T00:00Z',
    ['01-05T00:00 -/-', '01-05T09:00 ana/ben', '01-05T17:00 -/-', '01-09T09:00 ana/ben', '01-09T17:00 -/-'],
  ],
  [
    'business hours in a layer over a rotation that has the rest; below is the last resort',
    schedule({ rotation: { people: ['night'], start: START }, layers: [{ name: 'office', people: ['ana'], start: START, hours: [{ from: '09:00', to: '17:00' }] }] }),
    '2026-01-06T00:00Z',
    '2026-01-07T00:00Z',
    ['01-06T00:00 night/-', '01-06T09:00 ana/night (office)', '01-06T17:00 night/-'],
  ],
  [
    'hours over midnight belong to the day on which they begin',
    schedule({ rotation: { people: ['day'], start: START }, layers: [{ name: 'weekend', people: ['ana'], start: START, hours: [{ days: ['friday'], from: '22:00', to: '06:00' }] }] }),
    '2026-01-09T12:00Z',
    '2026-01-10T12:00Z',
    ['01-09T12:00 day/-', '01-09T22:00 ana/day (weekend)', '01-10T06:00 day/-'],
  ],
  [
    'a layer that ends',
    schedule({ rotation: { people: ['ana'], start: START }, layers: [{ name: 'launch', people: ['ben'], start: '2026-01-07', end: '2026-01-08' }] }),
    '2026-01-06T00:00Z',
    '2026-01-10T00:00Z',
    ['01-06T00:00 ana/-', '01-07T00:00 ben/ana (launch)', '01-09T00:00 ana/-'],
  ],
  [
    'follow the sun, in the weeks when New York has summer time and Berlin not yet (8 to 29 March)',
    schedule(sun),
    '2026-03-10T00:00Z',
    '2026-03-11T00:00Z',
    // Each site hands over at its own time of day: 16:00 in Berlin is 11:00 in New York, where it is open from 10:00 on.
    ['03-10T00:00 gus/finn (sydney)', '03-10T07:00 ben/ana (berlin)', '03-10T14:00 emil/dora (new-york)', '03-10T21:00 -/-', '03-10T22:00 gus/finn (sydney)'],
  ],
  [
    'and when Sydney\'s has ended too (5 April)',
    schedule(sun),
    '2026-04-07T00:00Z',
    '2026-04-08T00:00Z',
    ['04-07T00:00 gus/finn (sydney)', '04-07T08:00 ben/ana (berlin)', '04-07T14:00 emil/dora (new-york)', '04-07T21:00 -/-', '04-07T23:00 gus/finn (sydney)'],
  ],
  [
    'a newcomer is secondary for so many of their shifts, and primary then',
    schedule({ rotation: ABC, newcomers: [{ person: 'ben', from: '2026-01-06', secondaryShifts: 2 }] }),
    '2026-01-06T00:00Z',
    '2026-02-25T00:00Z',
    ['01-06T00:00 ana/ben', '01-12T09:00 cleo/ben', '01-19T09:00 cleo/ana', '01-26T09:00 ana/ben', '02-02T09:00 cleo/ben', '02-09T09:00 cleo/ana', '02-16T09:00 ana/ben', '02-23T09:00 ben/cleo'],
  ],
  [
    'a rotation of newcomers alone: somebody must be called',
    schedule({ rotation: { people: ['ana', 'ben'], start: START }, newcomers: [{ person: 'ana', from: START }, { person: 'ben', from: START }] }),
    '2026-01-06T00:00Z',
    '2026-01-13T00:00Z',
    ['01-06T00:00 ana/ben', '01-12T09:00 ben/ana'],
  ],
  [
    'shadows: of one person, and of whoever is primary; never someone who is on call',
    schedule({ rotation: ABC, shadows: [{ person: 'dora', with: 'ben' }, { person: 'emil', from: '2026-01-07', to: '2026-01-13' }, { person: 'ana' }] }),
    '2026-01-06T00:00Z',
    '2026-01-20T00:00Z',
    ['01-06T00:00 ana/ben', '01-07T00:00 ana/ben +emil', '01-12T09:00 ben/cleo +ana +dora +emil', '01-14T00:00 ben/cleo +ana +dora', '01-19T09:00 cleo/ana'],
  ],
  [
    'away: the next who is there takes over meanwhile, and is not secondary to themselves',
    schedule({ rotation: ABC }, { absences: [{ person: 'ana', from: at('2026-01-06T00:00Z'), to: at('2026-01-08T00:00Z'), summary: 'Skiing' }] }),
    '2026-01-05T12:00Z',
    '2026-01-09T00:00Z',
    ['01-05T12:00 ana/ben', '01-06T00:00 ben/cleo for ana', '01-08T00:00 ana/ben'],
  ],
  [
    'away as secondary: the one after them',
    schedule({ rotation: ABC }, { absences: [{ person: 'ben', from: at('2026-01-06T00:00Z'), to: at('2026-01-08T00:00Z'), summary: '' }] }),
    '2026-01-05T12:00Z',
    '2026-01-09T00:00Z',
    ['01-05T12:00 ana/ben', '01-06T00:00 ana/cleo', '01-08T00:00 ana/ben'],
  ],
  [
    'everyone of a layer away: the one below; everyone at all: whose turn it is',
    schedule(
      { rotation: { people: ['night'], start: START }, layers: [{ name: 'office', people: ['ana'], start: START }] },
      { absences: [
        { person: 'ana', from: at('2026-01-06T00:00Z'), to: at('2026-01-08T00:00Z'), summary: '' },
        { person: 'night', from: at('2026-01-07T00:00Z'), to: at('2026-01-09T00:00Z'), summary: '' },
      ] },
    ),
    '2026-01-05T12:00Z',
    '2026-01-10T00:00Z',
    ['01-05T12:00 ana/night (office)', '01-06T00:00 night/- for ana', '01-07T00:00 ana/- (office)', '01-09T00:00 ana/night (office)'],
  ],
  [
    'away, but only reported',
    schedule({ rotation: ABC, whenAway: 'report' }, { absences: [{ person: 'ana', from: at('2026-01-06T00:00Z'), to: at('2026-01-08T00:00Z'), summary: '' }] }),
    '2026-01-05T12:00Z',
    '2026-01-09T00:00Z',
    ['01-05T12:00 ana/ben'],
  ],
  [
    'an override by hand counts after those that are written, and says for whom',
    schedule(
      { rotation: ABC, overrides: [{ person: 'ben', from: '2026-01-06T00:00', to: '2026-01-08T00:00' }] },
      { overrides: [{ person: 'cleo', layer: 'primary', from: at('2026-01-07T00:00Z'), to: at('2026-01-09T00:00Z') }] },
    ),
    '2026-01-05T12:00Z',
    '2026-01-10T00:00Z',
    ['01-05T12:00 ana/ben', '01-06T00:00 ben/cleo for ana', '01-07T00:00 cleo/ben for ana', '01-09T00:00 ana/ben'],
  ],
  [
    'someone asked to stand in as secondary while they are primary is not both',
    schedule({ rotation: ABC }, { overrides: [{ person: 'ana', layer: 'secondary', from: at('2026-01-06T00:00Z'), to: at('2026-01-13T00:00Z') }] }),
    '2026-01-05T12:00Z',
    '2026-01-14T00:00Z',
    ['01-05T12:00 ana/ben', '01-12T09:00 ben/ana', '01-13T00:00 ben/cleo'],
  ],
  [
    'a public holiday is a Sunday to the hours',
    schedule(
      { rotation: { people: ['night'], start: START }, holidays: ['de'], layers: [{ name: 'office', people: ['ana'], start: START, hours: [{ days: ['monday', 'tuesday'], from: '09:00', to: '17:00' }] }] },
      { daysOff: new Map([['de', new Set(['2026-01-06'])]]) },
    ),
    '2026-01-05T12:00Z',
    '2026-01-08T00:00Z',
    ['01-05T12:00 ana/night (office)', '01-05T17:00 night/-'],
  ],
  [
    'people of a secondary rotation may be those of another layer',
    schedule({ secondary: { people: ['x', 'ben'] }, rotation: ABC, layers: [{ name: 'lone', people: ['dora'], start: '2026-01-12', secondary: 'none' }] }),
    '2026-01-06T00:00Z',
    '2026-01-14T00:00Z',
    ['01-06T00:00 ana/x', '01-12T00:00 dora/- (lone)'],
  ],
])('%s', (_, spec, from, to, expected) => expect(show(spec, from, to)).toEqual(expected)); // prettier-ignore

test('names who is on call though away', () => {
  const away = { person: 'ana', from: at('2026-01-06T00:00Z'), to: at('2026-01-30T00:00Z'), summary: 'Skiing' };
  const reported = schedule({ rotation: ABC, whenAway: 'report' }, { absences: [away] });
  expect(awayOnCall(reported, at('2026-01-05T00:00Z'), at('2026-02-01T00:00Z'))).toEqual([
    { person: 'ana', layer: 'primary', from: away.from, to: at('2026-01-12T09:00Z'), summary: 'Skiing' },
    { person: 'ana', layer: 'secondary', from: at('2026-01-19T09:00Z'), to: at('2026-01-26T09:00Z'), summary: 'Skiing' },
    { person: 'ana', layer: 'primary', from: at('2026-01-26T09:00Z'), to: away.to, summary: 'Skiing' },
  ]);
  expect(awayOnCall(schedule({ rotation: ABC }, { absences: [away] }), at('2026-01-05T00:00Z'), at('2026-02-01T00:00Z'))).toEqual([]);
});

test.each([
  ['no rotation at all', {}, /write a rotation, or layers/],
  ['two layers of one name', { layers: [{ name: 'a', ...ABC }, { name: 'a', ...ABC }] }, /two layers have the name 'a'/],
  ['parts out of order', { rotation: { ...ABC, split: [{ from: 'monday' }, { from: 'friday' }, { from: 'tuesday' }] } }, /parts follow each other/],
  ['the same part twice', { rotation: { ...ABC, split: [{ time: '08:00' }, { time: '08:00' }] } }, /parts follow each other/],
  ['the day of one part only', { rotation: { ...ABC, split: [{ from: 'monday' }, { time: '08:00' }] } }, /of each part, or of none/],
])('refuses %s', (_, spec, message) => {
  expect(() => schedule(spec)).toThrow(message);
}); // prettier-ignore

const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC'];
const HOURS = ['00:00', '01:30', '02:00', '02:30', '09:00', '23:30'];
const WEEK = ['monday', 'wednesday', 'saturday', 'sunday'] as const;
const PEOPLE = ['a', 'b', 'c', 'd'];

/** A schedule of every form, over a year in which all clocks change twice. */
const anySchedule = () => {
  const time = fc.integer({ min: at('2026-02-01'), max: at('2027-02-01') });
  const people = fc.uniqueArray(fc.constantFrom(...PEOPLE), { minLength: 1, maxLength: 4 });
  const split = fc.option(fc.constantFrom(three, [{ time: '02:30' }, { time: '14:00' }], [{ from: 'saturday', time: '00:00' }, { from: 'monday', time: '02:00' }, { from: 'monday', time: '12:00' }]), { nil: undefined });
  const hours = fc.option(fc.array(fc.record({ days: fc.uniqueArray(fc.constantFrom(...WEEK), { minLength: 1 }), from: fc.constantFrom(...HOURS), to: fc.constantFrom(...HOURS) }), { minLength: 1, maxLength: 2 }), { nil: undefined });
  const rotation = fc.record({ people, start: fc.constantFrom('2026-01-01', '2026-03-29', '2026-06-03'), handover: fc.record({ day: fc.constantFrom(...WEEK), time: fc.constantFrom(...HOURS) }), length: fc.constantFrom('1d', '3d', '1w', '2w'), split });
  const layer = fc.tuple(rotation, hours, fc.constantFrom(...ZONES), fc.option(fc.constant('2026-11-30'), { nil: undefined })).map(([one, hours, timeZone, end]) => ({ ...one, hours, timeZone, end }));
  const span = fc.tuple(time, fc.integer({ min: 1, max: 400 })).map(([from, hours]) => ({ from, to: from + hours * 3_600_000 }));
  return fc.record({
    spec: fc.record({
      timeZone: fc.constantFrom(...ZONES),
      rotation,
      layers: fc.array(layer, { maxLength: 3 }).map((list) => list.map((one, i) => ({ name: `layer-${i}`, ...one }))),
      whenAway: fc.constantFrom('next', 'report'),
      newcomers: fc.array(fc.record({ person: fc.constantFrom(...PEOPLE), from: fc.constant('2026-02-15'), secondaryShifts: fc.integer({ min: 1, max: 5 }) }), { maxLength: 2 }),
      shadows: fc.array(fc.record({ person: fc.constantFrom('a', 'shadow') }), { maxLength: 1 }),
    }),
    overrides: fc.array(fc.tuple(span, fc.constantFrom('a', 'b', 'x'), fc.constantFrom('primary', 'secondary', 'shadow')).map(([one, person, layer]) => ({ ...one, person, layer })), { maxLength: 4 }),
    absences: fc.array(fc.tuple(span, fc.constantFrom(...PEOPLE)).map(([one, person]) => ({ ...one, person, summary: '' })), { maxLength: 3 }),
    from: time,
    days: fc.integer({ min: 1, max: 40 }),
  });
}; // prettier-ignore

test('whatever the layers: no hole but before the first day, nobody beside themselves, and any moment agrees with the whole', async () => {
  await fuzz(
    fc.property(anySchedule(), ({ spec, overrides, absences, from, days }) => {
      const one = schedule(spec, { overrides, absences });
      const to = from + days * 86_400_000;
      const spans = shiftsBetween(one, from, to);
      expect([spans[0]!.from, spans.at(-1)!.to]).toEqual([from, to]);
      // The lowest rotation is always open: once it has begun, somebody is on call.
      const begun = Math.max(from, at(spec.rotation.start) + 86_400_000);
      for (const [i, span] of spans.entries()) {
        expect(span.to).toBe(spans[i + 1]?.from ?? to);
        expect(span.from).toBeLessThan(span.to);
        if (span.from >= begun) expect(span.primary).not.toBeNull();
        if (span.primary !== null) expect(span.primary).not.toBe(span.secondary);
        expect(span.shadows).not.toContain(span.primary);
        expect(span.shadows).not.toContain(span.secondary);
        const fresh = { ...one };
        const middle = whoIsOnCall(fresh, Math.floor((span.from + span.to) / 2));
        expect(middle).toMatchObject({ primary: span.primary, secondary: span.secondary, shadows: span.shadows });
      }
      // In two halves it is the same as whole.
      const half = from + Math.floor((to - from) / 2);
      const halves = [...shiftsBetween(one, from, half), ...shiftsBetween(one, half, to)];
      const flat = (list: typeof spans): string[] => list.map((each) => `${each.to} ${each.primary} ${each.secondary}`);
      expect(flat(halves).filter((each) => !each.startsWith(`${half} `))).toEqual(
        flat(spans).filter((each) => !each.startsWith(`${half} `)),
      );
    }),
    40,
  );
});
