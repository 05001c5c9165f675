import * as fc from 'fast-check';
import ICAL from 'ical.js';
import { Temporal } from 'temporal-polyfill';
import { expect, test } from 'vitest';
import { fuzz } from '../../../test/harness/fuzz.ts';
import { readCalendar } from './read-calendar.ts';
import { dayNumber, parseRecurrence, recurrenceDays } from './recurrence.ts';

const WINDOW = { from: Temporal.PlainDate.from('2026-01-01'), to: Temporal.PlainDate.from('2027-01-01') };
const calendar = (...events: string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', ...events.flatMap((one) => ['BEGIN:VEVENT', ...one.trim().split(/\n\s*/), 'END:VEVENT']), 'END:VCALENDAR', ''].join('\r\n'); // prettier-ignore
const show = (text: string): string[] =>
  readCalendar(text, WINDOW).events.map(({ from, to, summary }) => `${from} to ${to} ${summary}`.trim());

test.each<[string, string, string[]]>([
  ['a day', calendar('DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261226\nSUMMARY:Christmas'), ['2026-12-25 to 2026-12-26 Christmas']],
  ['a day without an end', calendar('DTSTART;VALUE=DATE:20261225'), ['2026-12-25 to 2026-12-26']],
  ['a day that ends on itself, as some write it', calendar('DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261225'), ['2026-12-25 to 2026-12-26']],
  ['weeks, by how long they last', calendar('DTSTART;VALUE=DATE:20260706\nDURATION:P2W'), ['2026-07-06 to 2026-07-20']],
  ['one that began the year before', calendar('DTSTART;VALUE=DATE:20251222\nDTEND;VALUE=DATE:20260107'), ['2025-12-22 to 2026-01-07']],
  ['one of another year', calendar('DTSTART;VALUE=DATE:20241222\nDTEND;VALUE=DATE:20250107'), []],
  ['an instant', calendar('DTSTART:20260301T120000Z\nDTEND:20260301T133000Z'), ['2026-03-01T12:00:00Z to 2026-03-01T13:30:00Z']],
  ['a time in a zone, on both sides of its summer time', calendar('DTSTART;TZID=Europe/Berlin:20260328T090000\nDTEND;TZID=Europe/Berlin:20260328T100000\nRRULE:FREQ=DAILY;COUNT=2'),
    ['2026-03-28T08:00:00Z to 2026-03-28T09:00:00Z', '2026-03-29T07:00:00Z to 2026-03-29T08:00:00Z']],
  ['a time without a zone is that of the reader', calendar('DTSTART:20260301T090000\nDTEND:20260301T100000'), ['2026-03-01T09:00:00 to 2026-03-01T10:00:00']],
  ["Windows' name of a zone", calendar('DTSTART;TZID="W. Europe Standard Time":20260701T090000\nDURATION:PT1H'), ['2026-07-01T07:00:00Z to 2026-07-01T08:00:00Z']],
  ['a zone behind a path', calendar('DTSTART;TZID=/freeassociation.sourceforge.net/Australia/Lord_Howe:20260701T090000\nDURATION:PT1H'), ['2026-06-30T22:30:00Z to 2026-06-30T23:30:00Z']],
  ['every year since long ago', calendar('DTSTART;VALUE=DATE:19491225\nRRULE:FREQ=YEARLY'), ['2026-12-25 to 2026-12-26']],
  ['29 February is not every year', calendar('DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY'), []],
  ['the fourth Thursday of November', calendar('DTSTART;VALUE=DATE:20001123\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH'), ['2026-11-26 to 2026-11-27']],
  ['the last Monday of May', calendar('DTSTART;VALUE=DATE:20000529\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO'), ['2026-05-25 to 2026-05-26']],
  ['until a day, and with a day left out', calendar('DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=WEEKLY;UNTIL=20260126\nEXDATE;VALUE=DATE:20260112'),
    ['2026-01-05 to 2026-01-06', '2026-01-19 to 2026-01-20', '2026-01-26 to 2026-01-27']],
  ['one of a series that was moved, and one that was called off',
    calendar('UID:a\nDTSTART:20260105T090000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3', 'UID:a\nRECURRENCE-ID:20260112T090000Z\nDTSTART:20260113T100000Z\nDURATION:PT1H', 'UID:a\nRECURRENCE-ID:20260119T090000Z\nDTSTART:20260119T090000Z\nDURATION:PT1H\nSTATUS:CANCELLED'),
    ['2026-01-05T09:00:00Z to 2026-01-05T10:00:00Z', '2026-01-13T10:00:00Z to 2026-01-13T11:00:00Z']],
  ['more days by name', calendar('DTSTART;VALUE=DATE:20260105\nRDATE;VALUE=DATE:20260201,20260301'), ['2026-01-05 to 2026-01-06', '2026-02-01 to 2026-02-02', '2026-03-01 to 2026-03-02']],
  ['folded lines and escaped text', calendar('DTSTART;VALUE=DATE:20260105\nSUMMARY:Away\\, skiing\\nand mo|re').replace('|', '\r\n '), ['2026-01-05 to 2026-01-06 Away, skiing and more']],
  ['an alarm within it says nothing of it', calendar('BEGIN:VALARM\nDTSTART:20200101T000000Z\nEND:VALARM\nDTSTART;VALUE=DATE:20260105'), ['2026-01-05 to 2026-01-06']],
  ['bare line feeds, lower case', 'begin:vcalendar\nbegin:vevent\ndtstart;value=date:20260105\nend:vevent\nend:vcalendar', ['2026-01-05 to 2026-01-06']],
])('reads %s', (_, text, expected) => expect(show(text)).toEqual(expected)); // prettier-ignore

test.each<[string, string, RegExp]>([
  ['no start', 'SUMMARY:x', /the event of line 6 \('x'\) has no DTSTART/],
  ['a day that does not exist', 'DTSTART;VALUE=DATE:20260230', /has a DTSTART that does not exist: '20260230'/],
  ['no time at all', 'DTSTART:tomorrow', /has a DTSTART that is no time: 'tomorrow'/],
  ['a zone that nobody knows', 'DTSTART;TZID=Middle/Earth:20260105T090000\nDURATION:PT1H', /time zone that nobody knows: 'Middle\/Earth'/],
  ['an end before its start', 'DTSTART:20260105T090000Z\nDTEND:20260105T080000Z', /ends no later than it begins/],
  ['what repeats each second', 'DTSTART:20260105T090000Z\nDURATION:PT1H\nRRULE:FREQ=SECONDLY', /repeats SECONDLY: only DAILY/],
  ['what repeats by hours', 'DTSTART:20260105T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYHOUR=1,2', /repeats by BYHOUR, which is not read/],
  ['an interval of 0', 'DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=DAILY;INTERVAL=0', /INTERVAL=0/],
])('leaves an event with %s out, says so, and keeps its neighbours', (_, event, problem) => {
  const { events, problems, skipped } = readCalendar(calendar('DTSTART;VALUE=DATE:20260601', event, 'DTSTART;VALUE=DATE:20260701'), WINDOW);
  expect(events.map(({ from }) => from)).toEqual(['2026-06-01', '2026-07-01']);
  expect(skipped).toBe(1);
  expect(problems[0]).toMatch(problem);
}); // prettier-ignore

test.each([
  ['a web page', '<html><body>Sign in</body></html>'],
  ['nothing', ''],
  ['an event without its calendar', 'BEGIN:VEVENT\nDTSTART:20260101\nEND:VEVENT'],
])('refuses %s', (_, text) => {
  expect(() => readCalendar(text, WINDOW)).toThrow("it should begin with 'BEGIN:VCALENDAR'");
});

test('a rule that never comes true, and many of them, take no time', () => {
  const never = 'DTSTART;VALUE=DATE:20200101\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5';
  const began = process.cpuUsage();
  const { skipped, events } = readCalendar(calendar(...Array<string>(2_000).fill(never)), WINDOW);
  expect(process.cpuUsage(began).user / 1_000).toBeLessThan(1_000);
  // The first event's own day is not within the year, and what is looked at has an end.
  expect([events.length, skipped > 0]).toEqual([0, true]);
});

const SPACES = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'];
const list = (from: number, to: number) => fc.uniqueArray(fc.integer({ min: from, max: to }), { minLength: 1, maxLength: 3 });
const anyRule = fc
  .record({
    FREQ: fc.constantFrom(...SPACES),
    INTERVAL: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
    COUNT: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
    BYMONTH: fc.option(list(1, 12), { nil: undefined }),
    BYMONTHDAY: fc.option(list(1, 28), { nil: undefined }),
    BYDAY: fc.option(fc.uniqueArray(fc.constantFrom('MO', 'WE', 'SU', 'TH'), { minLength: 1, maxLength: 2 }), { nil: undefined }),
  })
  .map((parts) => Object.entries(parts).filter(([, value]) => value !== undefined).map(([name, value]) => `${name}=${String(value)}`).join(';')); // prettier-ignore

test('repeats as ical.js does, where that one is right', () => {
  const end = dayNumber(2029, 1, 1);
  let compared = 0;
  fc.assert(
    fc.property(anyRule, fc.integer({ min: 0, max: 364 }), (text, offset) => {
      // It goes astray, or for ever, where a filter narrows what the frequency gives: compared is what it is known to do.
      if (
        /FREQ=(DAILY|WEEKLY).*BYMONTH/.test(text) ||
        /FREQ=MONTHLY.*BYMONTH=/.test(text) ||
        (/BYMONTHDAY/.test(text) && /BYDAY/.test(text))
      )
        return;
      if (/FREQ=YEARLY/.test(text) && (/BYMONTHDAY|BYDAY/.test(text) !== /BYMONTH=/.test(text) || /BYDAY/.test(text))) return;
      // A first day that does not fit the rule is an event by itself, to that one: begun is on one that fits.
      const rule = parseRecurrence(text);
      const window = { to: end, isOver: () => false, budget: { left: 1e6 } };
      const asked = dayNumber(2026, 1, 1) + offset;
      const start = recurrenceDays({ ...rule, count: undefined }, asked, { ...window, from: asked })[0];
      if (start === undefined) return;
      const ours = recurrenceDays(rule, start, { ...window, from: start });
      const theirs: number[] = [];
      const iterator = ICAL.Recur.fromString(text).iterator(
        ICAL.Time.fromDateString(new Date(start * 86_400_000).toISOString().slice(0, 10)),
      );
      for (let next = iterator.next() as ICAL.Time | null; next && theirs.length < 2_000; next = iterator.next() as ICAL.Time | null) {
        const number = dayNumber(next.year, next.month, next.day);
        if (number >= end) break;
        theirs.push(number);
      }
      compared += 1;
      expect(ours).toEqual(theirs);
    }),
    { numRuns: 1_000 },
  );
  expect(compared).toBeGreaterThan(20);
});

test('whatever comes: events or an Error, in little time, and each event in order', async () => {
  const word = fc.constantFrom('BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'END:VEVENT', 'END:VCALENDAR', 'DTSTART:20260105T090000Z', 'DTSTART;VALUE=DATE:20260105', 'DTSTART;TZID=America/New_York:20260308T023000',
    'DTEND:20260105T100000Z', 'DURATION:PT90M', 'DURATION:-P1D', 'RRULE:FREQ=DAILY', 'RRULE:FREQ=MONTHLY;BYDAY=-1FR;BYSETPOS=1', 'RRULE:FREQ=YEARLY;COUNT=1000000', 'RRULE:', 'RRULE:FREQ=DAILY;UNTIL=2026',
    'EXDATE:20260105T090000Z', 'RDATE:20260106T090000Z/PT1H', 'RECURRENCE-ID:20260105T090000Z', 'UID:1', 'SUMMARY:x', ' folded', 'X;A="b:c":d', 'BEGIN:VALARM', 'END:VALARM'); // prettier-ignore
  const line = fc.oneof({ weight: 8, arbitrary: word }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) }, { weight: 1, arbitrary: anyRule.map((rule) => `RRULE:${rule}`) }); // prettier-ignore
  await fuzz(
    fc.property(fc.array(line, { maxLength: 60 }), fc.boolean(), (lines, begun) => {
      const text = [...(begun ? ['BEGIN:VCALENDAR'] : []), ...lines].join('\r\n');
      try {
        for (const { from, to } of readCalendar(text, WINDOW).events) expect(from < to).toBe(true);
      } catch (error) {
        expect((error as Error).message).toMatch(/VCALENDAR/);
      }
    }),
    300,
  );
});
