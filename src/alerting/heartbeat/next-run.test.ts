import * as fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { expect, test } from 'vitest';
import { fuzz } from '../../../test/harness/fuzz.ts';
import { CronError, parseCron } from './cron.ts';
import { nextRun } from './next-run.ts';

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString().slice(0, 16));

test.each([
  ['*/15 * * * *', 'UTC', '2026-01-01T00:00Z', '2026-01-01T00:15'],
  ['0 2 * * *', 'UTC', '2026-01-01T02:00Z', '2026-01-02T02:00'],
  ['@daily', 'Europe/Berlin', '2026-06-01T12:00Z', '2026-06-01T22:00'],
  ['0 9 * * mon-fri', 'UTC', '2026-11-20T09:00Z', '2026-11-23T09:00'],
  ['0 0 13 * fri', 'UTC', '2026-11-14T00:00Z', '2026-11-20T00:00'], // either of them: the 20th is a Friday
  ['0 0 */2 * fri', 'UTC', '2026-11-21T00:00Z', '2026-11-27T00:00'], // begins with '*': both must fit
  ['0 0 29 2 *', 'UTC', '2026-01-01T00:00Z', '2028-02-29T00:00'],
  ['0 0 29 2 *', 'UTC', '2096-03-01T00:00Z', '2104-02-29T00:00'],
  ['0 0 * * 7', 'UTC', '2026-11-21T00:00Z', '2026-11-22T00:00'],
  ['5/20 1-3/2 * jan,dec *', 'UTC', '2026-11-21T00:00Z', '2026-12-01T01:05'],
  // Clocks go forward at 02:00 (01:00 UTC): what is skipped runs as much later, once.
  ['30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00Z', '2026-03-29T01:30'],
  ['30 2 * * *', 'Europe/Berlin', '2026-03-29T01:30Z', '2026-03-30T00:30'],
  ['0 * * * *', 'Europe/Berlin', '2026-03-29T00:00Z', '2026-03-29T01:00'],
  ['0 2 * * *', 'America/New_York', '2026-03-08T00:00Z', '2026-03-08T07:00'],
  // Clocks go back at 03:00 (01:00 UTC): 02:30 comes twice.
  ['30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00Z', '2026-10-25T00:30'],
  ['30 2 * * *', 'Europe/Berlin', '2026-10-25T00:30Z', '2026-10-26T01:30'],
  ['30 * * * *', 'Europe/Berlin', '2026-10-25T00:30Z', '2026-10-25T01:30'],
  // Half an hour of summer time.
  ['15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T12:00Z', '2026-10-03T15:45'],
  // Midnight itself is skipped.
  ['0 0 * * *', 'America/Santiago', '2026-09-05T12:00Z', '2026-09-06T04:00'],
])('%s in %s after %s runs at %s', (cron, zone, after, expected) => {
  expect(iso(nextRun(parseCron(cron), zone, Date.parse(after)))).toBe(expected);
});

test.each([
  ['* * * *', 'five fields'],
  ['60 * * * *', "'60' is no minute"],
  ['* 24 * * *', "'24' is no hour"],
  ['* * 0 * *', "'0' is no day of the month"],
  ['* * * 13 *', 'jan to dec'],
  ['* * * * 8', 'sun to sat'],
  ['5-1 * * * *', 'ends before it begins'],
  ['*/0 * * * *', 'a step is written'],
  ['*/5/5 * * * *', 'a step is written'],
  ['1-2-3 * * * *', 'a range is written'],
  ['@often', 'is none of @yearly'],
  ['__proto__', 'five fields'],
  ['0 0 31 2 *', 'never run'],
  ['0 0 31 4,6,9,11 *', 'never run'],
  ['* '.repeat(200), 'at most 200'],
])('%s is refused: %s', (cron, problem) => {
  expect(() => parseCron(cron)).toThrow(problem);
});

test('is the first minute that fits, where no clock changes', async () => {
  const field = (min: number, max: number) =>
    fc.oneof(fc.constant('*'), fc.integer({ min, max }).map(String), fc.tuple(fc.integer({ min, max }), fc.integer({ min: 1, max: 9 })).map(([from, step]) => `${from}-${max}/${step}`)); // prettier-ignore
  const crons = fc.tuple(field(0, 59), field(0, 23), field(1, 28), fc.constant('*'), field(0, 6)).map((fields) => fields.join(' '));
  const property = fc.property(crons, fc.integer({ min: 0, max: 200 * 1440 }), (text, minutes) => {
    const cron = parseCron(text);
    const after = Date.UTC(2026, 0, 1) + minutes * 60_000;
    const next = nextRun(cron, 'UTC', after)!;
    const date = new Date(next);
    expect(cron.minutes).toContain(date.getUTCMinutes());
    expect(cron.hours).toContain(date.getUTCHours());
    let at = after;
    const fits = (one: Date): boolean => {
      const [day, weekday] = [cron.days.has(one.getUTCDate()), cron.weekdays.has(one.getUTCDay())];
      const fitting = cron.anyDay || cron.anyWeekday ? day && weekday : day || weekday;
      return fitting && cron.hours.includes(one.getUTCHours()) && cron.minutes.includes(one.getUTCMinutes());
    };
    do at += 60_000;
    while (at < next && !fits(new Date(at)));
    expect(iso(next)).toBe(iso(at));
  });
  await fuzz(property, 30);
});

test('runs every hour of a year in any zone, whatever its clocks do', () => {
  for (const zone of ['Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Africa/Casablanca']) {
    let at = Date.UTC(2026, 0, 1);
    for (let hours = 0; hours < 1000; hours++) {
      const next = nextRun(parseCron('0 * * * *'), zone, at)!;
      expect(next - at, `${zone} after ${iso(at)}`).toBeLessThanOrEqual(5_400_000);
      expect(Temporal.Instant.fromEpochMilliseconds(next).toZonedDateTimeISO(zone).minute % 30).toBe(0);
      at = next + 20 * 3_600_000;
    }
  }
});

test('whatever is written is a cron or refused, soon', async () => {
  const text = fc.oneof(
    fc.string({ maxLength: 300 }),
    fc.array(fc.constantFrom('*', '/', '-', ',', '1', '59', '7', '31', 'feb', 'sun', ' ', '@', '99'), { maxLength: 40 }).map((parts) => parts.join('')),
  ); // prettier-ignore
  await fuzz(
    fc.property(text, (one) => {
      try {
        nextRun(parseCron(one), 'Europe/Berlin', Date.UTC(2026, 9, 24));
      } catch (error) {
        expect(error).toBeInstanceOf(CronError);
      }
    }),
    300,
  );
});
