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
import { countExternal, forgetResolved, listExternal, lockEnded, lockReported, nextChange } from './external-store.ts';

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

/** So many in a transaction: short enough that a page of another waits for it no longer than it would notice. */
const BATCH = 500;
const END = { kind: 'alerting.external-end', key: 'all' };

export function createExternalAlerts(deps: ExternalAlertsDeps): ExternalAlerts {
  const { sql, jobs, limits } = deps;
  jobs.handle(END.kind, { run: () => endDue(deps), concurrency: 1 });
  return {
    list: () => listExternal(sql),
    async report(alerts, actor) {
      checkReport(alerts, limits);
      // Of one told twice in a request, the last word counts.
      const latest = [...new Map(alerts.map((one) => [externalFingerprint(one), one])).values()];
      await makeRoom(deps, latest);
      for (let i = 0; i < latest.length; i += BATCH) {
        const batch = latest.slice(i, i + BATCH);
        await sql.transaction((tx) => reportBatch(deps, tx, batch, actor));
      }
    },
  };
}

/** Those that are told of again need no room. @throws LimitError */
async function makeRoom({ sql, limits }: ExternalAlertsDeps, reports: readonly ReportedAlert[]): Promise<void> {
  const kept = await countExternal(sql);
  if (kept + reports.length <= limits.maxKept) return;
  const known = await countExternal(sql, reports);
  if (kept + reports.length - known <= limits.maxKept) return;
  throw new LimitError(429, `${kept} alerts from outside are kept already.`, {
    limit: limits.maxKept,
    setting: 'externalAlerts.maxKept',
    retryAfter: 60,
  });
}

async function reportBatch(deps: ExternalAlertsDeps, tx: Tx, batch: readonly ReportedAlert[], actor: string): Promise<void> {
  const now = deps.clock.now();
  const known = await lockReported(tx, batch, now);
  const decisions = batch.map((report) => decideReport(report, known.get(externalFingerprint(report))?.alert, now));
  const next = Math.min(...batch.map(({ endsAt }) => endsAt ?? Infinity).filter((at) => at > now), now + RESOLVED_RETENTION_MS);
  await deps.jobs.enqueue(tx, { ...END, runAt: next, earliest: true });
  await write(deps, tx, decisions, actor);
}

/** Alert, ledger and page in one transaction; the ledger's one counter is locked last. */
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
