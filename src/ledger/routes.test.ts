import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { createTestSql } from '../../test/harness/test-sql.ts';
import { VirtualClock } from '../../test/harness/virtual-clock.ts';
import type { Reply, RouteRequest } from '../platform/http/index.ts';
import { matchesKind } from './event-filter.ts';
import { createLedger, ledgerMigrations } from './index.ts';
import { createLedgerRoutes } from './routes.ts';

async function setUp(maxStreams = 200) {
  const database = await createTestSql(ledgerMigrations);
  const clock = new VirtualClock('2026-11-21T03:00:00Z');
  const ledger = createLedger({ sql: database.sql, clock });
  const { routes, stop } = createLedgerRoutes({ ledger, clock, maxStreams });
  const follow = (query: Record<string, unknown> = {}, headers: Record<string, string> = {}): Readable => {
    const request = { query, headers, signal: new AbortController().signal } as unknown as RouteRequest<never, never, never>;
    return (routes[1]!.handler(request) as Reply).body as Readable;
  };
  const append = (...kinds: string[]) =>
    database.sql.transaction((tx) =>
      ledger.append(
        tx,
        kinds.map((kind) => ({ kind, title: kind, actor: 'nines', service: 'api' })),
      ),
    );
  return { database, clock, ledger, follow, append, stop };
}

/** As long as a busy machine may need. */
const eventually = <T>(ask: () => T) => expect.poll(ask, { timeout: 15_000 });

/** Collects a stream's text as it comes. */
function collect(readable: Readable) {
  const got = { text: '', ended: false, ids: () => [...got.text.matchAll(/^id: (\d+)\ndata: /gm)].map(([, id]) => Number(id)) };
  readable.on('data', (chunk: string) => (got.text += chunk)).on('end', () => (got.ended = true));
  return got;
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test('every stream that opens among concurrent appends gets each event once, in order', async () => {
  const { database, follow, append } = await setUp();
  await using _ = database;
  await append(...Array.from({ length: 20 }, () => 'change.deploy'));
  const got: { from: number; events: ReturnType<typeof collect> }[] = [];
  const writers = Array.from({ length: 4 }, async () => {
    for (let i = 0; i < 25; i++) await append('page.triggered', 'page.resolved');
  });
  const reader = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) {
      await new Promise((resolve) => setImmediate(resolve));
      got.push({ from: i, events: collect(follow({ marker: i })) });
    }
  };
  await Promise.all([...writers, reader()]);
  for (const { from, events } of got) {
    await eventually(() => events.ids().length).toBe(220 - from);
    expect(events.ids()).toEqual(range(from + 1, 220));
  }
});

test('without a marker it begins now; with one, or the id of a reconnecting browser, it resumes; filters hold', async () => {
  const { database, follow, append } = await setUp();
  await using _ = database;
  await append('change.deploy', 'page.triggered', 'page.resolved');
  const live = collect(follow());
  const resumed = collect(follow({ marker: 1 }, { 'last-event-id': '2' }));
  const pages = collect(follow({ marker: 0, kind: 'page.*' }));
  const other = collect(follow({ marker: 0, service: 'shop' }));
  const ahead = collect(follow({ marker: 9_000 }));
  for (const one of [live, resumed, pages, other, ahead]) await eventually(() => one.text).toContain(': events after');
  await append('page.acknowledged', 'config.applied');
  await eventually(() => live.ids()).toEqual([4, 5]);
  await eventually(() => resumed.ids()).toEqual([3, 4, 5]);
  await eventually(() => pages.ids()).toEqual([2, 3, 4]);
  await eventually(() => ahead.ids()).toEqual([4, 5]);
  expect(other.ids()).toEqual([]);
  expect(() => follow({}, { 'last-event-id': 'x' })).toThrow('marker of an event');
});

test('a client that reads slowly is fed at its own pace; one that stops reading is cut, and says so last', async () => {
  const { database, clock, follow, append } = await setUp();
  await using _ = database;
  const slow = follow({ marker: 0 });
  const dead = follow({ marker: 0 });
  const quick = collect(follow({ marker: 0 }));
  const kinds = Array.from({ length: 1_000 }, () => 'page.triggered');
  await append(...kinds);
  await append(...kinds);
  await eventually(() => quick.ids().length).toBe(2_000);
  expect(slow.readableLength).toBeLessThan(80_000);
  const late = collect(slow);
  await eventually(() => late.ids().length).toBe(2_000);
  await clock.advance(90_000);
  const last = collect(dead);
  await eventually(() => last.ended).toBe(true);
  expect(last.text.trimEnd().split('\n').at(-1)).toMatch(/^: closed: nothing was read for a minute/);
  expect(last.ids()).toEqual(range(1, last.ids().length));
  expect(quick.ended).toBe(false);
  expect(quick.text).toContain('id: 2000\n: heartbeat\n\n');
});

test('one stream too many is refused; a closed one makes room; stopping ends them all', async () => {
  const { database, follow, stop } = await setUp(2);
  await using _ = database;
  const first = follow();
  const second = collect(follow());
  expect(() => follow()).toThrow(expect.objectContaining({ status: 429, retryAfter: 30 }));
  const closed = once(first, 'close');
  first.destroy();
  await closed;
  const third = collect(follow());
  await eventually(() => third.text).toContain('events after 0');
  stop();
  await eventually(() => second.ended && third.ended).toBe(true);
  expect(third.text).toContain(': closed: nines is stopping');
});

test.each([
  ['page.triggered', 'page.*', true],
  ['page.triggered', 'change.deploy, page.triggered', true],
  ['pages.triggered', 'page.*', false],
  ['page.triggered', 'page', false],
])('%s matches %s: %s', (kind, pattern, expected) => {
  expect(matchesKind(kind, pattern)).toBe(expected);
});

test('what another process appended to the same database comes with the next heartbeat', async () => {
  const { database, clock, follow } = await setUp();
  await using _ = database;
  const got = collect(follow());
  await eventually(() => got.text).toContain('events after 0');
  const other = createLedger({ sql: database.sql, clock });
  await database.sql.transaction((tx) => other.append(tx, [{ kind: 'page.triggered', title: 'p', actor: 'nines' }]));
  await clock.advance(14_000);
  expect(got.ids()).toEqual([]);
  await clock.advance(1_000);
  await eventually(() => got.ids()).toEqual([1]);
});
