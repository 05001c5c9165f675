import { sql as template } from 'kysely';
import type { Clock } from '../platform/clock.ts';
import type { Health } from '../platform/health.ts';
import type { Log } from '../platform/log.ts';
import type { Registry } from '../platform/metrics.ts';
import type { Tx } from '../platform/sql/index.ts';
import type { PageSink, PageState, PageTransition } from './page.ts';

interface Deps {
  readonly clock: Clock;
  readonly log: Log;
  readonly health: Health;
  readonly metrics: Registry;
}

/**
 * Tells who follows pages, and counts. What goes wrong there is undone alone (a savepoint), logged and shown in health:
 * a defect in incidents must not keep a page from leaving.
 */
export function guardSink(follower: () => PageSink, { clock, log, health, metrics }: Deps): PageSink {
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
  return {
    incidentsOf: (queryable, pages) => follower().incidentsOf?.(queryable, pages) ?? Promise.resolve(new Map()),
    async changed(tx, page, transition, actor) {
      const error = await apart(tx, (inner) => follower().changed(inner, page, transition, actor));
      if (error !== undefined) log.error({ err: error, page: page.id, transition }, 'who follows pages could not be told');
      tx.afterCommit(() => {
        const problem = `What follows from the page '${page.subject}' (its incident) could not be written down; see the log.`;
        health.report('oncall.followers', error === undefined ? 'ok' : 'degraded', problem);
        transitions.inc({ severity: page.severity, transition });
        respond(page, transition);
        if (transition === 'acknowledged' && page.severity === 'critical') answered.observe((clock.now() - page.triggeredAt) / 1000);
      });
    },
  };
}

/** Runs `work` within a savepoint; where it throws, all of it is undone, and the transaction goes on. */
async function apart(tx: Tx, work: (inner: Tx) => Promise<void>): Promise<unknown> {
  const hooks: (() => void)[] = [];
  await template`savepoint page_sink`.execute(tx.db());
  try {
    await work({ db: () => tx.db(), afterCommit: (hook) => void hooks.push(hook) });
    await template`release savepoint page_sink`.execute(tx.db());
  } catch (error) {
    await template`rollback to savepoint page_sink`.execute(tx.db());
    return error instanceof Error ? error : new Error(String(error));
  }
  for (const hook of hooks) tx.afterCommit(hook);
  return undefined;
}
