import type { Clock } from '../../platform/clock.ts';
import type { Health } from '../../platform/health.ts';
import type { Log } from '../../platform/log.ts';
import type { Registry } from '../../platform/metrics.ts';
import { type Tx, withinSavepoint } from '../../platform/sql/index.ts';
import type { PageChange, PageSink, PageState, PageTransition } from './page.ts';

interface Deps {
  readonly clock: Clock;
  readonly log: Log;
  readonly health: Health;
  readonly metrics: Registry;
}

/** Who follows pages, as on-call tells it. */
export interface GuardedSink extends Pick<Required<PageSink>, 'incidentsOf'> {
  changedAll(tx: Tx, changes: readonly PageChange[]): Promise<void>;
}

/**
 * Tells who follows pages, and counts. What goes wrong there is undone alone (a savepoint), logged and shown in health:
 * a defect in incidents must not keep a page from leaving.
 */
export function guardSink(follower: () => PageSink, { clock, log, health, metrics }: Deps): GuardedSink {
  const transitions = metrics.counter({
    name: 'nines_oncall_page_transitions_total',
    help: 'What pages did: triggered, grown, acknowledged, snoozed, declined, escalated, overdue, resolved.',
    labels: ['severity', 'transition'],
  });
  const answered = metrics.histogram({
    name: 'nines_oncall_acknowledge_seconds',
    help: 'From a critical page until someone acknowledged it.',
    buckets: [15, 30, 60, 120, 300, 600, 1_800, 3_600],
  });
  const responses = metrics.counter({
    name: 'nines_oncall_responses_total',
    help: 'Promises of a first answer that were met, and that were missed.',
    labels: ['severity', 'outcome'],
  });
  const respond = ({ severity, respondBy, respondedAt, acknowledgedAt }: PageState, transition: PageTransition): void => {
    if (transition === 'overdue') return responses.inc({ severity, outcome: 'missed' });
    // An answer that came too late was counted when the promise ended.
    const first = transition === 'acknowledged' && respondedAt !== null && respondedAt === acknowledgedAt;
    if (first && respondBy !== null && respondedAt <= respondBy) responses.inc({ severity, outcome: 'met' });
  };
  const count = ({ page, transition }: PageChange): void => {
    transitions.inc({ severity: page.severity, transition });
    respond(page, transition);
    if (transition === 'acknowledged' && page.severity === 'critical') answered.observe((clock.now() - page.triggeredAt) / 1000);
  };
  const say = (failed: PageChange | undefined): void => {
    const problem = `What follows from the page '${failed?.page.subject}' (its incident) could not be written down; see the log.`;
    health.report('oncall.followers', failed === undefined ? 'ok' : 'degraded', problem);
  };
  return {
    incidentsOf: (queryable, pages) => follower().incidentsOf?.(queryable, pages) ?? Promise.resolve(new Map()),
    async changedAll(tx, changes) {
      if (changes.length === 0) return;
      const told = await toldAll(follower(), tx, changes);
      for (const { change, error } of told) log.error({ err: error, page: change.page.id, transition: change.transition }, 'who follows pages could not be told');
      tx.afterCommit(() => {
        say(told.at(-1)?.change);
        for (const change of changes) count(change);
      });
    },
  };
} // prettier-ignore

interface Failed {
  readonly change: PageChange;
  readonly error: Error;
}

/** All in one savepoint; where that fails each in one of its own, so that one defect undoes nothing of the others. Returns what failed. */
async function toldAll(sink: PageSink, tx: Tx, changes: readonly PageChange[]): Promise<Failed[]> {
  const changed = (inner: Tx, { page, transition, actor }: PageChange) => sink.changed(inner, page, transition, actor);
  const error = await withinSavepoint(tx, async (inner) => {
    const concerned = changes.length === 1 || sink.concerned === undefined ? changes : await sink.concerned(inner, changes);
    for (const change of concerned) await changed(inner, change);
  });
  if (error === undefined) return [];
  if (changes.length === 1) return [{ change: changes[0]!, error }];
  const failed: Failed[] = [];
  for (const change of changes) {
    const alone = await withinSavepoint(tx, (inner) => changed(inner, change));
    if (alone !== undefined) failed.push({ change, error: alone });
  }
  return failed;
}
