import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createTestSql } from '../../../test/harness/test-sql.ts';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { createLedger, ledgerMigrations } from '../../ledger/index.ts';
import { createHttpServer, type Gate, type Principal } from '../../platform/http/index.ts';
import { createRegistry } from '../../platform/metrics.ts';
import { createQueryEngine, MemorySource } from '../promql/index.ts';
import type { SharedGraphDetail } from './contract.ts';
import { frozenCsv } from './frozen-csv.ts';
import { graphRoutes, graphsMigrations } from './index.ts';

const NOW = Date.parse('2026-11-21T03:00:00Z');
const HOUR = 3_600_000;
const ana: Principal = { kind: 'account', actor: 'person:ana', name: 'Ana', person: 'ana', role: 'viewer' };
const anyone: Principal = { kind: 'anonymous', actor: 'anonymous', name: 'anonymous', person: null, role: null };

async function setUp() {
  const database = await createTestSql([...ledgerMigrations, ...graphsMigrations]);
  const { sql } = database;
  const clock = new VirtualClock(NOW);
  const ledger = createLedger({ sql, clock });
  const source = new MemorySource();
  const minutes = Array.from({ length: 61 }, (_, i) => i);
  source.add(
    { __name__: 'queue_size', shop: 'a' },
    minutes.map((i) => NOW - HOUR + i * 60_000),
    minutes,
  );
  const query = createQueryEngine({ source, clock, settings: {} });
  const routes = graphRoutes({ sql, clock, ledger, query, url: 'https://nines.example' });
  const gate: Gate = {
    identify: async ({ headers }) => (headers['authorization'] ? ana : anyone),
    permits: (principal, access) => access === 'public' || principal.role !== null,
  };
  const server = await createHttpServer({ routes, gate, clock, log: pino({ level: 'silent' }), metrics: createRegistry() });
  const ask = (method: 'GET' | 'POST' | 'DELETE', url: string, { body, signedIn = true }: { body?: object; signedIn?: boolean } = {}) =>
    server.inject({
      method,
      url,
      headers: { ...(signedIn && { authorization: 'yes' }), ...(body && { 'content-type': 'application/json' }) },
      ...(body && { payload: JSON.stringify(body) }),
    });
  const share = (body: object) => ask('POST', '/nines/v1/graphs', { body: { expr: 'queue_size', from: iso(-1), to: iso(0), ...body } });
  return { database, sql, ledger, source, ask, share };
}

const iso = (hours: number): string => new Date(NOW + hours * HOUR).toISOString();

test('a shared graph keeps its numbers and what changed meanwhile, whatever becomes of the samples', async () => {
  const { database, sql, ledger, source, ask, share } = await setUp();
  await using _ = database;
  await sql.transaction((tx) =>
    ledger.append(tx, [{ kind: 'change.deploy', title: 'Deploy of shop 2', actor: 'ci', time: NOW - HOUR / 2 }]),
  );
  const answer = await share({ title: 'The queue', note: 'It grows.', threshold: 50 });
  expect(answer.statusCode).toBe(201);
  source.add({ __name__: 'queue_size', shop: 'a' }, [NOW], [-1]);
  const read = await ask('GET', answer.headers.location as string);
  const graph = read.json<SharedGraphDetail>();
  expect(graph).toEqual(answer.json());
  expect(graph).toMatchObject({ title: 'The queue', note: 'It grows.', from: iso(-1), to: iso(0), threshold: 50, createdBy: 'person:ana' });
  expect(graph.annotations).toEqual([{ time: NOW - HOUR / 2, label: 'Deploy of shop 2' }]);
  expect(graph.series.map(({ name }) => name)).toEqual(['queue_size{shop="a"}']);
  expect(graph.series[0]?.points.at(-1)).toEqual([NOW, 60]);
  expect(graph.image).toBe(`https://nines.example/nines/v1/graphs/${graph.id}/graph.png`);

  const svg = await ask('GET', `/nines/v1/graphs/${graph.id}/graph.svg?theme=dark`);
  expect(svg.body).toContain('Deploy of shop 2');
  const png = await ask('GET', `/nines/v1/graphs/${graph.id}/graph.png`);
  expect(png.headers['content-type']).toBe('image/png');
  expect(png.rawPayload.subarray(1, 4).toString()).toBe('PNG');
  expect(png.rawPayload.readUInt32BE(16)).toBe(2 * 860);
  const csv = await ask('GET', `/nines/v1/graphs/${graph.id}/graph.csv`);
  expect(csv.body.split('\r\n').at(-2)).toBe(`${iso(0)},60`);
});

test('without an account only what was shared so is seen, and nothing once it is taken back', async () => {
  const { database, ask, share } = await setUp();
  await using _ = database;
  const own = (await share({})).json<SharedGraphDetail>();
  const open = (await share({ public: true })).json<SharedGraphDetail>();
  const status = async (id: string, end = '') => (await ask('GET', `/nines/v1/graphs/${id}${end}`, { signedIn: false })).statusCode;
  expect(await status(own.id)).toBe(404);
  expect(await status(own.id, '/graph.png')).toBe(404);
  expect(await status(open.id)).toBe(200);
  expect(await status(open.id, '/graph.png')).toBe(200);
  const listed = (await ask('GET', '/nines/v1/graphs')).json<{ graphs: { id: string }[] }>();
  expect(listed.graphs.map(({ id }) => id).sort()).toEqual([own.id, open.id].sort());
  expect((await ask('DELETE', `/nines/v1/graphs/${open.id}`)).statusCode).toBe(204);
  expect(await status(open.id)).toBe(404);
});

test.each([
  [{ expr: 'sum(' }, 400, 'not PromQL'],
  [{ from: iso(0), to: iso(-1) }, 400, 'earlier'],
  [{ from: iso(-100_000) }, 400, 'five years'],
])('%j is refused', async (body, status, message) => {
  const { database, share } = await setUp();
  await using _ = database;
  const answer = await share(body);
  expect(answer.statusCode).toBe(status);
  expect(answer.body).toContain(message);
});

test('a spreadsheet takes no name for a formula', () => {
  const graph = { title: '', expr: '', threshold: null, unit: '', from: 0, to: 1, left: 0, problem: null };
  expect(
    frozenCsv({
      ...graph,
      series: [
        {
          name: '=cmd("x")',
          points: [
            [0, 1],
            [1, null],
          ],
        },
      ],
    }),
  ).toBe('time,"\'=cmd(""x"")"\r\n1970-01-01T00:00:00.000Z,1\r\n1970-01-01T00:00:00.001Z,\r\n');
});
