/** The whole module on a virtual clock, with the real query engine and the real database. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql as template } from 'kysely';
import { createTestSql, type TestSql } from '../../test/harness/test-sql.ts';
import { VirtualClock } from '../../test/harness/virtual-clock.ts';
import type { Catalog, Resource } from '../catalog/index.ts';
import { createQueryEngine, isStale, MemorySource, type Labels, type SampleSink } from '../monitoring/index.ts';
import { createHealth } from '../platform/health.ts';
import { silentLog } from '../platform/log.ts';
import { createRegistry } from '../platform/metrics.ts';
import { createObjectives, objectivesMigrations, type Objectives } from './index.ts';
import { sloSpec, type SloSpec } from './slo-spec.ts';

let database: TestSql;
beforeAll(async () => void (database = await createTestSql(objectivesMigrations)));
afterAll(() => database[Symbol.asyncDispose]());

const MINUTE = 60_000;
const START = Date.parse('2026-11-24T00:00:00Z');

const slo = (good: string, total: string): SloSpec =>
  sloSpec.parse({
    service: 'shop',
    indicator: {
      spec: { ratioMetric: { good: { metricSource: { spec: { query: good } } }, total: { metricSource: { spec: { query: total } } } } },
    },
    timeWindow: [{ duration: '30d' }],
    budgetingMethod: 'Occurrences',
    objectives: [{ target: 0.99 }],
  });

class World {
  readonly clock = new VirtualClock(START);
  readonly source = new MemorySource();
  readonly written = new Map<string, number | 'stale'>();
  good = 0;
  bad = 0;
  spec = slo('http_requests_total{code="200"}', 'http_requests_total');
  objectives!: Objectives;
  /** Minutes of planned work on the shop. */
  planned: (service: string, minute: number) => boolean = () => false;
  #resolved: Labels[] = [];

  async begin(): Promise<void> {
    for (const table of ['objective_history', 'objective_hours']) await template.raw(`delete from ${table}`).execute(database.sql.db());
    this.start();
  }

  /** A process; the one before it just ends. */
  start(): void {
    const resource: Resource<never> = { kind: 'SLO', name: 'answers', title: 'Answers', labels: {}, spec: this.spec as never, file: null };
    const set = { version: 1, list: (kind: string) => (kind === 'SLO' ? [resource] : []), get: () => undefined };
    const catalog: Catalog = { current: () => set, onChange: (listener) => listener(set) };
    const sink: SampleSink = {
      resolve: (labels) => this.#resolved.push(labels) - 1,
      append: async ({ ids, values }) => {
        ids.forEach((id, i) => {
          const { __name__: name, window = '' } = this.#resolved[id]!;
          this.written.set(`${name} ${window}`.trim(), isStale(values, i) ? 'stale' : values[i]!);
        });
      },
      describe: () => undefined,
    };
    const query = createQueryEngine({ source: this.source, clock: this.clock });
    const { sql } = database;
    const deps = {
      sql,
      clock: this.clock,
      log: silentLog,
      health: createHealth(this.clock),
      catalog,
      query,
      sink,
      metrics: createRegistry(),
      maintenance: async () => this.planned,
    };
    this.objectives = createObjectives(deps);
  }

  /** Requests come evenly, counters are scraped every 15 s. */
  async traffic(minutes: number, good: number, bad: number, each: () => Promise<unknown> = async () => undefined): Promise<void> {
    for (let i = 0; i < minutes * 4; i++) {
      const now = this.clock.now();
      this.source.add({ __name__: 'http_requests_total', code: '200' }, [now], [this.good]);
      this.source.add({ __name__: 'http_requests_total', code: '500' }, [now], [this.bad]);
      this.good += good / 4;
      this.bad += bad / 4;
      await this.clock.advance(15_000);
      if (i % 4 === 3) await each();
    }
  }

  status = () => this.objectives.status('answers');
}

test('events, budget, burn rates and cost of an outage, to the event', async () => {
  const world = new World();
  await world.begin();
  await world.traffic(120, 100, 0, () => world.objectives.measure());
  await world.traffic(10, 60, 40, () => world.objectives.measure());
  await world.traffic(50, 100, 0, () => world.objectives.measure());
  const status = await world.status();
  // The last sample was 15 s ago: a quarter of a minute's requests isn't known yet.
  expect(status.total).toBeCloseTo(18_000 - 25, 6);
  expect(status.budget.spent).toBeCloseTo(400, 6);
  // Three hours are known of 30 days: the other 717 are taken to have the same traffic.
  expect(status.budget.allowed).toBeCloseTo(179.75 * 240, 6);
  expect(status.state).toBe('ok');
  const rate = (ms: number) => status.burnRates.find(({ windowMs }) => windowMs === ms)!.rate;
  expect(rate(5 * MINUTE)).toBe(0);
  // 400 of the last hour's 5,975.
  expect(rate(60 * MINUTE)).toBeCloseTo(400 / 5975 / 0.01, 6);
  const at = (minute: number): number => START + minute * MINUTE;
  const cost = await world.objectives.cost('answers', at(119), at(131));
  expect(cost.total).toBeCloseTo(1200, 6);
  expect(cost.bad).toBeCloseTo(400, 6);
  expect(cost.budgetShare).toBeCloseTo((400 / (0.01 * 13_100)) * (131 / 43_200), 6);
  // From within a minute: counted from the samples, which come every 15 s.
  expect((await world.objectives.cost('answers', at(120.5), at(130.5))).bad).toBeCloseTo(380, 6);
  expect(await world.objectives.costs('other', at(0), at(1))).toEqual([]);
});

test('minutes under maintenance count nothing, where the objective says so; another answer counts all anew', async () => {
  const world = new World();
  await world.begin();
  const at = (minute: number): number => START + minute * MINUTE;
  world.planned = (service, minute) => service === 'shop' && minute >= at(60) && minute < at(70);
  world.spec = { ...world.spec, excludeMaintenance: true };
  world.start();
  await world.traffic(60, 100, 0, () => world.objectives.measure());
  await world.traffic(10, 0, 100, () => world.objectives.measure());
  await world.traffic(20, 90, 10, () => world.objectives.measure());
  const status = await world.status();
  expect(status.total).toBeCloseTo(8_000 - 25, 6);
  expect(status.budget.spent).toBeCloseTo(200 - 2.5, 6);
  // Parts of a minute are no different: what the minute counts as a whole, nothing, its halves count as well.
  const badBetween = async (from: number, to: number) => (await world.objectives.cost('answers', at(from), at(to))).bad;
  expect(await badBetween(60.25, 60.75)).toBeNull();
  expect(await badBetween(58.5, 61.5)).toBe(0);
  expect(await badBetween(69.5, 71)).toBeCloseTo(10, 6);
  expect(await badBetween(70.5, 71)).toBeCloseTo(5, 6);
  // The plan has changed since: what was counted stands. What begins now is planned work from its first second.
  world.planned = (_, minute) => minute >= at(90);
  expect(await badBetween(60.25, 60.75)).toBeNull();
  await world.traffic(1, 0, 100);
  expect(await badBetween(90, 90.5)).toBeNull();
  world.spec = { ...world.spec, excludeMaintenance: false };
  world.start();
  await world.objectives.measure();
  // The last minute's last quarter isn't known yet.
  expect((await world.status()).budget.spent).toBeCloseTo(1_200 + 75, 6);
});

test('burn rates are written as series, and end where there is no data', async () => {
  const world = new World();
  await world.begin();
  await world.traffic(10, 80, 20, () => world.objectives.measure());
  expect(world.written.get('nines_slo_burn_rate 5m')).toBeCloseTo(20, 6);
  // Ten minutes of history are a sixth of an hour.
  expect(world.written.get('nines_slo_burn_rate 1h')).toBeCloseTo(20 / 6, 6);
  expect(world.written.get('nines_slo_budget_remaining')).toBeCloseTo(1 - (20 * 10) / 43_200, 6);
  await world.clock.advance(20 * MINUTE);
  await world.objectives.measure();
  expect(world.written.get('nines_slo_burn_rate 5m')).toBe('stale');
  expect((await world.status()).burnRates[0]!.rate).toBeNull();
});

test('what was counted survives a restart, and the samples; what was missed meanwhile is counted then', async () => {
  const world = new World();
  await world.begin();
  await world.traffic(60, 90, 10, () => world.objectives.measure());
  const before = await world.status();
  await world.traffic(30, 100, 0);
  world.start();
  const after = await world.status();
  expect(after.budget.spent).toBeCloseTo(before.budget.spent! + 2.5, 6);
  expect(after.total).toBeCloseTo(9000 - 25, 6);
  // The samples are gone: all but the last two minutes is known without them.
  (world as { source: MemorySource }).source = new MemorySource();
  world.start();
  expect((await world.status()).total).toBeCloseTo(8800, 6);
});

test('samples from before the objective was written count, a day at a time', async () => {
  const world = new World();
  await world.begin();
  const total = { __name__: 'http_requests_total', code: '200' };
  const times = Array.from({ length: 3 * 1440 }, (_, i) => START - (3 * 1440 - i) * MINUTE);
  world.source.add(
    total,
    times,
    times.map((_, i) => i * 10),
  );
  for (let i = 0; i < 5; i++) await world.objectives.measure();
  expect((await world.status()).total).toBeCloseTo((3 * 1440 - 1) * 10, 6);
});

test('another indicator begins a new history', async () => {
  const world = new World();
  await world.begin();
  await world.traffic(30, 90, 10, () => world.objectives.measure());
  world.spec = slo('other_total', 'other_total');
  world.start();
  expect(await world.status()).toMatchObject({ state: 'no-data', total: null, attainment: null, exhaustedAt: null });
});

test('a probe is an indicator: failures of its checks', async () => {
  const world = new World();
  await world.begin();
  world.spec = slo('probe_success', 'probe_success');
  world.start();
  for (let i = 0; i < 40; i++) {
    world.source.add({ __name__: 'probe_success', probe: 'home' }, [world.clock.now()], [i < 38 ? 1 : 0]);
    await world.clock.advance(30_000);
  }
  expect(await world.status()).toMatchObject({ good: 38, total: 40 });
});

test('an objective that is not there', async () => {
  const world = new World();
  await world.begin();
  await expect(world.objectives.status('nothing')).rejects.toMatchObject({ status: 404 });
  await expect(world.objectives.cost('nothing', 0, 1)).rejects.toMatchObject({ status: 404 });
});
