import type { Catalog, ResourceSet } from '../catalog/index.ts';
import type { PagingDelivery } from '../delivery/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Health } from '../platform/health.ts';
import type { Route } from '../platform/http/index.ts';
import type { Job, Jobs } from '../platform/jobs/index.ts';
import type { Log } from '../platform/log.ts';
import type { Registry } from '../platform/metrics.ts';
import type { Queryable, Sql } from '../platform/sql/index.ts';
import { callByRule } from './calls/call-by-rule.ts';
import { callDelayed, callFailed, callOtherwise } from './calls/other-contact.ts';
import {
  DESCRIBE,
  type Desk,
  ESCALATE,
  HANDOVERS,
  NOTIFY,
  OTHER_CONTACT,
  READINESS,
  REMIND,
  RESPOND,
  type SilenceInForce,
  TELL_RESOLVED,
} from './desk.ts';
import { watchHandovers } from './handover/watch-handovers.ts';
import type { AlertSink, Muted } from './pages/alert-sink.ts';
import { guardSink } from './pages/guard-sink.ts';
import { openPageOfAlert } from './pages/page-alerts.ts';
import { findPageRow, listPageRows, withAlerts } from './pages/page-store.ts';
import type { PageSink, PageState } from './pages/page.ts';
import { createWatch } from './pages/watch.ts';
import { acknowledge, type Answerer, resolveByHand, tellHeld } from './paging/answer.ts';
import { escalateNow, type EscalationTarget } from './paging/escalate-now.ts';
import { escalate, redescribe, remind, unansweredProblem } from './paging/escalate.ts';
import { notMine } from './paging/not-mine.ts';
import { createAlertSink } from './paging/paging.ts';
import { missed } from './paging/response.ts';
import { snooze } from './paging/snooze.ts';
import { peopleOf, policyFor } from './policies/escalation.ts';
import { warnUnready } from './readiness/warn.ts';
import { oncallRoutes } from './routes.ts';
import { watchSchedules } from './schedules/watch-schedules.ts';
import { createRosters, withRosters } from './shifts/rosters.ts';
import type { OnCallWho } from './who/contract.ts';
import { whoToCall } from './who/who-to-call.ts';

type Announcement = 'handovers' | 'readiness';

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
  readonly muted?: Muted | undefined;
  /** Who follows pages; or `onPage`, where they are made later. */
  readonly pageSink?: PageSink | undefined;
  /** Silences that are in force, for the digest at a hand-over. */
  readonly silences?: () => Promise<readonly SilenceInForce[]>;
  /**
   * `config` is the folder of documents, or one of them: files that they name are looked for there. `announce`: what
   * people are told of unasked: hand-overs, and what is missing before a shift; both by default.
   */
  readonly settings: { readonly url: string; readonly config?: string | undefined; readonly announce?: readonly Announcement[] };
}

export interface Oncall {
  readonly routes: readonly Route[];
  /** For alerting: makes pages of alerts, in the transaction that changes them. */
  readonly alertSink: AlertSink;
  /** The people whom a page of this service would call first now. */
  responders(service: string | null): string[];
  readonly pages: {
    get(queryable: Queryable, id: string): Promise<PageState | undefined>;
    acknowledge(id: string, who: Answerer): Promise<PageState>;
    resolve(id: string, who: Answerer, reason: string): Promise<PageState>;
    /** Leaves it alone until a time in milliseconds; it comes back. */
    snooze(id: string, who: Answerer, until: number): Promise<PageState>;
    /** Calls the next step of the policy now, or whom `target` names. */
    escalate(id: string, who: Answerer, target?: EscalationTarget): Promise<PageState>;
    /** It calls them no more, and the next person instead. */
    notMine(id: string, who: Answerer): Promise<PageState>;
  };
  /** Acknowledges the page that an alert is on; nothing where it is on none. */
  acknowledgeAlert(fingerprint: string, who: Answerer): Promise<void>;
  /** Leaves the page that an alert is on alone until a time in milliseconds; nothing where it is on none. */
  snoozeAlert(fingerprint: string, who: Answerer, until: number): Promise<void>;
  /** Whom to call about a service, a team, or words that are near one: now, and next. */
  who(about: string): OnCallWho;
  /** Documents, such as those of the past, with the overrides, swaps and holidays that are known beside them. */
  withRoster(): Promise<(set: ResourceSet) => ResourceSet>;
  /** Says who follows pages (incidents), before `start`. */
  onPage(sink: PageSink): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const FIRST_WARNING_MS = 3_600_000;
/** More open pages than this at a start are not looked through for unanswered ones. */
const MOST_OPEN = 1_000;

export function createOncall(deps: OncallDeps): Oncall {
  const { sql, jobs, delivery, settings } = deps;
  let follower: PageSink = deps.pageSink ?? { changed: () => Promise.resolve() };
  const pageSink = guardSink(() => follower, deps);
  const rosters = createRosters(deps.catalog, deps.clock);
  // Whoever calls, and whoever answers, does not wait behind what is merely written down.
  const inForce = { sql: withRosters(sql.urgent, rosters), catalog: rosters, rosters };
  const desk: Desk = { ...deps, ...inForce, pageSink, url: settings.url.replace(/\/+$/, ''), watch: createWatch(deps.health) };

  const ordinary: Desk = { ...desk, sql: withRosters(sql, rosters) };
  // Where all share one connection, many at a time would only all be late.
  const concurrency = sql.exclusive ? 2 : 8;
  jobs.handle(ESCALATE, { concurrency, retryAfter: soon, run: (job) => escalate(job.priority === 0 ? desk : ordinary, job) });
  jobs.handle(HANDOVERS, { concurrency: 1, run: () => watchHandovers(desk) });
  jobs.handle(READINESS, { concurrency: 1, run: () => warnUnready(desk) });
  jobs.handle(REMIND, { run: ({ key }) => remind(desk, key) });
  jobs.handle(RESPOND, { run: (job) => missed(desk, job) });
  jobs.handle(NOTIFY, { concurrency: 8, retryAfter: soon, run: (job) => callByRule(desk, job) });
  jobs.handle(TELL_RESOLVED, { run: ({ key, payload }) => tellHeld(desk, key, byOf(payload)) });
  jobs.handle(DESCRIBE, { concurrency: 1, run: ({ key }) => redescribe(ordinary, key) });
  jobs.handle(OTHER_CONTACT, { concurrency: 8, retryAfter: soon, run: (job: Job) => callOtherwise(desk, job) });
  const schedules = watchSchedules(desk, settings.config);
  delivery.onFailed((tx, failed) => callFailed(desk, tx, failed));
  delivery.onDelayed((tx, delayed) => callDelayed(desk, tx, delayed));

  return {
    routes: oncallRoutes(desk),
    alertSink: createAlertSink(desk),
    responders(service) {
      const set = desk.catalog.current();
      const steps = policyFor(set, service)?.spec.steps ?? [];
      return steps.map(({ notify }) => peopleOf(set, notify, deps.clock.now())).find((people) => people.length > 0) ?? [];
    },
    pages: {
      async get(queryable, id) {
        const row = await findPageRow(queryable, id);
        return row && withAlerts(queryable, row);
      },
      acknowledge: (id, who) => acknowledge(desk, id, who),
      resolve: (id, who, reason) => resolveByHand(desk, id, who, reason),
      snooze: (id, who, until) => snooze(desk, id, who, until),
      escalate: (id, who, target) => escalateNow(desk, id, who, target),
      notMine: (id, who) => notMine(desk, id, who),
    },
    async acknowledgeAlert(fingerprint, who) {
      const id = await openPageOfAlert(sql, fingerprint);
      if (id !== undefined) await acknowledge(desk, id, who);
    },
    async snoozeAlert(fingerprint, who, until) {
      const id = await openPageOfAlert(sql, fingerprint);
      if (id !== undefined) await snooze(desk, id, who, until);
    },
    who: (about) => whoToCall(desk.catalog.current(), about, desk.clock.now()),
    async withRoster() {
      await rosters.refresh(sql);
      return (set) => rosters.beside(set);
    },
    stop: () => Promise.resolve(),
    onPage: (sink) => void (follower = sink),
    async start() {
      const { announce = ['handovers', 'readiness'] } = settings;
      await sql.transaction(async (tx) => {
        if (announce.includes('handovers')) await jobs.enqueue(tx, { kind: HANDOVERS, key: 'all' });
        // Whoever sets nines up has a moment to verify before being reminded.
        const first = deps.clock.now() + FIRST_WARNING_MS;
        if (announce.includes('readiness')) await jobs.enqueue(tx, { kind: READINESS, key: 'all', runAt: first, earliest: true });
      });
      // What health says lives in memory only: say again what nobody answered.
      const open = await listPageRows(sql, { state: ['triggered'], limit: MOST_OPEN });
      for (const row of open) {
        if (row.severity === 'critical' && row.escalates_at === null) desk.watch.trouble(row.id, unansweredProblem(row));
      }
      await schedules.start();
    },
  };
}

/** A call that could not be made is not put off for minutes. */
const soon = (attempt: number): number => Math.min(10_000, 1_000 * 2 ** (attempt - 1));

const byOf = (payload: unknown): string => (payload as { by?: string }).by ?? 'its alerts stopped firing.';
