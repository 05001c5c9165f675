import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestSql, type TestSql } from '../../../test/harness/test-sql.ts';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { silentLog } from '../log.ts';
import { createJobs, type Job, jobsMigrations } from './index.ts';
import { ordinaryMost, ordinaryTurns } from './share.ts';

let database: TestSql;
beforeAll(async () => {
  database = await createTestSql(jobsMigrations);
});
afterAll(() => database[Symbol.asyncDispose]());

const begin = () => createJobs({ sql: database.sql, clock: new VirtualClock('2026-11-21T03:00:00Z'), log: silentLog });
const SHARE = { urgent: 5, ordinary: 1 };

test.each([
  [0, 6, 1],
  [0, 5, 0],
  [5, 1, 1],
  [4, 16, 3],
  [0, 0, 0],
])('from turn %i, of %i places ordinary jobs are offered %i', (turn, room, expected) => {
  expect(ordinaryTurns(turn, room, SHARE)).toBe(expected);
});

test.each([[1, 1], [2, 1], [4, 3], [16, 12]])('of %i places, ordinary jobs take %i at most', (places, expected) => expect(ordinaryMost(places)).toBe(expected)); // prettier-ignore

test('where both wait, five urgent jobs begin for an ordinary one', async () => {
  const jobs = begin();
  const began: string[] = [];
  jobs.handle('send', { concurrency: 1, share: SHARE, run: async ({ key }) => void began.push(key) });
  const of = (name: string, priority: number) => Array.from({ length: 12 }, (_, i) => ({ kind: 'send', key: `${name} ${i}`, priority }));
  await database.sql.transaction((tx) => jobs.enqueueAll(tx, [...of('ticket', 5), ...of('page', 0)]));
  await jobs.start();
  await jobs.idle();
  expect(began.map((key) => key[0]).join('')).toBe('ppppptppppptpptttttttttt');
  await jobs.stop();
});

test('ordinary jobs that hang leave places for an urgent one', async () => {
  const jobs = begin();
  const began: string[] = [];
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const run = async ({ key, priority }: Job): Promise<void> => {
    began.push(key);
    if (priority > 1) await held;
  };
  jobs.handle('send', { concurrency: 8, share: SHARE, run });
  const tickets = Array.from({ length: 30 }, (_, i) => ({ kind: 'send', key: `ticket ${i}`, priority: 5 }));
  await database.sql.transaction((tx) => jobs.enqueueAll(tx, tickets));
  await jobs.start();
  await expect.poll(() => began.length).toBe(6);
  await database.sql.transaction((tx) => jobs.enqueue(tx, { kind: 'send', key: 'page', priority: 0 }));
  await expect.poll(() => began.at(-1)).toBe('page');
  release();
  await jobs.idle();
  expect(began).toHaveLength(31);
  await jobs.stop();
});

test('a lane whose jobs hang takes only its share of the places, and is hurried once it is there again', async () => {
  const jobs = begin();
  const began: string[] = [];
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  jobs.handle('send', {
    concurrency: 8,
    perLane: 2,
    run: async ({ key }) => {
      began.push(key);
      if (key.startsWith('slow')) await held;
    },
  });
  const of = (lane: string) => Array.from({ length: 10 }, (_, i) => ({ kind: 'send', key: `${lane} ${i}`, lane }));
  const later = { kind: 'send', key: 'later', lane: 'down', runAt: Date.parse('2026-11-21T04:00:00Z') };
  await database.sql.transaction((tx) => jobs.enqueueAll(tx, [...of('slow'), ...of('quick'), later]));
  await jobs.start();
  await expect.poll(() => began.filter((key) => key.startsWith('quick')).length, { timeout: 15_000 }).toBe(10);
  expect(began.filter((key) => key.startsWith('slow')).length).toBeLessThan(4);
  const running = await database.sql.transaction((tx) => jobs.cancelIdle(tx, 'send', ['slow 9', 'slow 0', 'unknown']));
  expect([...running], 'what runs can not be taken back').toEqual(['slow 0']);
  release();
  await jobs.idle();
  expect(began.filter((key) => key.startsWith('slow'))).toHaveLength(9);
  await database.sql.transaction((tx) => jobs.hurry(tx, 'send', 'down'));
  await jobs.idle();
  expect(began.at(-1)).toBe('later');
  await jobs.stop();
});
