import type { Jobs } from '../../platform/jobs/index.ts';
import type { Log } from '../../platform/log.ts';
import type { Route } from '../../platform/http/index.ts';
import type { Queryable, Tx } from '../../platform/sql/index.ts';
import type { AlertTransition } from '../alerts/index.ts';
import { calmAt, DEFAULT_FLAPPING, type FlapSettings } from './flapping.ts';
import { createMaintenance, type Maintenance } from './maintenance.ts';
import { type Mute, mutableOf } from './mute.ts';
import { mutesOf } from './mutes-of.ts';
import { decideTransition, type Notice } from './notice.ts';
import { lockNotices, mutedNow, saveNotices, servicesHeldBy } from './notice-store.ts';
import { REVIEW, reviewMutes, type ReviewDeps } from './review.ts';
import { mutingRoutes } from './routes.ts';
import { createSilences, type Silences } from './silences.ts';
import { stagesFor, stirs } from './stages.ts';

export interface MutingDeps extends Omit<ReviewDeps, 'flapping'> {
  readonly log: Log;
  readonly jobs: Jobs;
  readonly flapping?: FlapSettings | undefined;
  readonly maxSilences?: number | undefined;
}

/** Between alerts and pages: holds back the telling, never the alerts. */
export interface Muting {
  /** Writes down what these make of what people know, in the transaction that changes them; returns what is to be told. Before the ledger is appended to. */
  sieve(tx: Tx, transitions: readonly AlertTransition[]): Promise<AlertTransition[]>;
  /** What holds back which alert now, by fingerprint; of these alone, where they are named. */
  mutes(queryable: Queryable, fingerprints?: readonly string[]): Promise<Map<string, Mute>>;
  /** Those of these alerts that nobody is to be called for now. One that flaps is: it was told of once, and that one is escalated. */
  muted(queryable: Queryable, fingerprints: readonly string[]): Promise<ReadonlySet<string>>;
  /** The other services whose pages are held back because this one fails. */
  heldBy(queryable: Queryable, service: string): Promise<string[]>;
  readonly silences: Silences;
  readonly maintenance: Maintenance;
  readonly routes: readonly Route[];
  start(): Promise<void>;
}

const DEFAULT_MAX_SILENCES = 5_000;
/** What was decided beside another transaction is looked at again when that has ended. */
const AGAIN_MS = 1_000;

export function createMuting(deps: MutingDeps): Muting {
  const { sql, clock, jobs, catalog, log } = deps;
  const flapping = deps.flapping ?? DEFAULT_FLAPPING;
  const review = (tx: Tx, at = clock.now()): Promise<void> =>
    jobs.enqueue(tx, { kind: REVIEW, key: 'all', runAt: at, earliest: true, priority: 1 });
  const reviewSoon = (): Promise<void> =>
    sql.transaction((tx) => review(tx)).catch((error: unknown) => log.error({ err: error }, 'what is held back could not be looked at'));
  let running = false;
  jobs.handle(REVIEW, { concurrency: 1, timeoutMs: 120_000, run: () => reviewMutes({ ...deps, flapping }) });
  catalog.onChange(() => {
    if (running) void reviewSoon();
  });

  const silences = createSilences({ ...deps, review, maxSilences: deps.maxSilences ?? DEFAULT_MAX_SILENCES });
  const maintenance = createMaintenance({ ...deps, review });
  return {
    routes: mutingRoutes({ ...deps, silences, maintenance }),
    silences,
    maintenance,
    async sieve(tx, transitions) {
      const now = clock.now();
      const notices = await lockNotices(tx, [...new Set(transitions.map(({ alert }) => alert.fingerprint))]);
      const firing = transitions.filter(({ to }) => to === 'firing').map(({ alert }) => mutableOf(alert));
      const set = catalog.current();
      const mutes = firing.length === 0 ? new Map<string, Mute>() : mutesOf(firing, await stagesFor(tx, set, firing, now), now);
      const tell: AlertTransition[] = [];
      const changed = new Map<string, Notice>();
      for (const transition of transitions) {
        const { fingerprint } = transition.alert;
        const before = changed.get(fingerprint) ?? notices.get(fingerprint);
        const decided = decideTransition(before, transition, mutes.get(fingerprint), { now, flapping });
        changed.set(fingerprint, decided.notice);
        if (decided.tell !== undefined) tell.push(decided.tell);
      }
      await saveNotices(tx, [...changed.values()]);
      const at = stirs(set, transitions) ? now : dueAt([...changed.values()], now, flapping);
      await review(tx, at);
      return tell;
    },
    async mutes(queryable, fingerprints) {
      const muted = await mutedNow(queryable, fingerprints);
      return new Map(muted.map((one) => [one.fingerprint, one.mute ?? flaps(one.fingerprint)]));
    },
    async muted(queryable, fingerprints) {
      const muted = await mutedNow(queryable, fingerprints);
      return new Set(muted.filter(({ mute }) => mute !== null).map(({ fingerprint }) => fingerprint));
    },
    heldBy: servicesHeldBy,
    async start() {
      running = true;
      await reviewSoon();
    },
  };
}

const flaps = (fingerprint: string): Mute => ({
  by: 'flapping',
  ref: fingerprint,
  why: 'flapping: it was told once, and what follows is told when it is calm',
  until: null,
});

/** When these have to be looked at again by themselves. */
function dueAt(notices: readonly Notice[], now: number, flapping: FlapSettings): number {
  let due = now + flapping.windowMs + AGAIN_MS;
  for (const { mute, flappingSince, changes } of notices) {
    if (mute !== null) due = Math.min(due, now + AGAIN_MS);
    if (flappingSince !== null) due = Math.min(due, calmAt(changes, now, flapping));
  }
  return due;
}
