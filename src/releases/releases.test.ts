import { expect, test } from 'vitest';
import { createTestSql } from '../../test/harness/test-sql.ts';
import { VirtualClock } from '../../test/harness/virtual-clock.ts';
import { createLedger, ledgerMigrations } from '../ledger/index.ts';
import type { Reply, RouteRequest } from '../platform/http/index.ts';
import { createResourceSet } from '../catalog/index.ts';
import { changeEvent } from './change.ts';
import { newChange } from './contract.ts';
import { createReleases } from './index.ts';

const NOW = Date.parse('2026-11-21T03:00:00Z');

test.each([
  [{ service: 'shop' }, 'Deploy of shop', 'change.deploy'],
  [{ service: 'shop', version: '1.4.2', state: 'started' }, 'Deploy of shop 1.4.2 started', 'change.deploy'],
  [{ service: 'shop', kind: 'flag', title: 'New basket for all', by: 'ana' }, 'New basket for all', 'change.flag'],
])('%j is told as %j', (input, title, kind) => {
  expect(changeEvent(newChange.parse(input), 'token:ci', NOW)).toMatchObject({
    title,
    kind,
    actor: 'token:ci',
    time: NOW,
    service: 'shop',
  });
});

test.each([
  ['2026-11-21T04:05:00+01:00', true],
  ['2026-11-21T03:11:00Z', false],
  ['2025-11-21T03:00:00Z', true],
  ['2025-11-19T03:00:00Z', false],
  ['1926-11-21T03:00:00Z', false],
])('a change of %s is accepted: %s', (time, accepted) => {
  const tell = () => changeEvent(newChange.parse({ service: 'shop', time }), 'token:ci', NOW);
  if (accepted) expect(tell().time).toBe(Date.parse(time));
  else expect(tell).toThrow(expect.objectContaining({ status: 400 }));
});

test('a change is kept, found by service and time, and a service without a document is pointed at', async () => {
  await using database = await createTestSql(ledgerMigrations);
  const clock = new VirtualClock(NOW);
  const { sql } = database;
  const catalog = {
    current: () => createResourceSet([{ kind: 'Service', name: 'checkout', title: 'checkout', labels: {}, spec: {}, file: null }], 1),
    onChange: () => undefined,
  };
  const { routes } = createReleases({ sql, clock, ledger: createLedger({ sql, clock }), catalog });
  const call = (i: number, request: object) =>
    routes[i]!.handler({ principal: { actor: 'token:ci' }, ...request } as unknown as RouteRequest<never, never, never>);
  const post = async (body: object) => (await call(0, { body: newChange.parse(body) })) as Reply;
  expect(await post({ service: 'checkout', version: '7', url: 'https://ci.example/7' })).toMatchObject({
    status: 201,
    headers: { location: '/nines/v1/changes/1' },
    body: { marker: 1, kind: 'change.deploy', service: 'checkout', data: { version: '7', url: 'https://ci.example/7', state: 'finished' } },
  });
  const mistyped = await post({ service: 'chekout', kind: 'config', time: '2026-11-21T01:00:00Z' });
  expect(mistyped).toMatchObject({ status: 201, body: { warning: expect.stringContaining("did you mean 'checkout'") } });
  const list = async (query: object) =>
    ((await call(1, { query: { limit: 50, ...query } })) as { changes: { marker: number }[] }).changes.map(({ marker }) => marker);
  expect(await list({})).toEqual([2, 1]);
  expect(await list({ service: 'checkout' })).toEqual([1]);
  expect(await list({ to: '2026-11-21T02:00:00Z' })).toEqual([2]);
  expect(await list({ kind: 'deploy' })).toEqual([1]);
  expect(await call(2, { params: { marker: 2 } })).toMatchObject({ marker: 2 });
  await expect(call(2, { params: { marker: 3 } })).rejects.toMatchObject({ status: 404 });
});
