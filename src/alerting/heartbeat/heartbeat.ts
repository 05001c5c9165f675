/** What a job's signals make of its heartbeat, and when it is late: pure. Times are milliseconds. */
import { parseDuration } from '../../platform/duration.ts';
import { parseCron } from './cron.ts';
import type { HeartbeatSpec } from './heartbeat-kind.ts';
import { nextRun } from './next-run.ts';

export type SignalKind = 'start' | 'success' | 'fail';

export interface Signal {
  readonly kind: SignalKind;
  readonly at: number;
  readonly exitCode: number | null;
  /** The end of what the job printed. */
  readonly output: string | null;
}

export interface HeartbeatState {
  /** When nines first knew of it. */
  readonly createdAt: number;
  /** The start of the run that has not ended. */
  readonly startedAt: number | null;
  /** The first start since a run last ended: where a run was begun anew, the one before never said how it ended. */
  readonly unfinishedSince: number | null;
  readonly succeededAt: number | null;
  readonly failedAt: number | null;
  readonly heardAt: number | null;
  /** Of the last run that ended. */
  readonly exitCode: number | null;
  readonly output: string | null;
  readonly runtimeMs: number | null;
}

/** A time in which no nines ran that could have heard anything. */
export interface Silence {
  readonly from: number;
  readonly to: number;
}

export type Trouble = 'late' | 'too-long' | 'failed';

export interface Verdict {
  readonly status: 'waiting' | 'ok' | 'running' | Trouble;
  /** When the job is to be heard of next, before any grace; null where it never is. */
  readonly expectedAt: number | null;
  /** When time alone makes it late; null where it can't, or has. */
  readonly deadline: number | null;
}

export const newHeartbeat = (createdAt: number): HeartbeatState => ({
  createdAt,
  startedAt: null,
  unfinishedSince: null,
  succeededAt: null,
  failedAt: null,
  heardAt: null,
  exitCode: null,
  output: null,
  runtimeMs: null,
});

export function signalled(state: HeartbeatState, { kind, at, exitCode, output }: Signal): HeartbeatState {
  const heard = { ...state, heardAt: at };
  if (kind === 'start') return { ...heard, startedAt: at, unfinishedSince: state.unfinishedSince ?? at };
  const runtimeMs = state.startedAt === null ? null : Math.max(0, at - state.startedAt);
  const ended = { ...heard, startedAt: null, unfinishedSince: null, exitCode, output, runtimeMs };
  // The later word counts, also within a millisecond.
  if (kind === 'success') return { ...ended, succeededAt: Math.max(at, state.failedAt ?? 0) };
  return { ...ended, failedAt: Math.max(at, (state.succeededAt ?? 0) + 1) };
}

/** A job whose clock is a little ahead, or that cron started a moment early, has run for the time that is about to come. */
const EARLY_MS = 30_000;

export function expectedAfter(spec: Pick<HeartbeatSpec, 'every' | 'cron' | 'timeZone'>, after: number): number | null {
  if (spec.every !== undefined) return after + parseDuration(spec.every);
  return spec.cron === undefined ? null : nextRun(parseCron(spec.cron), spec.timeZone, after + EARLY_MS);
}

/** `silence` is the last in which nobody could hear; what was due then is not late, for nobody knows. */
export function judge(spec: HeartbeatSpec, state: HeartbeatState, now: number, silence?: Silence): Verdict {
  const { startedAt, succeededAt, failedAt } = state;
  const failed = failedAt !== null && failedAt > (succeededAt ?? Number.NEGATIVE_INFINITY);
  const { at, expectedAt, trouble } = startedAt === null ? dueToBegin(spec, state, silence) : dueToEnd(spec, state, startedAt, silence);
  if (failed) return { status: 'failed', expectedAt, deadline: null };
  if (at !== null && now >= at) return { status: trouble, expectedAt, deadline: null };
  const status = startedAt !== null ? 'running' : succeededAt === null ? 'waiting' : 'ok';
  return { status, expectedAt, deadline: at };
}

interface Due {
  readonly at: number | null;
  readonly expectedAt: number | null;
  readonly trouble: Trouble;
}

/** Nothing runs: the next run is to be heard of. */
function dueToBegin(spec: HeartbeatSpec, state: HeartbeatState, silence: Silence | undefined): Due {
  const grace = parseDuration(spec.grace);
  let expectedAt = expectedAfter(spec, Math.max(state.createdAt, state.succeededAt ?? 0, state.failedAt ?? 0));
  if (expectedAt !== null && overlaps(expectedAt - EARLY_MS, expectedAt + grace, silence)) expectedAt = expectedAfter(spec, silence!.to);
  return { at: expectedAt === null ? null : expectedAt + grace, expectedAt, trouble: 'late' };
}

/** A run is to end: in its time, and before the next should have ended too. */
function dueToEnd(spec: HeartbeatSpec, state: HeartbeatState, startedAt: number, silence: Silence | undefined): Due {
  const [grace, longest] = [parseDuration(spec.grace), spec.maxRuntime === undefined ? null : parseDuration(spec.maxRuntime)];
  const next = (after: number): number => (expectedAfter(spec, after) ?? Infinity) + grace + (longest ?? 0);
  const overrun = longest === null ? Infinity : startedAt + longest;
  const begunAgain = next(state.unfinishedSince ?? startedAt);
  let at = Math.min(overrun, begunAgain);
  // Its end may have been told to nobody.
  if (overlaps(startedAt, at, silence)) at = Math.max(at, next(silence!.to));
  const expectedAt = expectedAfter(spec, startedAt);
  return { at: at === Infinity ? null : at, expectedAt, trouble: 'too-long' };
}

const overlaps = (from: number, to: number, silence: Silence | undefined): boolean =>
  silence !== undefined && silence.from < to && silence.to > from;
