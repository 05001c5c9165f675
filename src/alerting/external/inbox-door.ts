import { setTimeout as pause } from 'node:timers/promises';
import type { Sql, Tx } from '../../platform/sql/index.ts';
import type { Kept, Reported } from './inbox-store.ts';

interface Request {
  readonly reported: readonly Reported[];
  readonly done: (kept: readonly Kept[]) => void;
  readonly failed: (error: unknown) => void;
}

/** So many alerts in a transaction, or those of one request. */
const MOST_AT_ONCE = 2_000;
const GATHER_MS = 5;

/**
 * Requests that come at the same time are kept in one transaction: a storm is told in many small ones, and each commit costs the same.
 * @param keep durable, or nothing of it is there, once it is settled; in order, what waits from then on of each
 */
export function createDoor(sql: Sql, keep: (tx: Tx, reported: readonly Reported[]) => Promise<readonly (Kept | undefined)[]>) {
  const requests: Request[] = [];
  let writing = false;
  let size = 0;

  const write = async (group: readonly Request[]): Promise<void> => {
    try {
      const kept = await sql.transaction((tx) => keep(tx, group.flatMap(({ reported }) => reported))); // prettier-ignore
      let from = 0;
      for (const { reported, done } of group) done(kept.slice(from, (from += reported.length)).filter((one) => one !== undefined));
    } catch (error) {
      if (group.length === 1) return group[0]!.failed(error);
      // One that can't be kept must not keep others' from being.
      for (const request of group) await write([request]);
    }
  };

  const next = (): Request[] => {
    let count = 0;
    const over = requests.findIndex(({ reported }, i) => (count += reported.length) > MOST_AT_ONCE && i > 0);
    return requests.splice(0, over === -1 ? requests.length : over);
  };

  const run = async (): Promise<void> => {
    writing = true;
    // What came at the same moment is one group.
    await Promise.resolve();
    for (let group = next(); group.length > 0; group = next()) {
      await write(group);
      for (const { reported } of group) size -= reported.length;
      // Those who were answered together ask together again: one commit for all of them.
      if (requests.length < group.length && group.length > 1) await pause(GATHER_MS);
    }
    writing = false;
  };

  return {
    /** How many are on their way in. */
    get size(): number {
      return size;
    },
    /** Resolves when all of them are durable: with those that wait to be worked off. */
    put: (reported: readonly Reported[]) =>
      new Promise<readonly Kept[]>((done, failed) => {
        if (reported.length === 0) return done([]);
        size += reported.length;
        requests.push({ reported, done, failed });
        if (!writing) void run();
      }),
  };
}
