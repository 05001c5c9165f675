import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestSql, type TestSql } from '../../../test/harness/test-sql.ts';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { createHealth } from '../../platform/health.ts';
import type { Reply } from '../../platform/http/index.ts';
import { createJobs, jobsMigrations } from '../../platform/jobs/index.ts';
import { silentLog } from '../../platform/log.ts';
import { deliveryMigrations } from '../migrations.ts';
import { createDeadMansSwitch } from './dead-mans-switch.ts';
import { doubts } from './doubts.ts';

const NOW = Date.parse('2026-11-21T03:00:00Z');
const part = (component: string, state: 'ok' | 'degraded' | 'down') => ({ component, state, problem: 'why' });

test.each([
  ['all well', [part('state', 'ok')], 0, []],
  ['what is degraded still pages', [part('delivery.email', 'degraded')], 119_000, []],
  ['what is down', [part('state', 'down')], 0, ['state is down: why']],
  ['a page that does not leave', [], 121_000, ['A page has waited for 121 s to leave.']],
])('doubts: %s', (_, components, oldestPageMs, expected) => expect(doubts({ components, oldestPageMs })).toEqual(expected));

let database: TestSql;
let watcher: http.Server;
let asked: string[] = [];
let status = 200;
beforeAll(async () => {
  database = await createTestSql([...jobsMigrations, ...deliveryMigrations]);
  watcher = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(status).end('OK');
  });
  await new Promise<void>((resolve) => watcher.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await new Promise((resolve) => watcher.close(resolve));
});

test('it tells who watches as long as a page would arrive, and says so itself when they do not hear it', async () => {
  const { sql } = database;
  const clock = new VirtualClock(NOW);
  const health = createHealth(clock);
  const jobs = createJobs({ sql, clock, log: silentLog });
  const url = `http://127.0.0.1:${(watcher.address() as AddressInfo).port}/beat`;
  const switchOf = createDeadMansSwitch({ sql, clock, log: silentLog, health, jobs, settings: { url, every: '1m' } });
  const paging = async (): Promise<number> => ((await switchOf.routes[0]!.handler({} as never)) as Reply).status;
  const minutes = async (count: number): Promise<string[]> => {
    asked = [];
    await clock.advance(count * 60_000, () => jobs.idle());
    return asked;
  };
  await jobs.start();
  await switchOf.start();
  await jobs.idle();
  expect(asked).toEqual(['GET /beat']);
  expect(await minutes(3)).toHaveLength(3);
  expect(await paging()).toBe(200);

  health.report('state', 'down', 'no room');
  expect(await minutes(3)).toEqual([]);
  expect(await paging()).toBe(503);
  health.report('state', 'ok');
  expect(await minutes(1)).toHaveLength(1);

  status = 500;
  await minutes(1);
  expect(health.list().find(({ component }) => component === 'delivery.switch')).toMatchObject({ state: 'degraded' });
  await jobs.stop();
});
