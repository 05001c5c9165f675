import type { Catalog } from '../catalog/index.ts';
import type { PagingDelivery } from '../delivery/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Health } from '../platform/health.ts';
import type { Route } from '../platform/http/index.ts';
import type { Job, Jobs } from '../platform/jobs/index.ts';
import type { Log } from '../platform/log.ts';
import type { Registry } from '../platform/metrics.ts';
import type { Queryable, Sql } from '../platform/sql/index.ts';
import type { AlertSink } from './alert-sink.ts';
import { acknowledge, type Answerer, resolveByHand, tellHeld } from './answer.ts';
import { DESCRIBE, type Desk, ESCALATE, OTHER_CONTACT, REMIND, TELL_RESOLVED } from './desk.ts';
import { callFailed, callOtherwise, escalate, redescribe, remind, unansweredProblem } from './escalate.ts';
import type { PageSink, PageState } from './page.ts';
import { findPageRow, listPageRows, withAlerts } from './page-store.ts';
import { createAlertSink } from './paging.ts';
import { oncallRoutes } from './routes.ts';
import { createWatch } from './watch.ts';

export interface OncallDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
  readonly health: Health;
  readonly jobs: Jobs;
  readonly ledger: Ledger;
  readonly catalog: Catalog;
  readonly delivery: PagingDelivery;
  readonly metrics: Registry;
  /** Who follows pages; or `onPage`, where they are made later. */
  readonly pageSink?: PageSink | undefined;
  readonly settings: { readonly url: string };
}

export interface Oncall {
  readonly routes: readonly Route[];
  /** For alerting: makes pages of alerts, in the transaction that changes them. */
  readonly alertSink: AlertSink;
  readonly pages: {
    get(queryable: Queryable, id: string): Promise<PageState | undefined>;
    acknowledge(id: string, who: Answerer): Promise<PageState>;
    resolve(id: string, who: Answerer, reason: string): Promise<PageState>;
  };
  /** Says who follows pages (incidents), before `start`. */
  onPage(sink: PageSink): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** More open pages than this at a start are not looked through for unanswered ones. */
const MOST_OPEN = 1_000;

export function createOncall(deps: OncallDeps): Oncall {
  const { sql, jobs, metrics, delivery, settings } = deps;
  let follower: PageSink = deps.pageSink ?? { changed: () => Promise.resolve() };
  const pageSink = counted(() => follower, deps.clock, metrics);
  const desk: Desk = { ...deps, pageSink, url: settings.url.replace(/\/+$/, ''), watch: createWatch(deps.health) };

  jobs.handle(ESCALATE, { concurrency: 8, run: (job) => escalate(desk, job) });
  jobs.handle(REMIND, { run: ({ key }) => remind(desk, key) });
  jobs.handle(TELL_RESOLVED, { run: ({ key, payload }) => tellHeld(desk, key, byOf(payload)) });
  jobs.handle(DESCRIBE, { concurrency: 1, run: ({ key }) => redescribe(desk, key) });
  jobs.handle(OTHER_CONTACT, { concurrency: 8, run: (job: Job) => callOtherwise(desk, job) });
  delivery.onFailed((tx, failed) => callFailed(desk, tx, failed));

  return {
    routes: oncallRoutes(desk),
    alertSink: createAlertSink(desk),
    pages: {
      async get(queryable, id) {
        const row = await findPageRow(queryable, id);
        return row && withAlerts(queryable, row);
      },
      acknowledge: (id, who) => acknowledge(desk, id, who),
      resolve: (id, who, reason) => resolveByHand(desk, id, who, reason),
    },
    stop: () => Promise.resolve(),
    onPage: (sink) => void (follower = sink),
    async start() {
      // What health says lives in memory only: say again what nobody answered.
      const open = await listPageRows(sql, { state: ['triggered'], limit: MOST_OPEN });
      for (const row of open) {
        if (row.severity === 'critical' && row.escalates_at === null) desk.watch.trouble(row.id, unansweredProblem(row));
      }
    },
  };
}

const byOf = (payload: unknown): string => (payload as { by?: string }).by ?? 'its alerts stopped firing.';

/** Counts what pages do on the way to who follows them. */
function counted(follower: () => PageSink, clock: Clock, metrics: Registry): PageSink {
  const transitions = metrics.counter({
    name: 'nines_oncall_page_transitions_total',
    help: 'What pages did: triggered, grown, acknowledged, escalated, resolved.',
    labels: ['severity', 'transition'],
  });
  const answered = metrics.histogram({
    name: 'nines_oncall_acknowledge_seconds',
    help: 'From a critical page until someone acknowledged it.',
    buckets: [15, 30, 60, 120, 300, 600, 1_800, 3_600],
  });
  return {
    incidentsOf: (queryable, pages) => follower().incidentsOf?.(queryable, pages) ?? Promise.resolve(new Map()),
    async changed(tx, page, transition, actor) {
      await follower().changed(tx, page, transition, actor);
      tx.afterCommit(() => {
        transitions.inc({ severity: page.severity, transition });
        if (transition === 'acknowledged' && page.severity === 'critical') answered.observe((clock.now() - page.triggeredAt) / 1000);
      });
    },
  };
}
