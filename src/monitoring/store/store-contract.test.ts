import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { roundsOf } from '../../../test/harness/campaigns.mjs';
import { systemClock } from '../../platform/clock.ts';
import { openChdb, type Columns } from '../../platform/columns/index.ts';
import { isStale, writeStale, type Labels, type Matcher, type Series } from '../series.ts';
import { FaultyFiles } from './log/faulty-files.ts';
import { createStore, type Store } from './store.ts';

/** Whatever is stored in whatever order, memory, engine, and the two together answer the same. */

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const BASE = Date.now() - 3_600_000;
const SPAN = 2000;
const RUNS = roundsOf('storeContract');
let dir: string;
let columns: Columns;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nines-contract-'));
  columns = await openChdb({ dir: join(dir, 'engine') });
});

afterAll(async () => {
  await columns.close();
  await rm(dir, { recursive: true, force: true });
});

/** A store of its own on the shared engine, which takes longer to open than all the rest. */
async function openStore(recentMemory: number, fresh: boolean): Promise<Store> {
  if (fresh) for (const table of ['samples', 'series', 'metadata']) await columns.exec(`DROP TABLE IF EXISTS ${table} SYNC`);
  const store = createStore({
    dir,
    clock: systemClock,
    log,
    files: new FaultyFiles(),
    openColumns: () => Promise.resolve({ ...bound(columns), close: () => Promise.resolve() }),
    settings: { recentMemory, flushInterval: 1e9 },
  });
  await store.start();
  return store;
}

const bound = (all: Columns): Columns => ({
  exec: (...args) => all.exec(...args),
  query: (sql, params, options) => all.query(sql, params, options),
  blocks: (...args) => all.blocks(...args),
  withInput: (...args) => all.withInput(...args),
  blocksWithInput: (...args) => all.blocksWithInput(...args),
  backup: (folder) => all.backup(folder),
  restore: (folder) => all.restore(folder),
  readonly: (...args) => all.readonly(...args),
  close: () => all.close(),
});

const labels = (n: number): Labels => ({ __name__: n % 2 === 0 ? 'even' : 'odd', n: String(n) });
const sample = fc.tuple(fc.nat(5), fc.nat(SPAN), fc.oneof(fc.double(), fc.constant('stale' as const)));
const batches = fc.array(fc.tuple(fc.array(sample, { minLength: 1, maxLength: 40 }), fc.boolean()), { minLength: 1, maxLength: 8 });
const question = fc.record({
  matchers: fc.constantFrom<Matcher[]>(
    [{ name: '__name__', op: '=', value: 'even' }],
    [{ name: 'n', op: '=~', value: '1|2|5' }],
    [
      { name: '__name__', op: '!=', value: 'even' },
      { name: 'n', op: '!~', value: '3' },
    ],
  ),
  from: fc.integer({ min: -10, max: SPAN }),
  length: fc.nat(SPAN),
});

type Answer = Record<string, string[]>;
const bits = (value: number): string => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16);
};
const answerOf = (found: readonly Series[]): Answer =>
  Object.fromEntries(
    found
      .map((one): [string, string[]] => [
        JSON.stringify(one.labels),
        Array.from({ length: one.to - one.from }, (_, k) => one.from + k).map(
          (i) => `${(one.times[i] as number) - BASE} ${isStale(one.values, i) ? 'stale' : bits(one.values[i] as number)}`,
        ),
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

test('memory, engine and both together answer as a plain list does', async () => {
  await fc.assert(
    fc.asyncProperty(batches, fc.array(question, { minLength: 1, maxLength: 6 }), async (all, questions) => {
      const plain = new Map<number, Map<number, string>>();
      const inMemory = await openStore(1024 ** 2, true);
      // With memory for a hundred samples it is the engine that answers, and what is late.
      for (const [samples, flush] of all) {
        const ids = Uint32Array.from(samples, ([n]) => inMemory.resolve(labels(n)));
        const values = new Float64Array(samples.length);
        for (const [i, [n, time, value]] of samples.entries()) {
          if (value === 'stale') writeStale(values, i);
          else values[i] = value;
          const list = plain.get(n) ?? new Map<number, string>();
          plain.set(n, list);
          if (!list.has(time)) list.set(time, value === 'stale' ? 'stale' : bits(value));
        }
        await inMemory.append({ ids, times: Float64Array.from(samples, ([, time]) => BASE + time), values });
        if (flush) await inMemory.flush();
      }
      const ask = async (store: Store): Promise<Answer[]> =>
        Promise.all(
          questions.map(async ({ matchers, from, length }) => answerOf(await store.select(matchers, BASE + from, BASE + from + length))),
        );
      const expected = questions.map(({ matchers, from, length }): Answer => {
        const wanted = (n: number): boolean =>
          matchers.every(({ name, op, value }) => new RegExp(`^(?:${value})$`).test(labels(n)[name] ?? '') === (op === '=' || op === '=~'));
        const lists = [...plain]
          .filter(([n]) => wanted(n))
          .map(([n, list]): [string, string[]] => [
            JSON.stringify(labels(n)),
            [...list]
              .filter(([time]) => time >= from && time <= from + length)
              .sort(([a], [b]) => a - b)
              .map(([time, value]) => `${time} ${value}`),
          ]);
        return Object.fromEntries(lists.filter(([, list]) => list.length > 0).sort(([a], [b]) => (a < b ? -1 : 1)));
      });
      expect(await ask(inMemory)).toEqual(expected);
      await inMemory.stop();
      const refilled = await openStore(1024 ** 2, false);
      expect(await ask(refilled)).toEqual(expected);
      expect((await refilled.stats()).completeSince).toBe(Number.NEGATIVE_INFINITY);
      await refilled.stop();
      const small = await openStore(1600, false);
      expect(await ask(small)).toEqual(expected);
      await small.stop();
    }),
    { numRuns: RUNS },
  );
}, 3_600_000);

test('with hardly any memory, answers are right while samples arrive', async () => {
  await fc.assert(
    fc.asyncProperty(batches, async (all) => {
      const store = await openStore(1600, true);
      const plain = new Map<string, number>();
      for (const [samples, flush] of all) {
        const ids = Uint32Array.from(samples, ([n]) => store.resolve(labels(n)));
        const values = Float64Array.from(samples, (_, i) => i);
        await store.append({ ids, times: Float64Array.from(samples, ([, time]) => BASE + time), values });
        for (const [n, time] of samples) plain.set(`${n} ${time}`, 1);
        if (flush) await store.flush();
        const found = await store.select([{ name: '__name__', op: '=~', value: '.+' }], BASE - 10, BASE + SPAN);
        const keys = found.flatMap((one) => [...one.times.subarray(one.from, one.to)].map((time) => `${one.labels['n']} ${time - BASE}`));
        expect(keys.sort((a, b) => (a < b ? -1 : 1))).toEqual([...plain.keys()].sort((a, b) => (a < b ? -1 : 1)));
      }
      await store.stop();
    }),
    { numRuns: RUNS },
  );
}, 3_600_000);
