/** Events as graphite-web has them: posted, asked for, and counted by `events()`. What is expected is what its 1.1.8 does. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pino } from 'pino';
import { MemoryIndex } from '../../../../test/conformance/graphite/memory-index.ts';
import { createTestSql, type TestSql } from '../../../../test/harness/test-sql.ts';
import { VirtualClock } from '../../../../test/harness/virtual-clock.ts';
import { createLedger, ledgerMigrations, type Ledger } from '../../../ledger/index.ts';
import { createHttpServer, type Gate } from '../../../platform/http/index.ts';
import { createRegistry } from '../../../platform/metrics.ts';
import { MemorySource } from '../../promql/index.ts';
import { Graphite } from '../graphite.ts';
import { createEventBook } from './event-book.ts';
import { eventRoutes } from './event-routes.ts';

const NOW = 1_700_000_000;
const clock = new VirtualClock(NOW * 1000);
const gate: Gate = {
  identify: async () => ({ kind: 'token', actor: 'token:ci', name: 'ci', person: null, role: 'admin' }),
  permits: () => true,
};
let database: TestSql;
let ledger: Ledger;
let graphite: Graphite;
let server: Awaited<ReturnType<typeof createHttpServer>>;

beforeAll(async () => {
  database = await createTestSql(ledgerMigrations);
  ledger = createLedger({ sql: database.sql, clock });
  const events = createEventBook({ sql: database.sql, ledger });
  const limits = { maxConcurrency: 2, timeout: 10_000, maxSamples: 1e7 };
  graphite = new Graphite({ source: new MemorySource(), index: new MemoryIndex([]), clock, limits, events });
  server = await createHttpServer({
    routes: eventRoutes({ events, clock }),
    gate,
    clock,
    log: pino({ level: 'silent' }),
    metrics: createRegistry(),
  });
  for (const body of [
    { what: 'deployed 7', tags: ['deploy', 'shop'], when: NOW - 60, data: 'by ana' },
    { what: 'deployed 8', tags: 'deploy db', when: NOW - 30.5 },
    { what: 'again', tags: ['deploy', 'shop', 'service:shop'], when: NOW - 60 },
    { what: 'untagged' },
  ])
    expect((await post(body)).statusCode).toBe(200);
  await database.sql.transaction((tx) =>
    ledger.append(tx, [
      { kind: 'change.deploy', title: 'shop 9', actor: 'token:ci', service: 'shop', time: (NOW - 10) * 1000 },
      { kind: 'alert.firing', title: 'no event of Graphite', actor: 'nines', time: (NOW - 10) * 1000 },
    ]),
  );
});
afterAll(async () => {
  await server.close();
  await database[Symbol.asyncDispose]();
});

const post = (body: unknown) =>
  server.inject({ method: 'POST', url: '/events/', payload: typeof body === 'string' ? body : JSON.stringify(body) });
const asked = async (query: string) =>
  (await server.inject({ url: `/events/get_data?${query}` })).json<{ what: string; when: number; tags: string[]; data: string }[]>();
const question = { from: NOW - 120, until: NOW, now: NOW, zone: 'UTC', xFilesFactor: 0, template: new Map<string, string>() };
/** Seconds before now, and how many then. */
const counted = async (target: string) => {
  const [series] = await graphite.render([target], question);
  expect(series).toMatchObject({ start: NOW - 120, step: 1 });
  return { name: series!.name, at: [...series!.values].flatMap((value, i) => (Number.isNaN(value) ? [] : [[i - 120, value]])) };
};

test.each([
  ['', ['deployed 7', 'again', 'deployed 8', 'shop 9', 'untagged']],
  ['tags=deploy', ['deployed 7', 'again', 'deployed 8', 'shop 9']],
  ['tags=deploy+shop', ['deployed 7', 'again', 'shop 9']],
  ['tags=db+change&set=union', ['deployed 8', 'shop 9']],
  ['tags=nothing', []],
  ['from=-45s&until=-5s', ['deployed 8', 'shop 9']],
  [`from=${NOW - 60}&until=${NOW - 60}`, ['deployed 7', 'again']],
])('/events/get_data?%s', async (query, expected) => expect((await asked(query)).map(({ what }) => what)).toEqual(expected));

test('an event comes back as it was posted; it is in the feed, with its service', async () => {
  expect((await asked('tags=db'))[0]).toMatchObject({ when: NOW - 31, what: 'deployed 8', data: '', tags: ['deploy', 'db'] });
  expect((await asked(`from=${NOW - 61}&until=${NOW - 59}`))[0]).toMatchObject({ tags: ['deploy', 'shop'], data: 'by ana' });
  const { events } = await ledger.read({ service: 'shop' });
  expect(events.map(({ kind, title, actor }) => [kind, title, actor])).toEqual([
    ['event.received', 'again', 'graphite'],
    ['change.deploy', 'shop 9', 'token:ci'],
  ]);
});

test('events() counts them by the second', async () => {
  expect(await counted('events("deploy", "shop")')).toEqual({ name: 'events("deploy", "shop")', at: [[-60, 2], [-10, 1]] }); // prettier-ignore
  // What is at the end itself is past it.
  expect((await counted('events("*")')).at).toEqual([[-60, 2], [-31, 1], [-10, 1]]); // prettier-ignore
  expect((await counted('events("nothing")')).at).toEqual([]);
  expect((await counted('drawAsInfinite(events("db"))')).at).toEqual([[-31, 1]]);
});

test.each<[unknown, RegExp]>([
  ['{"what": ', /JSON/],
  [[], /expected object/],
  [{ tags: ['a'] }, /what/],
  [{ what: 'x', tags: 5 }, /\\"tags\\" must be an array or space-separated string/],
  [{ what: 'x', tags: [5] }, /tags/],
  [{ what: 'x', when: 'now' }, /when/],
  [{ what: 'x', when: 1e12 }, /when/],
  [{ what: 'x'.repeat(256) }, /what/],
])('refused: %j', async (body, says) => {
  const answer = await post(body);
  expect([answer.statusCode, answer.body]).toEqual([400, expect.stringMatching(says)]);
});
