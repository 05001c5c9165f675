import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { createRegistry } from '../../platform/metrics.ts';
import { migrate, openEmbedded, type Sql } from '../../platform/sql/index.ts';
import { createQueryEngine, parse } from '../promql/index.ts';
import type { Labels } from '../series.ts';
import { createStore, type Store } from '../store/index.ts';
import { usageMigrations } from './migrations.ts';
import { selectionsOf } from './metric-use.ts';
import { sorted } from './routes.ts';
import { sumOf } from './metric-costs.ts';
import { Usage } from './usage.ts';

const log = pino({ level: 'silent' });
const NOW = Date.now();
let dir: string;
let store: Store;
let sql: Sql;
let usage: Usage;

const make = (): Usage =>
  new Usage({
    shape: store.shape,
    clock: systemClock,
    log,
    metrics: createRegistry(),
    sql,
    metadata: (metric) => store.metadata(metric),
    typesOf: (metric) => store.typesOf(metric),
    engine: createQueryEngine({ source: store, clock: systemClock }),
  });

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nines-usage-'));
  sql = await openEmbedded(join(dir, 'state'));
  await migrate(sql, usageMigrations);
  store = createStore({ dir: join(dir, 'telemetry'), clock: systemClock, log, settings: { recentMemory: 2e7 } });
  await store.start();
  const put = async (source: string, labels: Labels, samples: number): Promise<void> => {
    const sink = store.sinkFor({ protocol: 'scrape', name: source });
    const id = sink.resolve(labels);
    const times = Float64Array.from({ length: samples }, (_, i) => NOW - (samples - i) * 1000);
    await sink.append({ ids: new Uint32Array(samples).fill(id), times, values: Float64Array.from(times, (_, i) => i) });
  };
  for (let user = 0; user < 20; user++)
    await put('shop', { __name__: 'requests_total', user: `u${user}`, method: user % 2 ? 'GET' : 'PUT' }, 60);
  await put('other', { __name__: 'requests_total', method: 'POST' }, 60);
  await put('shop', { __name__: 'latency_seconds_bucket', le: '+Inf' }, 600);
  await put('shop', { __name__: 'idle', host: 'a' }, 30);
  store.describe([{ metric: 'latency_seconds', type: 'histogram', help: 'How long.', unit: 'seconds' }]);
  await store.flush();
  usage = make();
  usage.usedBy(() => [
    { kind: 'alerting rule', name: 'Slow', link: '/alerts', selectors: selectionsOf(parse('rate(latency_seconds_bucket[5m]) > 1')) },
  ]);
  await usage.costs.refresh();
}, 60_000);

afterAll(async () => {
  await usage.stop();
  await store.stop();
  await sql.close();
  await rm(dir, { recursive: true, force: true });
});

test('series, samples and bytes are those of the store, and all bytes are somebody’s', async () => {
  const costs = sorted(await usage.costs.list(), 'series');
  expect(costs.map(({ name, series, samples, type, users }) => [name, series, samples, type, users])).toEqual([
    ['requests_total', 21, 1260, 'unknown', 0],
    ['idle', 1, 30, 'unknown', 0],
    ['latency_seconds_bucket', 1, 600, 'histogram', 1],
  ]);
  const kept = (await store.stats()).kept;
  expect(sumOf(costs).bytes).toBeCloseTo(
    kept.reduce((sum, { bytes }) => sum + bytes, 0),
    -1,
  );
  expect(sumOf(costs).samples).toBe(1890);
  expect(sumOf(costs.filter(({ users }) => users === 0))).toMatchObject({ metrics: 2, series: 22, samples: 1290 });
  // 60 samples of each of 21 series within five minutes.
  expect(costs[0]?.perSecond).toBeCloseTo(1260 / 300, 0);
  expect(Date.parse(costs[0]?.lastSeen ?? '')).toBe(NOW - 1000);
});

test.each([
  ['series', ['requests_total', 'idle', 'latency_seconds_bucket']],
  ['samples', ['requests_total', 'latency_seconds_bucket', 'idle']],
  ['name', ['idle', 'latency_seconds_bucket', 'requests_total']],
] as const)('by %s', async (sort, names) => expect(sorted(await usage.costs.list(), sort).map(({ name }) => name)).toEqual(names));

test('one metric: its labels, who sends it, who uses it', async () => {
  const detail = await usage.detail('requests_total');
  expect(detail?.labels.map(({ name, values, series }) => [name, values, series])).toEqual([
    ['user', 20, 20],
    ['method', 3, 21],
  ]);
  expect(detail?.labels[1]?.top[0]).toEqual({ value: 'GET', series: 10 });
  expect(detail?.sources).toEqual([
    { protocol: 'scrape', name: 'shop', series: 20 },
    { protocol: 'scrape', name: 'other', series: 1 },
  ]);
  expect(Math.abs(Date.parse(detail?.firstSeen ?? '') - NOW)).toBeLessThan(60_000);
  expect((await usage.detail('latency_seconds_bucket'))?.usedBy).toEqual([{ kind: 'alerting rule', name: 'Slow', link: '/alerts' }]);
  expect(await usage.detail('nothing')).toBeUndefined();
});

test('what people ask for is used, also after a restart', async () => {
  const grafana = usage.askedBy('Grafana/12.0');
  await grafana.instant('sum(idle)', NOW);
  await grafana.range('idle', NOW - 60_000, NOW, 1000);
  await expect(grafana.instant('idle +', NOW)).rejects.toThrow();
  expect(usage.slow(10)).toMatchObject({ asked: 2, queries: [{ asker: 'grafana' }, { asker: 'grafana' }] });
  const after = make();
  await usage.start();
  await usage.stop();
  await after.start();
  const [used] = after.queries.book.list();
  expect(used).toMatchObject({ name: '=idle', asker: 'grafana', count: 2 });
  expect((await after.detail('idle'))?.usedBy).toMatchObject([{ kind: 'query', name: 'grafana', count: 2 }]);
  await after.stop();
});

test('the audit says what is odd, and who sends it', async () => {
  const described = (type: 'counter' | 'gauge') => store.describe([{ metric: 'idle', type, help: '', unit: '' }]);
  described('counter');
  described('gauge');
  const { findings, looked } = await usage.audit();
  expect(looked).toBe(3);
  expect(findings.map(({ metric, rule, sources }) => [metric, rule, sources])).toEqual([['idle', 'two-types', ['scrape/shop']]]);
  expect(await usage.audit()).toEqual({ findings, looked });
});
