import type { Catalog } from '../../catalog/index.ts';
import type { ExternalAlerts, ReportedAlert } from '../../alerting/index.ts';
import type { Delivery } from '../../delivery/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { PageSink, PageState } from '../../oncall/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Health } from '../../platform/health.ts';
import { newId } from '../../platform/id.ts';
import type { Jobs } from '../../platform/jobs/index.ts';
import { notFound } from '../../platform/problem.ts';
import type { Sql, Tx } from '../../platform/sql/index.ts';
import { type DrillRow, firstSentAt, problemOf } from './drill.ts';
import { findDrill, insertDrill, lockDrill, updateDrill } from './drill-store.ts';

export interface PageDrillsDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly jobs: Jobs;
  readonly ledger: Ledger;
  readonly health: Health;
  readonly catalog: Catalog;
  readonly delivery: Delivery;
  readonly external: ExternalAlerts;
}

export interface PageDrills {
  /** Raises the alert of a drill: what follows is what would follow a real one. */
  begin(service: string, withinMs: number, actor: string): Promise<DrillRow>;
  /** As it is now. */
  find(id: string): Promise<DrillRow>;
  /** Follows the pages of drills; those of real failures go on to `next`. */
  follow(next: PageSink): PageSink;
}

/** The end of a drill: answered, or its time is up; the key is the drill. */
const END = 'experiments.page-drill-end';
/** The alerts of drills are a group of their own each: a real failure of the service is another page. */
const GROUP = 'drill/';

export function createPageDrills(deps: PageDrillsDeps): PageDrills {
  const { sql, clock, jobs, ledger, catalog, external } = deps;
  jobs.handle(END, { run: ({ key }) => end(deps, key) });
  return {
    async begin(service, withinMs, actor) {
      if (catalog.current().get('Service', service) === undefined) throw notFound('service', service);
      const now = clock.now();
      const row: DrillRow = {
        id: newId(now),
        service,
        asked_by: actor,
        started_at: now,
        answer_by: now + withinMs,
        page: null,
        paged_at: null,
        sent_at: null,
        acknowledged_at: null,
        acknowledged_by: null,
        finished_at: null,
        problem: null,
      };
      await sql.transaction(async (tx) => {
        await insertDrill(tx, row);
        await jobs.enqueue(tx, { kind: END, key: row.id, runAt: row.answer_by, priority: 1 });
        await ledger.append(tx, [
          { kind: 'drill.started', title: `Page drill of ${service}`, actor, service, subject: `drill/${row.id}`, data: { withinMs } },
        ]);
      });
      await external.report([alertOf(row, 'firing', now)], actor);
      return row;
    },
    async find(id) {
      const row = await findDrill(sql, id);
      if (row === undefined) throw notFound('drill', id);
      return withSent(deps, row);
    },
    follow: (next) => ({
      ...(next.incidentsOf && { incidentsOf: (queryable, pages) => next.incidentsOf!(queryable, pages) }),
      ...(next.concerned && {
        async concerned(queryable, changes) {
          const others = new Set(
            await next.concerned!(
              queryable,
              changes.filter(({ page }) => drillOf(page) === undefined),
            ),
          );
          return changes.filter((change) => drillOf(change.page) !== undefined || others.has(change));
        },
      }),
      async changed(tx, page, transition, actor) {
        const drill = drillOf(page);
        if (drill === undefined) return next.changed(tx, page, transition, actor);
        if (transition === 'triggered' || transition === 'acknowledged') await note(deps, tx, drill, page);
      },
    }),
  };
}

/** The drill that a page belongs to: by its group, which nobody outside can name. */
const drillOf = ({ groupKey }: PageState): string | undefined => new RegExp(`^told/${GROUP}([^/]+)$`).exec(groupKey)?.[1];

function alertOf({ id, service, started_at }: DrillRow, status: ReportedAlert['status'], now: number): ReportedAlert {
  return {
    source: 'drill',
    key: id,
    status,
    group: `${GROUP}${id}`,
    labels: { alertname: 'PageDrill', service, severity: 'critical' },
    annotations: {
      summary: `Acknowledge this drill of ${service}`,
      description: 'Nothing is wrong. Someone wanted to know whether a page reaches you: acknowledge it, and the drill has passed.',
    },
    startsAt: started_at,
    endsAt: status === 'resolved' ? now : null,
  };
}

async function note({ clock, jobs }: PageDrillsDeps, tx: Tx, id: string, page: PageState): Promise<void> {
  const row = await lockDrill(tx, id);
  if (row === undefined || row.finished_at !== null) return;
  const { acknowledgedAt: acknowledged_at, acknowledgedBy: acknowledged_by } = page;
  await updateDrill(tx, id, { page: page.id, paged_at: row.paged_at ?? page.triggeredAt, acknowledged_at, acknowledged_by });
  if (acknowledged_at !== null) await jobs.enqueue(tx, { kind: END, key: id, runAt: clock.now(), priority: 1 });
}

/** Writes down what came of it, and takes its alert back. */
async function end(deps: PageDrillsDeps, id: string): Promise<void> {
  const { sql, clock, ledger, health, delivery, external } = deps;
  const seen = await findDrill(sql, id);
  if (seen === undefined) return;
  const deliveries = seen.page === null ? [] : await delivery.about(`page/${seen.page}`);
  await sql.transaction(async (tx) => {
    const row = await lockDrill(tx, id);
    if (row === undefined || row.finished_at !== null) return;
    const drill = { ...row, sent_at: firstSentAt(deliveries) };
    const problem = problemOf(drill, deliveries);
    const finished_at = clock.now();
    await updateDrill(tx, id, { sent_at: drill.sent_at, finished_at, problem });
    const { service, page, acknowledged_by } = row;
    const title =
      problem === null
        ? `Page drill of ${service} passed: ${acknowledged_by} answered after ${Math.round((row.acknowledged_at! - row.started_at) / 1000)} s`
        : `Page drill of ${service} failed. ${problem}`;
    const kind = problem === null ? 'drill.passed' : 'drill.failed';
    await ledger.append(tx, [{ kind, title, actor: 'nines', service, subject: `drill/${id}`, data: { page, sentAt: drill.sent_at } }]);
    tx.afterCommit(() => health.report(`drill.${service}`, problem === null ? 'ok' : 'degraded', `The last page drill of ${service} failed. ${problem}`));
  }); // prettier-ignore
  await external.report([alertOf(seen, 'resolved', clock.now())], 'nines');
}

/** When its first message left is known to delivery while it runs. */
async function withSent({ delivery }: PageDrillsDeps, row: DrillRow): Promise<DrillRow> {
  if (row.finished_at !== null || row.page === null) return row;
  return { ...row, sent_at: firstSentAt(await delivery.about(`page/${row.page}`)) };
}
