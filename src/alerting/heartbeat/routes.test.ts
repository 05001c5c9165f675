/** Heartbeats over HTTP, on the real PostgreSQL. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestSql, type TestSql } from '../../../test/harness/test-sql.ts';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { createResourceSet } from '../../catalog/index.ts';
import { createHttpServer, type Principal } from '../../platform/http/index.ts';
import { createJobs, jobsMigrations } from '../../platform/jobs/index.ts';
import { silentLog } from '../../platform/log.ts';
import { createRegistry } from '../../platform/metrics.ts';
import { createDoorkeeper } from '../doorkeeper/doorkeeper.ts';
import { createHeartbeats, heartbeatKind, heartbeatRoutes, heartbeatsMigrations } from './index.ts';
import { heartbeatSpec } from './heartbeat-kind.ts';

const anonymous: Principal = { kind: 'anonymous', actor: 'anonymous', name: 'anonymous', person: null, role: null };
const intake: Principal = { ...anonymous, kind: 'token', role: 'intake' };

let database: TestSql;
let server: Awaited<ReturnType<typeof createHttpServer>>;
const clock = new VirtualClock('2026-11-21T12:00:00Z');
const told: string[] = [];

beforeAll(async () => {
  database = await createTestSql([...jobsMigrations, ...heartbeatsMigrations]);
  const { sql } = database;
  const jobs = createJobs({ sql, clock, log: silentLog });
  const spec = heartbeatSpec.parse({ every: '1h', token: '${JOB_TOKEN}' });
  const base = { kind: heartbeatKind.kind, labels: {}, file: null };
  const set = createResourceSet([
    { ...base, name: 'backup', title: 'Backup', spec },
    { ...base, name: 'open', title: 'open', spec: heartbeatSpec.parse({ every: '1h', token: '${NOT_SET}' }) },
  ] as never);
  const catalog = { current: () => set, onChange: () => undefined };
  const external = { report: async (alerts: readonly { status: string }[]) => void told.push(...alerts.map(({ status }) => status)) };
  const url = 'https://nines.example.org/';
  const heartbeats = createHeartbeats({ sql, clock, log: silentLog, jobs, catalog, external, url });
  const door = createDoorkeeper({ clock, environment: { JOB_TOKEN: 'a-secret' } });
  const gate = {
    identify: async ({ headers }: { headers: Record<string, unknown> }) =>
      headers['authorization'] === 'Bearer intake' ? intake : anonymous,
    permits: () => true,
  };
  const routes = heartbeatRoutes({ heartbeats, door, sql, clock, url });
  server = await createHttpServer({ routes, gate, clock, log: silentLog, metrics: createRegistry() });
  await heartbeats.start();
  await jobs.start();
});
afterAll(async () => {
  await server.close();
  await database[Symbol.asyncDispose]();
});

const say = (path: string, given: { method?: 'GET' | 'POST'; headers?: Record<string, string>; payload?: string | Buffer } = {}) =>
  server.inject({ method: 'POST', url: `/nines/v1/heartbeats/${path}`, ...given });
const show = async (name: string) => (await server.inject(`/nines/v1/heartbeats/${name}`)).json<Record<string, unknown>>();

test.each<[string, string, Parameters<typeof say>[1], number]>([
  ['a parameter', 'backup/ping?token=a-secret', { method: 'GET' }, 200],
  ['a Bearer', 'backup/ping', { headers: { authorization: 'Bearer a-secret' } }, 200],
  ['a Basic password', 'backup/ping', { headers: { authorization: `Basic ${Buffer.from('job:a-secret').toString('base64')}` } }, 200],
  ['an intake token', 'backup/ping', { headers: { authorization: 'Bearer intake' } }, 200],
  ['nothing', 'backup/ping', {}, 401],
  ['a wrong secret', 'backup/ping?token=b-secret', {}, 401],
  ['an empty one', 'open/ping?token=', {}, 401],
  ['where the variable is not set', 'open/ping?token=undefined', {}, 401],
  ['a heartbeat that is not there', 'nobody/ping?token=a-secret', {}, 401],
  ['the same, to who may send', 'nobody/ping', { headers: { authorization: 'Bearer intake' } }, 404],
  ['an unknown word', 'backup/done?token=a-secret', {}, 400],
  ['no exit code', 'backup/ping?token=a-secret&exit=x', {}, 400],
  ['an exit code too high', 'backup/256?token=a-secret', {}, 400],
])('%s', async (_, path, given, status) => {
  const answer = await say(path, given);
  expect([answer.statusCode, answer.body.slice(0, 3)]).toEqual([status, status === 200 ? 'OK\n' : '{"t']);
});

test('a failure is kept with its exit code and the end of what was printed, and shown', async () => {
  await clock.advance(100, () => Promise.resolve());
  const payload = Buffer.from(`${'ü'.repeat(20_000)}\u0000end\n`);
  expect((await say('backup/3?token=a-secret', { payload })).statusCode).toBe(200);
  const shown = await show('backup');
  expect(shown).toMatchObject({ status: 'failed', exitCode: 3, schedule: 'every 1h', pingUrl: 'https://nines.example.org/nines/v1/heartbeats/backup/ping' });
  expect(shown['output']).toMatch(/^…ü{4990,5000}\uFFFDend$/);
  expect((shown['signals'] as { kind: string }[])[0]).toMatchObject({ kind: 'fail', exitCode: 3 });
  await clock.advance(100, () => Promise.resolve());
  await say('backup/ping?token=a-secret&exit=0');
  expect(await show('backup')).toMatchObject({ status: 'ok', exitCode: 0, output: null });
}); // prettier-ignore

test('the last hundred signals are kept', async () => {
  for (let i = 0; i < 105; i++) {
    await clock.advance(10, () => Promise.resolve());
    await say('backup/ping?token=a-secret');
  }
  expect((await show('backup'))['signals']).toHaveLength(100);
});

test('who tries secrets is slowed down', async () => {
  const statuses = new Set<number>();
  for (let i = 0; i < 40; i++) statuses.add((await say(`backup/ping?token=${i}`)).statusCode);
  expect([...statuses]).toEqual([401, 429]);
  await clock.advance(61_000, () => Promise.resolve());
  expect((await say('backup/ping?token=a-secret')).statusCode).toBe(200);
});
