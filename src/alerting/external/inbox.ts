/**
 * Between the answer to a sender and what its report makes: what was told waits in PostgreSQL, and is worked off the most urgent first.
 * Longer than most: who waits, whose turn it is and what could not be worked off share what is known of the backlog, and must be seen together.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../platform/clock.ts';
import type { Jobs } from '../../platform/jobs/index.ts';
import type { Log } from '../../platform/log.ts';
import type { Sql, Tx } from '../../platform/sql/index.ts';
import { createBacklog } from './backlog.ts';
import { createDoor } from './inbox-door.ts';
import {
  anyWaits,
  type Backlog,
  CALLS,
  type Kept,
  lockInbox,
  MOST_OF_ONE,
  postpone,
  putReports,
  type Reported,
  takeReports,
  takeSlice,
  type Waiting,
} from './inbox-store.ts';
import { tellAgain } from './external-store.ts';

export interface InboxDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly jobs: Jobs;
  readonly log: Log;
  /** Hears how much waits. */
  readonly looked: (backlog: Backlog) => void;
  /** Makes of reports what they make, in order, in the transaction that takes them out. */
  readonly work: (tx: Tx, reported: readonly Reported[]) => Promise<void>;
}

export interface Inbox {
  /** Resolves when they are durable; and worked off, where so little waits that it takes a moment. */
  put(reported: readonly Reported[]): Promise<void>;
  /** Works off what waits of these alerts, before all else. */
  settle(fingerprints: readonly string[]): Promise<void>;
  /** Works off what waits, whoever put it there. Rejects where the database is away. */
  drain(): Promise<void>;
  /** Ends with the slice that is being worked off. */
  stop(): Promise<void>;
  /** How many wait, or are on their way in. */
  readonly size: number;
  readonly bytes: number;
}

/** Alerts in a transaction: as many as take so long, by what the last ones took. Ends of pages take many times what their beginnings take. */
const SLICE = { first: 250, least: 25, most: 500, takesMs: 150 };
/** So long a page is on its way, and waits for the database at each of its steps: slices, and those of what calls, are this much shorter. */
const CALLING = { forMs: 2_000, share: 0.25 };
/** In a storm, what follows what calls waits so long: the first page has the database to itself for its steps. */
const PAGE_LEAVES_MS = 250;
/** So many slices of what is most urgent are followed by one of what came first. */
const MOST_IN_A_ROW = 5;
/** A sender waits so long for its alerts to be worked off, where no more wait, or came in this second, than a slice. */
const ANSWER_WITHIN_MS = 200;
/** While a storm comes in, it is let in first: for so long, unless nobody comes for a moment, or it calls people. */
const LET_IN_MS = 5_000;
const MOMENT_MS = 50;
/** Whoever put it there works it off at once; another process takes it up this much later. */
const TAKE_UP_MS = 3_000;
const JOB = { kind: 'alerting.inbox', key: 'all' };
/** So often is looked how much waits, while any does. */
const LOOK_MS = 1_000;
/** A job is given back in time. */
const JOB_TURN_MS = 20_000;

export function createInbox(deps: InboxDeps): Inbox {
  const { sql, clock, jobs, log, work } = deps;
  const backlog = createBacklog(sql, deps.looked);
  /** Senders that wait for an id to be worked off. */
  const waiters = new Map<number, () => void>();
  let arrived = 0;
  /** How many came in this second. */
  let second = { since: 0, came: 0 };
  let inARow = 0;
  let calledAt = Number.NEGATIVE_INFINITY;
  let size = SLICE.first;
  let draining: Promise<void> | undefined;
  let wanted = false;
  let stopped = false;
  /** It may have been stopped while something was waited for. */
  const goesOn = (): boolean => !stopped;

  const door = createDoor(sql, async (tx, reported) => {
    const now = clock.now();
    const again = await tellAgain(tx, toldOnce(reported), now);
    const fresh = reported.filter(({ fingerprint }) => !again.has(fingerprint));
    const kept = await putReports(tx, fresh);
    if (fresh.length > 0) await jobs.enqueue(tx, { ...JOB, runAt: now + TAKE_UP_MS });
    tx.afterCommit(() => backlog.add(kept, now));
    const each = kept.values();
    return reported.map(({ fingerprint }) => (again.has(fingerprint) ? undefined : each.next().value));
  });

  const taken = (waiting: readonly Waiting[]): void => {
    backlog.remove(waiting);
    for (const { id } of waiting) {
      waiters.get(id)?.();
      waiters.delete(id);
    }
  };

  /** One transaction. Where it fails, with what it had taken out. */
  async function attempt(take: (tx: Tx) => Promise<Waiting[]>, urgent = false): Promise<{ waiting: readonly Waiting[]; error?: unknown }> {
    let waiting: Waiting[] = [];
    try {
      await (urgent ? sql.urgent : sql).transaction(async (tx) => {
        waiting = [];
        await lockInbox(sql, tx);
        waiting = await take(tx);
        if (waiting.length > 0) await work(tx, waiting);
      });
      taken(waiting);
      return { waiting };
    } catch (error) {
      if (waiting.length === 0) throw error;
      return { waiting, error };
    }
  }

  /** Whoever can't be worked off is found by halves, and tried again later: it must not keep others from it. */
  async function apart(fingerprints: readonly string[], error: unknown): Promise<void> {
    if (fingerprints.length === 1) return putOff(fingerprints[0]!, error);
    const half = fingerprints.length >> 1;
    for (const some of [fingerprints.slice(0, half), fingerprints.slice(half)]) {
      const { waiting, error: again } = await attempt((tx) => takeReports(tx, some));
      if (again !== undefined) await apart(alertsOf(waiting), again);
    }
  }

  async function putOff(fingerprint: string, error: unknown): Promise<void> {
    log.error({ err: error, alert: fingerprint }, 'what was told of an alert could not be worked off; it is tried again');
    await sql.transaction(async (tx) => {
      await lockInbox(sql, tx);
      const runAt = await postpone(tx, fingerprint, clock.now());
      await jobs.enqueue(tx, { ...JOB, runAt, earliest: true });
    });
    backlog.failed();
  }

  /** Whether there may be more. */
  async function slice(): Promise<boolean> {
    const oldest = inARow >= MOST_IN_A_ROW;
    inARow = oldest ? 0 : inARow + 1;
    const began = performance.now();
    const calls = backlog.now.calls > 0 && !oldest;
    const calling = calls || began - calledAt < CALLING.forMs;
    const limit = calling ? Math.max(SLICE.least, Math.round(size * CALLING.share)) : size;
    // What calls people goes before what else waits for the database; and its page, before more that calls.
    const first = calls && began - calledAt >= CALLING.forMs;
    const { waiting, error } = await attempt((tx) => takeSlice(tx, { limit, now: clock.now(), oldest, calls }), first);
    if (waiting.some(({ urgency }) => urgency === CALLS)) calledAt = performance.now();
    if (first && backlog.now.alerts > SLICE.least) await pause(PAGE_LEAVES_MS, undefined, { ref: false });
    if (waiting.length >= limit) size = nextSize(size, (limit * SLICE.takesMs) / Math.max(1, performance.now() - began));
    if (error !== undefined) await apart(alertsOf(waiting), error);
    // Another process may have had them.
    if (calls && waiting.length === 0) await backlog.look();
    return calls || waiting.length >= limit || waiting.length - alertsOf(waiting).length >= MOST_OF_ONE - 1;
  }

  /** Who sends in a storm waits for an answer; what is worked off meanwhile would keep the next from coming in. */
  async function letIn(since: number): Promise<void> {
    const many = (): boolean => backlog.now.alerts > SLICE.first || (second.came > SLICE.first && performance.now() - second.since < 1_000);
    const inStorm = (): boolean => backlog.now.calls === 0 && many() && performance.now() - since < LET_IN_MS;
    const comesIn = (): boolean => door.size > 0 || performance.now() - arrived < MOMENT_MS;
    while (inStorm() && comesIn()) await pause(MOMENT_MS / 5, undefined, { ref: false });
  }

  async function drainAll(): Promise<void> {
    const since = performance.now();
    do {
      wanted = false;
      do {
        await letIn(since);
        await backlog.look(LOOK_MS);
      } while (goesOn() && (await slice()));
    } while (wanted && goesOn());
    inARow = 0;
    await backlog.look();
  }

  const drain = (): Promise<void> => {
    wanted = true;
    draining ??= drainAll().finally(() => {
      draining = undefined;
      for (const done of waiters.values()) done();
      waiters.clear();
    });
    return draining;
  };

  jobs.handle(JOB.kind, {
    concurrency: 1,
    async run() {
      const turn = new AbortController();
      const over = pause(JOB_TURN_MS, true, { ref: false, signal: turn.signal }).catch(() => false);
      const more = await Promise.race([drain().then(() => false), over]).finally(() => turn.abort());
      const { dueAt } = backlog.now;
      if (more) return { again: clock.now() };
      // What could not be worked off, or came just now.
      return dueAt === null ? undefined : { again: Math.max(dueAt, clock.now() + LOOK_MS) };
    },
  });

  const workedOff = (kept: readonly Kept[]): Promise<void> =>
    new Promise((resolve) => {
      let left = kept.length;
      const timer = clock.after(ANSWER_WITHIN_MS, resolve);
      const done = (): void => {
        left -= 1;
        if (left > 0) return;
        timer.cancel();
        resolve();
      };
      for (const { id } of kept) waiters.set(id, done);
    });

  return {
    get size() {
      return door.size + backlog.now.alerts;
    },
    get bytes() {
      return backlog.now.bytes;
    },
    drain,
    async stop() {
      stopped = true;
      await draining?.catch(() => undefined);
    },
    async put(reported) {
      const kept = await door.put(reported);
      if (kept.length === 0) return;
      arrived = performance.now();
      if (arrived - second.since >= 1_000) second = { since: arrived, came: 0 };
      second.came += kept.length;
      // Senders that wait for each other's alerts would never get ahead of what is worked off.
      const quiet = Math.max(second.came, backlog.now.alerts) <= SLICE.first;
      const soon = quiet ? workedOff(kept) : undefined;
      drain().catch((error: unknown) => log.error({ err: error }, 'what waits could not be worked off; it is tried again'));
      await soon;
    },
    async settle(fingerprints) {
      while (await anyWaits(sql, fingerprints)) {
        const { error } = await attempt((tx) => takeReports(tx, fingerprints));
        if (error !== undefined) throw error;
      }
    },
  };
}

const nextSize = (size: number, would: number): number => Math.min(SLICE.most, 2 * size, Math.max(SLICE.least, Math.round(would)));

const alertsOf = (reported: readonly Reported[]): string[] => [...new Set(reported.map(({ fingerprint }) => fingerprint))];

/** Those of which these say one thing alone. */
function toldOnce(reported: readonly Reported[]): Reported[] {
  const count = new Map<string, number>();
  for (const { fingerprint } of reported) count.set(fingerprint, (count.get(fingerprint) ?? 0) + 1);
  return reported.filter(({ fingerprint }) => count.get(fingerprint) === 1);
}
