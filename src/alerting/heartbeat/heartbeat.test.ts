import { expect, test } from 'vitest';
import { judge, newHeartbeat, signalled, type HeartbeatState, type SignalKind } from './heartbeat.ts';
import { heartbeatSpec } from './heartbeat-kind.ts';

const at = (time: string): number => Date.parse(`2026-11-${time.includes('T') ? time : `21T${time}`}:00Z`);
const iso = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString().slice(8, 16));
const after = (signals: readonly string[]): HeartbeatState =>
  signals.reduce(
    (state, signal) => {
      const [time = '', kind = ''] = signal.split(' ');
      return signalled(state, { kind: kind as SignalKind, at: at(time), exitCode: null, output: null });
    },
    newHeartbeat(at('00:00')),
  );

const hourly = { every: '1h', grace: '5m' };
const nightly = { cron: '0 2 * * *', grace: '15m', maxRuntime: '2h' };

test.each<[string, Record<string, string>, readonly string[], string, string, string | null, string | null]>([
  // what, document, signals, now, status, expected, deadline
  ['never heard', hourly, [], '00:30', 'waiting', '21T01:00', '21T01:05'],
  ['never heard, and late', hourly, [], '01:05', 'late', '21T01:00', null],
  ['in time', hourly, ['00:40 success'], '01:20', 'ok', '21T01:40', '21T01:45'],
  ['a minute before its time is up', hourly, ['00:40 success'], '01:44', 'ok', '21T01:40', '21T01:45'],
  ['late', hourly, ['00:40 success'], '01:45', 'late', '21T01:40', null],
  ['back', hourly, ['00:40 success', '02:00 success'], '02:01', 'ok', '21T03:00', '21T03:05'],
  ['failed', hourly, ['00:40 success', '00:50 fail'], '00:51', 'failed', '21T01:50', null],
  ['failed, then good', hourly, ['00:40 fail', '00:50 success'], '00:51', 'ok', '21T01:50', '21T01:55'],
  ['failed, now runs again: still failed', hourly, ['00:40 fail', '00:50 start'], '00:51', 'failed', '21T01:50', null],
  ['runs', hourly, ['00:40 start'], '01:10', 'running', '21T01:40', '21T01:45'],
  ['started in time is not late', nightly, ['01:00 success', '02:00 start'], '02:20', 'running', '22T02:00', '21T04:00'],
  ['cron, not started', nightly, ['01:00 success'], '02:15', 'late', '21T02:00', null],
  ['runs too long', nightly, ['02:00 start'], '04:00', 'too-long', '22T02:00', null],
  ['ended in time', nightly, ['02:00 start', '03:59 success'], '04:00', 'ok', '22T02:00', '22T02:15'],
  ['a moment early counts for the run that is about to come', { cron: '1 2 * * *', grace: '1m' }, ['02:01 success'], '02:02', 'ok', '22T02:01', '22T02:02'],
  ['runs that are begun again and again never end well', { every: '1h', grace: '5m', maxRuntime: '30m' }, ['00:00 start', '00:25 start', '00:50 start', '01:15 start'], '01:36', 'too-long', '21T02:15', null],
])('%s', (_, spec, signals, now, status, expected, deadline) => {
  const verdict = judge(heartbeatSpec.parse(spec), after(signals), at(now));
  expect([verdict.status, iso(verdict.expectedAt), iso(verdict.deadline)]).toEqual([status, expected, deadline]);
}); // prettier-ignore

test.each<[string, Record<string, string>, readonly string[], [string, string], string, string, string | null]>([
  ['due while nobody listened', hourly, ['00:10 success'], ['01:00', '02:00'], '02:30', 'ok', '21T03:05'],
  ['and late after that', hourly, ['00:10 success'], ['01:00', '02:00'], '03:05', 'late', null],
  ['due before nobody listened', hourly, ['00:10 success'], ['01:30', '02:00'], '02:01', 'late', null],
  ['due after it', hourly, ['00:10 success'], ['00:20', '00:50'], '01:15', 'late', null],
  ['cron: the night of which nobody knows', nightly, ['01:00 success'], ['01:50', '02:10'], '02:30', 'ok', '22T02:15'],
  ['its end may have been told to nobody', nightly, ['02:00 start'], ['03:00', '03:30'], '04:10', 'running', '22T04:15'],
  ['heard since', hourly, ['00:10 success', '02:10 success'], ['01:00', '02:00'], '03:15', 'late', null],
])('silence: %s', (_, spec, signals, [from, to], now, status, deadline) => {
  const verdict = judge(heartbeatSpec.parse(spec), after(signals), at(now), { from: at(from), to: at(to) });
  expect([verdict.status, iso(verdict.deadline)]).toEqual([status, deadline]);
}); // prettier-ignore

test('daylight saving: a nightly job is due once in either night of change', () => {
  const spec = heartbeatSpec.parse({ cron: '30 2 * * *', timeZone: 'Europe/Berlin', grace: '10m' });
  const success = (time: string): HeartbeatState =>
    signalled(newHeartbeat(0), { kind: 'success', at: Date.parse(time), exitCode: 0, output: null });
  const due = (time: string): string => new Date(judge(spec, success(time), Date.parse(time)).deadline!).toISOString();
  expect(due('2026-03-28T01:31:00Z')).toBe('2026-03-29T01:40:00.000Z');
  expect(due('2026-03-29T01:31:00Z')).toBe('2026-03-30T00:40:00.000Z');
  expect(due('2026-10-24T00:31:00Z')).toBe('2026-10-25T00:40:00.000Z');
  expect(due('2026-10-25T00:31:00Z')).toBe('2026-10-26T01:40:00.000Z');
});

test.each([
  [{}, "write either 'every'"],
  [{ every: '1h', cron: '@daily' }, "write either 'every'"],
  [{ cron: '61 * * * *' }, "'61' is no minute"],
  [{ every: '1h', token: 'secret' }, 'name a variable'],
  [{ every: '1 hour' }, "did you mean '1h'"],
])('%o is refused: %s', (spec, problem) => {
  expect(heartbeatSpec.safeParse(spec).error?.issues[0]?.message).toContain(problem);
});
