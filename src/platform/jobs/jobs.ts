import type { Queryable, Tx } from '../sql/index.ts';
import type { Share } from './share.ts';

/** A piece of work that must happen, also after a crash. At most one of a kind and key exists at a time. */
export interface NewJob {
  readonly kind: string;
  /** What makes it the same job: enqueueing it again replaces `payload` and `runAt` of the one that waits. */
  readonly key: string;
  readonly payload?: unknown;
  /** Milliseconds; now by default. */
  readonly runAt?: number;
  /** Of the one that waits and this one, the earlier time counts. */
  readonly earliest?: boolean;
  /** Lower runs first; 0 is a page, 5 (the default) ordinary work, 9 can wait. */
  readonly priority?: number;
  /** Whom it has to wait for, such as a mail server: a handler may bound how many of one lane run side by side. */
  readonly lane?: string;
}

export interface Job {
  readonly kind: string;
  readonly key: string;
  readonly payload: unknown;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly runAt: number;
  readonly priority: number;
}

export interface JobHandler {
  /**
   * Does the work. It may run again after a crash: what it does must bear that. Returning ends the job, unless it was
   * enqueued again meanwhile; returning `{ again: at }` keeps it for that time; throwing retries it.
   */
  run(job: Job, signal: AbortSignal): Promise<void | { again: number }>;
  /** How many of this kind run side by side; 4 by default. */
  concurrency?: number;
  /**
   * How urgent jobs (priority 0 and 1) and the others share these places. Without it the urgent ones come first, for as
   * long as there are any. With it a quarter of the places is kept free of the others, too.
   */
  share?: Share;
  /** About how many of one lane run side by side (at most twice as many less one); no bound by default. */
  perLane?: number;
  /** After this long the job counts as failed and its signal aborts; 30 seconds by default. */
  timeoutMs?: number;
  /** Milliseconds to wait after failed attempt `n` (1 for the first), or null to give up. By default 1 s doubling to 5 minutes, for ever. */
  retryAfter?(attempt: number, error: unknown): number | null;
  /** Called when `retryAfter` gave up, before the job is dropped. */
  onGiveUp?(job: Job, error: unknown): Promise<void>;
}

/** Durable work in PostgreSQL: enqueued in the caller's transaction, run after its commit, once it is due. */
export interface Jobs {
  enqueue(tx: Tx, job: NewJob): Promise<void>;
  /** The same for many at once. */
  enqueueAll(tx: Tx, jobs: readonly NewJob[]): Promise<void>;
  cancel(tx: Queryable, kind: string, key: string): Promise<void>;
  /** Takes those of these jobs back that nobody runs; returns the keys of those that some process runs now. */
  cancelIdle(tx: Queryable, kind: string, keys: readonly string[]): Promise<Set<string>>;
  /** Whom a lane waited for is there again: its jobs are due now. */
  hurry(tx: Tx, kind: string, lane: string): Promise<void>;
  /** Who does the work of a kind. Registered before `start`. */
  handle(kind: string, handler: JobHandler): void;
  start(): Promise<void>;
  /** Waits for what runs, 5 seconds at most. */
  stop(): Promise<void>;
  /** Resolves when nothing is due and nothing runs: for tests. */
  idle(): Promise<void>;
  /** Waiting and overdue jobs by kind, and the age in milliseconds of the oldest overdue one. */
  stats(): Promise<{ kind: string; waiting: number; overdue: number; oldestOverdueMs: number }[]>;
  /** The wall clock jumped: moves every due time by as much, so that 'in five minutes' stays five minutes. */
  shift(byMs: number): Promise<void>;
}
