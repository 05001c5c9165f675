import { RESOLVED_RETENTION_MS, type AlertStore, type AlertWriter } from '../alerts/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Jobs } from '../../platform/jobs/index.ts';
import type { Tx } from '../../platform/sql/index.ts';
import { decideReport, type Decision } from './decide-report.ts';
import { lockReported, saveContent } from './external-store.ts';
import type { Reported } from './inbox-store.ts';

export interface WorkDeps {
  readonly clock: Clock;
  readonly jobs: Jobs;
  readonly store: AlertStore;
  readonly writer: AlertWriter;
}

/** Ends what nobody tells of any more. */
export const END = { kind: 'alerting.external-end', key: 'all' };

/** Makes of what was told what it makes: alerts, events and pages. Of one alert, one report after the other. */
export async function workOff(deps: WorkDeps, tx: Tx, reported: readonly Reported[]): Promise<void> {
  for (const round of rounds(reported)) await workRound(deps, tx, round);
  const due = reported.flatMap(({ report: { endsAt }, at }) => (endsAt !== null && endsAt > at ? [endsAt] : []));
  const next = due.reduce((a, b) => Math.min(a, b), deps.clock.now() + RESOLVED_RETENTION_MS);
  await deps.jobs.enqueue(tx, { ...END, runAt: next, earliest: true });
}

/** The first report of each alert, then the second of each, and so on. */
function rounds<T extends Reported>(reported: readonly T[]): T[][] {
  const seen = new Map<string, number>();
  const found: T[][] = [];
  for (const one of reported) {
    const nth = seen.get(one.fingerprint) ?? 0;
    seen.set(one.fingerprint, nth + 1);
    (found[nth] ??= []).push(one);
  }
  return found;
}

async function workRound(deps: WorkDeps, tx: Tx, reported: readonly Reported[]): Promise<void> {
  const known = await lockReported(tx, reported, deps.clock.now());
  const decided = reported.flatMap((one) => {
    const before = known.get(one.fingerprint);
    return before?.same === true ? [] : [{ ...one, ...decideReport(one.report, before?.alert, one.at) }];
  });
  await saveContent(tx, decided.filter(({ fingerprint }) => known.has(fingerprint))); // prettier-ignore
  for (const [actor, decisions] of byActor(decided)) await write(deps, tx, decisions, actor);
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
export async function write({ clock, store, writer }: WorkDeps, tx: Tx, decisions: readonly Decision[], actor: string): Promise<void> {
  const changed = decisions.flatMap(({ transition }) => (transition === undefined ? [] : [transition]));
  const quiet = decisions.flatMap(({ alert, transition }) => (alert === undefined || transition !== undefined ? [] : [alert]));
  await store.save(tx, quiet);
  if (changed.length > 0) await writer.write(tx, changed, clock.now(), actor);
}
