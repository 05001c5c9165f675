import { RESOLVED_RETENTION_MS, type AlertStore, type AlertWriter } from '../alerts/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Jobs } from '../../platform/jobs/index.ts';
import { type Log, silentLog } from '../../platform/log.ts';
import { LimitError } from '../../platform/problem.ts';
import type { Sql } from '../../platform/sql/index.ts';
import { ended, externalFingerprint } from './decide-report.ts';
import type { ExternalAlert, ReportedAlert } from './external-alert.ts';
import { checkReport, type ExternalLimits } from './external-limits.ts';
import { countExternal, forgetResolved, listExternal, lockEnded, nextChange } from './external-store.ts';
import { createInbox, type Inbox } from './inbox.ts';
import type { Reported } from './inbox-store.ts';
import { createInboxWatch, type WatchDeps } from './inbox-watch.ts';
import { END, workOff, write } from './work-off.ts';

/** The book of alerts that others decide: a Prometheus, a Grafana, a heartbeat. Kept beside those of rules, and told of in the same way. */
export interface ExternalAlerts {
  /**
   * Takes what a source tells. It is durable, and on its way to people, once this resolves; and worked off, unless much waits. Same
   * source and key: the same alert.
   * @param actor for the ledger: `token:prometheus`
   * @throws LimitError where there are too many, Problem 400 where one of them can't be taken; then none is
   */
  report(alerts: readonly ReportedAlert[], actor: string): Promise<void>;
  /** Resolves when all that was told of these alerts is worked off. */
  settle(fingerprints: readonly string[]): Promise<void>;
  /** Those that fire, and those that were resolved within the last quarter of an hour; without what waits to be worked off. */
  list(): Promise<ExternalAlert[]>;
  /** Resolves when nothing waits to be worked off. */
  idle(): Promise<void>;
  /** Ends with what is being worked off: the rest waits for the next start. */
  stop(): Promise<void>;
}

export interface ExternalAlertsDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly jobs: Jobs;
  readonly store: AlertStore;
  readonly writer: AlertWriter;
  readonly limits: ExternalLimits;
  readonly log?: Log;
  /** Where is told how much waits. */
  readonly watch?: Omit<WatchDeps, 'clock'>;
}

const BATCH = 500;

export function createExternalAlerts(deps: ExternalAlertsDeps): ExternalAlerts {
  const { sql, clock, jobs, limits, log = silentLog } = deps;
  jobs.handle(END.kind, { run: () => endDue(deps), concurrency: 1 });
  const looked = deps.watch === undefined ? () => undefined : createInboxWatch({ ...deps.watch, clock });
  const inbox = createInbox({ sql, clock, jobs, log, looked, work: (tx, reported) => workOff(deps, tx, reported) });
  const makeRoom = createRoom(deps, inbox);
  return {
    list: () => listExternal(sql),
    settle: (fingerprints) => inbox.settle(fingerprints),
    idle: () => inbox.drain(),
    stop: () => inbox.stop(),
    async report(alerts, actor) {
      checkReport(alerts, limits);
      const at = clock.now();
      // Of one told twice in a request, the last word counts.
      const latest = new Map(
        alerts.map((report): [string, Reported] => {
          const fingerprint = externalFingerprint(report);
          return [fingerprint, { report, fingerprint, actor, at }];
        }),
      );
      await makeRoom([...latest.values()]);
      await inbox.put([...latest.values()]);
    },
  };
}

/** How long a count of what is kept is believed, in milliseconds. */
const COUNTED_MS = 1_000;

/** Says no where too many are kept, or wait. Those that are known already need no room. */
function createRoom({ sql, limits, clock }: ExternalAlertsDeps, inbox: Pick<Inbox, 'size' | 'bytes'>) {
  const { maxKept, maxWaiting, maxWaitingBytes } = limits;
  const full = (problem: string, setting: keyof ExternalLimits, retryAfter: number): LimitError =>
    new LimitError(429, problem, { limit: limits[setting], setting: `externalAlerts.${setting}`, retryAfter });
  let counted = { kept: Infinity, at: 0 };
  return async (reported: readonly Reported[]): Promise<void> => {
    if (inbox.size + reported.length > maxWaiting) throw full(`${inbox.size} alerts from outside wait to be worked off.`, 'maxWaiting', 5);
    if (inbox.bytes > maxWaitingBytes) throw full(`Alerts of ${inbox.bytes} bytes wait to be worked off.`, 'maxWaitingBytes', 5);
    const fits = (): boolean => counted.kept + reported.length <= maxKept;
    const at = clock.monotonic();
    if (!fits() || at - counted.at > COUNTED_MS) counted = { kept: await countExternal(sql), at };
    const known = (): Promise<number> => countExternal(sql, reported.map(({ fingerprint }) => fingerprint)); // prettier-ignore
    if (!fits() && counted.kept + reported.length - (await known()) > maxKept)
      throw full(`${counted.kept} alerts from outside are kept already.`, 'maxKept', 60);
    // As if all were new: then it is counted sooner than it need be.
    counted = { ...counted, kept: counted.kept + reported.length };
  };
}

/** Ends what nobody told of any more, and forgets what has long been over. */
async function endDue(deps: ExternalAlertsDeps): Promise<void | { again: number }> {
  const { sql, clock } = deps;
  for (let more = true; more;) {
    more = await sql.transaction(async (tx) => {
      const due = await lockEnded(tx, clock.now(), BATCH);
      await write(
        deps,
        tx,
        due.map(({ alert, endsAt }) => ended(alert, Math.max(endsAt ?? 0, alert.activeAt))),
        'nines',
      );
      return due.length === BATCH;
    });
  }
  const next = await sql.transaction(async (tx) => {
    await forgetResolved(tx, clock.now() - RESOLVED_RETENTION_MS);
    return nextChange(tx, RESOLVED_RETENTION_MS);
  });
  // What another process has locked is looked at again a second later.
  return next === undefined ? undefined : { again: Math.max(next, clock.now() + 1_000) };
}
