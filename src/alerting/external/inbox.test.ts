import { expect, test } from 'vitest';
import { createTestSql } from '../../../test/harness/test-sql.ts';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { createJobs, jobsMigrations } from '../../platform/jobs/index.ts';
import { silentLog } from '../../platform/log.ts';
import { alertingMigrations } from '../migrations.ts';
import { externalFingerprint } from './decide-report.ts';
import type { ReportedAlert } from './external-alert.ts';
import { createInbox } from './inbox.ts';
import { type Backlog, readBacklog, type Reported } from './inbox-store.ts';

const START = '2026-11-21T03:00:00Z';

async function world() {
  const database = await createTestSql([...jobsMigrations, ...alertingMigrations]);
  const { sql } = database;
  const clock = new VirtualClock(START);
  /** What was worked off, a list for each transaction that was committed. */
  const batches: string[][] = [];
  const seen: Backlog[] = [];
  let bad: (one: Reported) => boolean = () => false;
  let tries = 0;
  let held: Promise<void> | undefined;
  const boot = () => {
    const jobs = createJobs({ sql, clock, log: silentLog });
    const inbox = createInbox({
      sql,
      clock,
      jobs,
      log: silentLog,
      looked: (backlog) => void seen.push(backlog),
      async work(tx, reported) {
        tries += 1;
        await held;
        if (reported.some(bad)) throw new Error('a defect');
        tx.afterCommit(() => void batches.push(reported.map(({ report: { key, labels } }) => `${key}${labels['say'] ?? ''}`)));
      },
    });
    return { jobs, inbox };
  };
  let process = boot();
  await process.jobs.start();
  return {
    sql,
    clock,
    batches,
    seen,
    get inbox() {
      return process.inbox;
    },
    get tries() {
      return tries;
    },
    /** Work takes until it is released. */
    holds(): () => void {
      let release = (): void => undefined;
      held = new Promise((resolve) => (release = resolve));
      return release;
    },
    fails: (which: (one: Reported) => boolean) => void (bad = which),
    put: (...reports: ReportedAlert[]) =>
      process.inbox.put(
        reports.map((report) => ({ report, fingerprint: externalFingerprint(report), actor: 'token:test', at: clock.now() })),
      ),
    /** The process ends as it is, and the next begins. */
    async restart() {
      await process.inbox.stop();
      void process.jobs.stop();
      process = boot();
      await process.jobs.start();
    },
    advance: (ms: number) => clock.advance(ms, () => process.jobs.idle()),
    [Symbol.asyncDispose]: async () => {
      await process.inbox.stop();
      await process.jobs.stop();
      await database[Symbol.asyncDispose]();
    },
  };
}

const alert = (key: string, given: Partial<ReportedAlert> = {}): ReportedAlert => ({
  source: 'test',
  key,
  status: 'firing',
  labels: { alertname: key },
  annotations: {},
  startsAt: 0,
  endsAt: null,
  severity: 'today',
  ...given,
});
const says = (key: string, say: string, given: Partial<ReportedAlert> = {}): ReportedAlert => alert(key, { ...given, labels: { say } });
const many = (prefix: string, count: number, given: Partial<ReportedAlert> = {}): ReportedAlert[] =>
  Array.from({ length: count }, (_, i) => alert(`${prefix}${i}`, given));

test('the most urgent first, of what is as urgent the oldest, and now and then the oldest of all', async () => {
  await using it = await world();
  const over = alert('over', { severity: 'critical', status: 'resolved' });
  await Promise.all([
    it.put(...many('e', 400, { severity: 'eventually' })),
    it.put(...many('t', 1_600)),
    it.put(over, alert('wake', { severity: 'critical' })),
  ]);
  await it.inbox.drain();
  expect(it.batches[0], 'what calls people is not made to wait for anything else').toEqual(['wake']);
  expect(it.batches[1]!.slice(-1)).toEqual(['over']);
  const all = it.batches.flat();
  expect(all.length).toBe(2_002);
  expect(all.filter((key) => key.startsWith('t'))).toEqual(many('t', 1_600).map(({ key }) => key));
  expect(all.filter((key) => key.startsWith('e'))).toEqual(many('e', 400).map(({ key }) => key));
  // The sixth batch is of what came first, whatever it is.
  expect(it.batches.findIndex((batch) => batch.includes('e0'))).toBe(5);
  expect(it.batches[4]).not.toContain('e1');
  expect(await readBacklog(it.sql)).toMatchObject({ alerts: 0, bytes: 0 });
});

test('a flood of what is urgent does not stop the rest', async () => {
  await using it = await world();
  await Promise.all([it.put(...many('t', 10)), it.put(...many('c', 3_000, { severity: 'critical' }))]);
  await it.inbox.drain();
  expect(it.batches.findIndex((batch) => batch.includes('t0'))).toBe(5);
  expect(it.batches.length).toBeGreaterThan(6);
});

test.each<[string, readonly ReportedAlert[], string]>([
  ['critical after it was not', [says('x', '1'), says('x', '2', { severity: 'critical' })], 'x1 x2'],
  ['its end says nothing of how urgent it was', [says('x', '1', { severity: 'critical' }), says('x', '2', { status: 'resolved' })], 'x1 x2'],
  ['its end is as urgent', [says('x', '1', { severity: 'eventually' }), says('x', '2', { status: 'resolved', severity: 'critical' })], 'x1 x2'],
  ['over, and again', [says('x', '1', { status: 'resolved' }), says('x', '2'), says('x', '3', { severity: 'critical' }), says('x', '4')], 'x1 x2 x3 x4'],
])('of one alert what was said first is worked off first: %s', async (_, reports, expected) => {
  await using it = await world();
  await Promise.all([it.put(...many('t', 400)), ...reports.map((one) => it.put(one))]);
  await it.inbox.drain();
  expect(it.batches.flat().filter((one) => one.startsWith('x')).join(' ')).toBe(expected);
}); // prettier-ignore

test('of one alert, whatever is said of it meanwhile is worked off a few at a time, in order', async () => {
  await using it = await world();
  await Promise.all(Array.from({ length: 50 }, (_, i) => it.put(says('x', ` ${i}`))));
  await it.inbox.drain();
  expect(it.batches.map((batch) => batch.length)).toEqual([20, 20, 10]);
  expect(it.batches.flat()).toEqual(Array.from({ length: 50 }, (_, i) => `x ${i}`));
});

test('what was answered is worked off by the next process, once, where this one ends before', async () => {
  await using it = await world();
  await it.inbox.stop();
  await Promise.all([it.put(...many('t', 300)), it.put(alert('wake', { severity: 'critical' }))]);
  expect(it.batches).toEqual([]);
  await it.restart();
  await it.advance(2_000);
  expect(it.batches).toEqual([]);
  await it.advance(1_000);
  expect(it.batches.flat()).toHaveLength(301);
  expect(it.batches[0]).toEqual(['wake']);
  expect(new Set(it.batches.flat()).size).toBe(301);
});

test('one that can not be worked off keeps no other from it, is tried again, and told of', async () => {
  await using it = await world();
  it.fails(({ report }) => report.key === 't77');
  await it.put(...many('t', 200));
  await it.inbox.drain();
  expect(it.batches.flat()).toHaveLength(199);
  expect(it.tries).toBeLessThan(30);
  expect(it.seen.at(-1)).toMatchObject({ alerts: 1, failed: 1 });
  // What is said of it later waits behind it.
  await it.put(says('t77', ' later'));
  await it.advance(1_500);
  expect(it.batches.flat()).toHaveLength(199);
  it.fails(() => false);
  await it.advance(10_000);
  expect(it.batches.flat().slice(199)).toEqual(['t77', 't77 later']);
  expect(it.seen.at(-1)).toMatchObject({ alerts: 0, failed: 0 });
  expect((await it.sql.db<{ jobs: { kind: string } }>().selectFrom('jobs').select('kind').execute())).toEqual([]);
}); // prettier-ignore

test('a sender waits no longer than a moment for its alerts to be worked off', async () => {
  await using it = await world();
  const release = it.holds();
  let answered = false;
  const put = it.put(alert('slow')).then(() => (answered = true));
  await expect.poll(() => it.tries).toBe(1);
  await it.clock.advance(199);
  expect(answered).toBe(false);
  await it.clock.advance(1);
  await put;
  expect(it.batches).toEqual([]);
  release();
  await it.inbox.drain();
  expect(it.batches).toEqual([['slow']]);
});

test('what is settled is worked off before what is more urgent', async () => {
  await using it = await world();
  await it.inbox.stop();
  await it.put(...many('c', 30, { severity: 'critical' }), says('x', '1'));
  await it.put(says('x', '2', { status: 'resolved' }));
  await it.inbox.settle([externalFingerprint(alert('x')), externalFingerprint(alert('unknown'))]);
  expect(it.batches).toEqual([['x1', 'x2']]);
  it.fails(() => true);
  await expect(it.inbox.settle([externalFingerprint(alert('c1'))])).rejects.toThrow('a defect');
});
