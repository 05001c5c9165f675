/** The module on the machine's clock, with the real query engine and database: routes, recording rules, health, and how long a decision takes. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql as template } from 'kysely';
import { parse } from 'yaml';
import { createTestSql, type TestSql } from '../../test/harness/test-sql.ts';
import type { Catalog, ResourceSet } from '../catalog/index.ts';
import { createLedger, ledgerMigrations } from '../ledger/index.ts';
import { createQueryEngine, MemorySource, selectorsOf, type Expr, type Labels, type SampleSink } from '../monitoring/index.ts';
import { systemClock as clock } from '../platform/clock.ts';
import { createHealth } from '../platform/health.ts';
import type { RouteRequest } from '../platform/http/index.ts';
import { createJobs, jobsMigrations } from '../platform/jobs/index.ts';
import { silentLog } from '../platform/log.ts';
import { createRegistry } from '../platform/metrics.ts';
import type { AlertTransition } from './alerts/alert.ts';
import { alertingMigrations, type AlertingDeps, createAlerting, ruleFileKind } from './index.ts';
import { ruleFileSpec } from './rules/rule-file-spec.ts';

let database: TestSql;
beforeAll(async () => void (database = await createTestSql([...jobsMigrations, ...ledgerMigrations, ...alertingMigrations])));
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  for (const table of ['alerts', 'alert_notices', 'events']) await template.raw(`delete from ${table}`).execute(database.sql.db());
});

function world(rules: string, flapping?: AlertingDeps['flapping']) {
  const source = new MemorySource();
  const series: Labels[] = [];
  const listeners: ((metrics: ReadonlySet<string>, newest: number) => void)[] = [];
  const sink: SampleSink = {
    resolve: (labels) => series.push(labels) - 1,
    append: async ({ ids, times, values }) => {
      ids.forEach((id, i) => source.add(series[id]!, [times[i]!], values.slice(i, i + 1)));
      for (const listener of listeners) listener(new Set(Array.from(ids, (id) => series[id]!.__name__!)), Math.max(...times));
    },
    describe: () => undefined,
  };
  const spec = ruleFileSpec.parse(parse(rules));
  const file = { kind: ruleFileKind.kind, name: 'web', title: 'web', labels: {}, spec: spec as never, file: 'web.yaml' };
  const set: ResourceSet = { version: 1, list: (kind) => (kind === ruleFileKind.kind ? [file] : []), get: () => undefined };
  const catalog: Catalog = { current: () => set, onChange: (listener) => listener(set) };
  const engine = createQueryEngine({ source, clock });
  const asked: string[] = [];
  const query = {
    ...engine,
    instant: (given: string | Expr, at: number, options?: Parameters<typeof engine.instant>[2]) => {
      const expr =
        typeof given === 'string' ? given : (selectorsOf(given)[0]?.matchers.find(({ name }) => name === '__name__')?.value ?? '');
      asked.push(expr);
      return expr.includes('slow') ? new Promise<never>(() => undefined) : engine.instant(given, at, options);
    },
  };
  const { sql } = database;
  const health = createHealth(clock);
  const ledger = createLedger({ sql, clock });
  const transitions: AlertTransition[] = [];
  let tell: (transition: AlertTransition) => void = () => undefined;
  const alerting = createAlerting({
    sql,
    clock,
    log: silentLog,
    health,
    jobs: createJobs({ sql, clock, log: silentLog }),
    metrics: createRegistry(),
    ledger,
    catalog,
    query,
    sink,
    flapping,
    onArrival: (listener) => void listeners.push(listener),
    objectives: { list: () => [] },
    delivery: { send: async () => undefined },
    alertSink: {
      changed: async (_, changed) => {
        transitions.push(...changed);
        for (const one of changed) tell(one);
      },
    },
  });
  const put = (labels: Labels, value: number): Promise<void> =>
    sink.append({ ids: Uint32Array.of(sink.resolve(labels)), times: Float64Array.of(clock.now()), values: Float64Array.of(value) });
  const next = (): Promise<AlertTransition> => new Promise((resolve) => (tell = resolve));
  const get = async (path: string, query: object = {}, search = ''): Promise<never> => {
    const route = alerting.routes.find((one) => one.path === path)!;
    const request = { query, headers: {}, search: new URLSearchParams(search) };
    const answer = await route.handler(request as unknown as RouteRequest<never, never, never>);
    // Prometheus' answers are text already.
    const { body } = answer as { body?: unknown };
    return (typeof body === 'string' ? JSON.parse(body) : answer) as never;
  };
  return { alerting, put, next, get, asked, health, ledger, transitions, source };
}

test('an error is seen and stays seen, though it is in a part that cannot change the result', async () => {
  const { alerting, put, get, next } = world(`groups:
  - name: shop
    rules:
      - alert: Half
        expr: missing == 1 and (up * on () group_left () up)
      - alert: Whole
        expr: up == 2
`);
  await put({ __name__: 'up', instance: 'a' }, 1);
  await put({ __name__: 'up', instance: 'b' }, 1);
  await alerting.start();
  const health = async (): Promise<string> =>
    ((await get('/api/v1/rules')) as { data: { groups: [{ rules: [{ health: string }] }] } }).data.groups[0].rules[0].health;
  await expect.poll(health).toBe('err');
  const firing = next();
  await put({ __name__: 'up', instance: 'a' }, 2);
  // By then what arrived at the same time was evaluated.
  await firing;
  expect(await health()).toBe('err');
  await alerting.stop();
});

const shop = `groups:
  - name: shop
    rules:
      - alert: Down
        expr: up{job="shop"} == 0
        labels: { service: shop, severity: critical }
        annotations: { summary: 'Restore {{ $labels.job }}' }
      - alert: Slow
        expr: latency > 1
        for: 1h
        labels: { service: shop }
      - record: job:up:sum
        expr: sum by (job) (up)
        labels: { by: nines }
      - alert: Broken
        expr: up * on () group_left () up
`;

test('what the routes say of a firing and a pending alert, a recording rule and a broken one', async () => {
  const { alerting, put, next, get, health, ledger, source } = world(shop);
  await put({ __name__: 'up', job: 'shop', instance: 'a' }, 1);
  await put({ __name__: 'up', job: 'shop', instance: 'b' }, 1);
  await alerting.start();
  const firing = next();
  await put({ __name__: 'latency', service: 'shop' }, 3);
  await put({ __name__: 'up', job: 'shop', instance: 'a' }, 0);
  await firing;
  await expect.poll(async () => ((await get('/nines/v1/alerts')) as { alerts: unknown[] }).alerts.length).toBe(2);

  const { alerts } = (await get('/nines/v1/alerts', { state: 'firing' })) as { alerts: object[] };
  expect(alerts).toMatchObject([
    {
      rule: 'Down',
      group: 'shop',
      severity: 'critical',
      service: 'shop',
      state: 'firing',
      value: 0,
      annotations: { summary: 'Restore shop' },
    },
  ]);
  expect(await get('/nines/v1/alerts', { service: 'other' })).toEqual({ alerts: [] });

  // Each rule's first turn comes within the second after the start.
  type Groups = { data: { groups: { name: string; file: string; interval: number; rules: Record<string, unknown>[] }[] } };
  const rules = async (search = ''): Promise<Groups['data']['groups']> => ((await get('/api/v1/rules', {}, search)) as Groups).data.groups;
  await expect
    .poll(async () => (await rules())[0]!.rules.map(({ health }) => health), { timeout: 5000 })
    .toEqual(['ok', 'ok', 'ok', 'err']);
  expect(await rules()).toMatchObject([
    {
      name: 'shop',
      file: 'web',
      interval: 60,
      rules: [
        { name: 'Down', state: 'firing', type: 'alerting', duration: 0, alerts: [{ state: 'firing', value: '0e+00' }] },
        { name: 'Slow', state: 'pending', type: 'alerting', duration: 3600, keepFiringFor: 0 },
        { name: 'job:up:sum', type: 'recording', labels: { by: 'nines' } },
        { name: 'Broken', state: 'inactive', lastError: expect.stringContaining('many') },
      ],
    },
  ]);
  expect((await rules('type=record'))[0]!.rules.map(({ name }) => name)).toEqual(['job:up:sum']);
  expect((await rules('rule_name[]=Slow&exclude_alerts=true'))[0]!.rules).toMatchObject([{ name: 'Slow' }]);
  expect(((await get('/api/v1/alerts')) as { data: { alerts: object[] } }).data.alerts).toHaveLength(2);
  expect(health.list().find(({ component }) => component === 'alerting.rules')).toMatchObject({ state: 'degraded' });
  const recorded = source.select([{ name: '__name__', op: '=', value: 'job:up:sum' }], 0, clock.now());
  expect(recorded.map(({ labels }) => labels)).toEqual([{ __name__: 'job:up:sum', job: 'shop', by: 'nines' }]);
  // Its first turn may have come before the second sample of a.
  expect([1, 2]).toContain(recorded[0]!.values[0]);

  const { events } = await ledger.read({ kind: 'alert.*' });
  expect(events).toMatchObject([{ kind: 'alert.firing', title: 'Restore shop', service: 'shop', actor: 'nines', data: { rule: 'Down' } }]);
  await alerting.stop();
});

const office = ['c', 'a', 'b'].map(
  (group) => `
  - name: ${group}
    rules:
      - { alert: 'Up${group}', expr: up > 1, keep_firing_for: 5m, labels: { team: ${group}, note: '{{ $value }}' } }
      - { record: 'up:${group}', expr: up, labels: { team: all } }`,
);

test.each<[search: string, answer: string]>([
  ['', 'a: Upa up:a, b: Upb up:b, c: Upc up:c'],
  ['match[]={team="b"}', 'b: Upb'],
  ['match[]={team="b"}&match[]={team=~"al.*"}', 'a: up:a, b: Upb up:b, c: up:c'],
  ['match[]={note="{{ $value }}",team!="a"}', 'b: Upb, c: Upc'],
  ['type=RECORD&rule_group[]=a&rule_group[]=c', 'a: up:a, c: up:c'],
  ['rule_name[]=Upa&rule_name[]=up:b', 'a: Upa, b: up:b'],
  ['file[]=web&rule_group[]=b', 'b: Upb up:b'],
  ['file[]=other', ''],
  ['group_limit=3', 'a: Upa up:a, b: Upb up:b, c: Upc up:c'],
  ['group_limit=2', 'a: Upa up:a, b: Upb up:b | c: Upc up:c'],
  ['group_limit=1&rule_name[]=Upa&rule_name[]=Upc', 'a: Upa | c: Upc'],
  ['type=all', '400 "type": "all" is neither'],
  ['match[]=sum(up)', '400 "match[]"'],
  ['match[]={team=~"("}', '400 "match[]"'],
  ['group_limit=0', '400 "group_limit"'],
  ['group_limit=x', '400 "group_limit"'],
  ['group_next_token=x', '400 group_limit must be given'],
  ['group_limit=1&group_next_token=x', '400 "x" is no token'],
  ['exclude_alerts=perhaps', '400 "exclude_alerts"'],
])('/api/v1/rules?%s answers %s', async (search, expected) => {
  const { alerting, get } = world(`groups:${office.join('')}`);
  await alerting.start();
  type Answer = { error?: string; data: { groups: { name: string; rules: { name: string }[] }[]; groupNextToken?: string } };
  const pages: string[] = [];
  let token = '';
  do {
    const { error, data } = (await get('/api/v1/rules', {}, search + token)) as Answer;
    if (error !== undefined) {
      expect(error).toContain(expected.slice(4));
      pages.push(expected);
      break;
    }
    pages.push(data.groups.map(({ name, rules }) => `${name}: ${rules.map((rule) => rule.name).join(' ')}`).join(', '));
    token = data.groupNextToken === undefined ? '' : `&group_next_token=${data.groupNextToken}`;
  } while (token !== '');
  expect(pages.join(' | ')).toBe(expected);
  await alerting.stop();
});

const many = (count: number): string => {
  const rules = Array.from({ length: count }, (_, i) => `{ alert: R${i}, expr: 'rate(metric_${i}_total[5m]) > 1', for: 1m }`);
  return `groups: [{ name: g, interval: 1h, rules: [{ alert: Down, expr: up == 0 }, { alert: Stuck, expr: slow == 1 }, ${rules.join(',')}] }]`;
};

test('with a thousand rules, one of them stuck, an alert leaves well within a second of the sample that decides', async () => {
  const { alerting, put, next, asked, transitions } = world(many(1000), { windowMs: 0, high: 6, low: 3 });
  await alerting.start();
  await expect.poll(() => new Set(asked).size, { timeout: 10_000 }).toBe(1002);
  const took: number[] = [];
  asked.length = 0;
  for (let i = 0; i < 20; i++) {
    const told = next();
    const began = performance.now();
    await put({ __name__: 'up', job: 'shop' }, i % 2);
    await told;
    took.push(performance.now() - began);
  }
  expect(transitions.map(({ to }) => to)).toEqual(Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 'firing' : 'resolved')));
  expect(Math.max(...took)).toBeLessThan(1000);
  // Only the rule that the sample concerns was looked at.
  expect(asked.filter((expr) => !expr.includes('up'))).toEqual([]);
});

test('a thousand alerts at once, stored and told of in one go', async () => {
  const { alerting, next, put, source, get, transitions } = world('groups: [{ name: g, rules: [{ alert: Down, expr: up == 0 }] }]');
  await alerting.start();
  const now = clock.now();
  for (let i = 0; i < 1200; i++) source.add({ __name__: 'up', instance: `i${i}` }, [now], [0]);
  const told = next();
  await put({ __name__: 'up', instance: 'last' }, 0);
  await told;
  await alerting.settle();
  expect(transitions).toHaveLength(1000);
  const stored = await template<{ count: number }>`select count(*)::int as count from alerts`.execute(database.sql.db());
  expect(stored.rows[0]!.count).toBe(1000);
  type Rules = { data: { groups: { rules: { lastError?: string }[] }[] } };
  const { data } = (await get('/api/v1/rules')) as Rules;
  expect(data.groups[0]!.rules[0]!.lastError).toContain('201 results beyond 1000 are left out');
  await alerting.stop();
});
