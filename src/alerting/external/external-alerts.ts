import type { Clock } from '../../platform/clock.ts';
import type { Jobs } from '../../platform/jobs/index.ts';
import { LimitError } from '../../platform/problem.ts';
import type { Sql, Tx } from '../../platform/sql/index.ts';
import type { AlertStore } from '../alert-store.ts';
import type { AlertWriter } from '../alert-writer.ts';
import { RESOLVED_RETENTION_MS } from '../evaluate-rule.ts';
import { decideReport, ended, externalFingerprint, type Decision } from './decide-report.ts';
import type { ExternalAlert, ReportedAlert } from './external-alert.ts';
import { checkReport, type ExternalLimits } from './external-limits.ts';
import { countExternal, forgetResolved, listExternal, lockEnded, lockReported, nextChange, saveContent } from './external-store.ts';
import { createReportQueue, type Reported } from './report-queue.ts';

/** The book of alerts that others decide: a Prometheus, a Grafana, a heartbeat. Kept beside those of rules, and told of in the same way. */
export interface ExternalAlerts {
  /**
   * Takes what a source tells. It is durable, and on its way to people, once this resolves. Same source and key: the same alert.
   * @param actor for the ledger: `token:prometheus`
   * @throws LimitError where there are too many, Problem 400 where one of them can't be taken; then none is
   */
  report(alerts: readonly ReportedAlert[], actor: string): Promise<void>;
  /** Those that fire, and those that were resolved within the last quarter of an hour. */
  list(): Promise<ExternalAlert[]>;
}

export interface ExternalAlertsDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly jobs: Jobs;
  readonly store: AlertStore;
  readonly writer: AlertWriter;
  readonly limits: ExternalLimits;
}

const END = { kind: 'alerting.external-end', key: 'all' };
const BATCH = 500;

export function createExternalAlerts(deps: ExternalAlertsDeps): ExternalAlerts {
  const { sql, jobs, limits } = deps;
  jobs.handle(END.kind, { run: () => endDue(deps), concurrency: 1 });
  const reports = createReportQueue((batch) => sql.transaction((tx) => reportBatch(deps, tx, batch)));
  const makeRoom = createRoom(deps, () => reports.size);
  return {
    list: () => listExternal(sql),
    async report(alerts, actor) {
      checkReport(alerts, limits);
      // Of one told twice in a request, the last word counts.
      const latest = [...new Map(alerts.map((one) => [externalFingerprint(one), one])).values()];
      await makeRoom(latest);
      await reports.put(latest, actor);
    },
  };
}

/** How long a count of what is kept is believed, in milliseconds. */
const COUNTED_MS = 1_000;
/** More than so many times what may be kept does not wait to be written. */
const MOST_WAITING = 2;

/** Says no where too many are kept, or wait. Those that are told of again need no room. */
function createRoom({ sql, limits, clock }: ExternalAlertsDeps, waiting: () => number) {
  const full = (problem: string): LimitError =>
    new LimitError(429, problem, { limit: limits.maxKept, setting: 'externalAlerts.maxKept', retryAfter: 60 });
  let counted = { kept: Infinity, at: 0 };
  return async (reports: readonly ReportedAlert[]): Promise<void> => {
    if (waiting() + reports.length > MOST_WAITING * limits.maxKept) throw full(`${waiting()} alerts from outside wait to be written.`);
    const fits = (): boolean => counted.kept + reports.length <= limits.maxKept;
    const at = clock.monotonic();
    if (!fits() || at - counted.at > COUNTED_MS) counted = { kept: (await countExternal(sql)) + waiting(), at };
    if (!fits() && counted.kept + reports.length - (await countExternal(sql, reports)) > limits.maxKept)
      throw full(`${counted.kept} alerts from outside are kept already.`);
    // As if all were new: then it is counted sooner than it need be.
    counted = { ...counted, kept: counted.kept + reports.length };
  };
}

async function reportBatch(deps: ExternalAlertsDeps, tx: Tx, batch: readonly Reported[]): Promise<void> {
  const now = deps.clock.now();
  const reports = batch.map(({ report }) => report);
  const known = await lockReported(tx, reports, now);
  const decided = batch.flatMap((one) => {
    const before = known.get(one.fingerprint);
    return before?.same === true ? [] : [{ ...one, ...decideReport(one.report, before?.alert, now) }];
  });
  await saveContent(tx, decided.filter(({ fingerprint, report }) => known.has(fingerprint) && report.status === 'firing').map(({ report }) => report)); // prettier-ignore
  for (const [actor, decisions] of byActor(decided)) await write(deps, tx, decisions, actor);
  const next = Math.min(...reports.map(({ endsAt }) => endsAt ?? Infinity).filter((at) => at > now), now + RESOLVED_RETENTION_MS);
  await deps.jobs.enqueue(tx, { ...END, runAt: next, earliest: true });
}

function byActor<T extends Reported>(reported: readonly T[]): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const one of reported) {
    const known = found.get(one.actor);
    if (known === undefined) found.set(one.actor, [one]);
    else known.push(one);
  }
  return found;
}

/** Alert, ledger and page in one transaction. */
async function write({ clock, store, writer }: ExternalAlertsDeps, tx: Tx, decisions: readonly Decision[], actor: string): Promise<void> {
  const changed = decisions.flatMap(({ transition }) => (transition === undefined ? [] : [transition]));
  const quiet = decisions.flatMap(({ alert, transition }) => (alert === undefined || transition !== undefined ? [] : [alert]));
  await store.save(tx, quiet);
  if (changed.length > 0) await writer.write(tx, changed, clock.now(), actor);
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
