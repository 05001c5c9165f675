import { createHash } from 'node:crypto';
import type { Tx } from '../../platform/sql/index.ts';
import type { AlertSink, AlertState, AlertTransition } from '../alerts/index.ts';
import { firstFlush } from './decide-notify.ts';
import { flushGroup, isHeard, PAGE_JOB, type GroupDeps } from './group-flush.ts';
import { groupIds, openGroups, putMembers, resolveMembers } from './group-store.ts';
import { isPolicy, pagesByItself } from './page-policy.ts';
import { groupLabels, routesOf, type Route } from './route-tree.ts';

const FLUSH = 'alerting.group';
const REROUTE = { kind: 'alerting.reroute', key: 'all' };

export interface GroupRouter {
  /** Takes alerts down the tree of routes, and on to who pages, in the transaction that changes them. */
  readonly sink: AlertSink;
  /** The configuration may have changed: every alert that fires is taken down the tree again. */
  reroute(): Promise<void>;
}

export interface RouterDeps extends GroupDeps {
  /** All that fire now. */
  readonly firing: () => Promise<readonly AlertState[]>;
}

/** Groups alerts as alertmanager.yml says; a durable job for each group tells its receiver. Without such a file, all goes on to who pages. */
export function createGroupRouter(deps: RouterDeps): GroupRouter {
  const { sql, clock, jobs, routing, catalog, sink } = deps;
  const enter = (tx: Tx, alerts: readonly AlertState[]): Promise<void> => enterGroups(deps, tx, alerts);
  jobs.handle(FLUSH, { concurrency: 8, run: ({ key }) => flushGroup(deps, key, enter) });
  jobs.handle(PAGE_JOB, { run: ({ payload }) => sql.transaction((tx) => sink.changed(tx, payload as AlertTransition[])) });
  jobs.handle(REROUTE.kind, {
    concurrency: 1,
    async run() {
      const alerts = await deps.firing();
      const ids = await groupIds(sql);
      await sql.transaction(async (tx) => {
        await enter(tx, alerts);
        for (const key of ids) await jobs.enqueue(tx, { kind: FLUSH, key, runAt: clock.now() + GRACE_MS, earliest: true });
      });
    },
  });
  return {
    sink: {
      async changed(tx, transitions) {
        const { spec, root } = routing();
        if (spec === undefined) return sink.changed(tx, transitions);
        const set = catalog.current();
        await enter(tx, transitions.filter(({ to }) => to === 'firing').map(({ alert }) => alert)); // prettier-ignore
        const over = transitions.filter(({ to }) => to === 'resolved').map(({ alert }) => alert);
        for (const { id, receiver } of over.length === 0 ? [] : await resolveMembers(tx, over))
          if (isPolicy(set, receiver)) await jobs.enqueue(tx, { kind: FLUSH, key: id, priority: 1, earliest: true });
        const own = transitions.filter(({ to, alert }) => to === 'resolved' || pagesByItself(set, alert, routesOf(root, alert.labels)));
        if (own.length > 0) await sink.changed(tx, own);
      },
    },
    reroute: () => sql.transaction((tx) => jobs.enqueue(tx, { ...REROUTE, runAt: clock.now() + GRACE_MS })),
  };
}

/** Several edits of documents in a row are one. */
const GRACE_MS = 1_000;

interface Placed {
  readonly id: string;
  readonly route: Route;
  readonly labels: Record<string, string>;
  readonly alert: AlertState;
}

async function enterGroups({ clock, jobs, catalog, routing }: RouterDeps, tx: Tx, alerts: readonly AlertState[]): Promise<void> {
  const now = clock.now();
  const set = catalog.current();
  const current = routing();
  if (current.spec === undefined || alerts.length === 0) return;
  const placed = alerts.flatMap(
    (alert) =>
    routesOf(current.root, alert.labels).filter(({ receiver }) => isHeard(set, current, receiver)).map((route) => place(alert, route)), // prettier-ignore
  );
  if (placed.length === 0) return;
  const groups = new Map(placed.map((one) => [one.id, one]));
  const rows = [...groups.values()].map(({ id, route, labels }) => ({ id, route: route.key, receiver: route.receiver, labels, created_at: now })); // prettier-ignore
  const fresh = await openGroups(tx, rows);
  await putMembers(tx, placed.map(({ id, alert }) => ({ group: id, alert }))); // prettier-ignore
  for (const [id, { route, alert }] of groups) {
    const pages = isPolicy(set, route.receiver);
    // A page never waits for others to join it.
    const runAt = pages ? now : firstFlush(route.groupWaitMs, alert.activeAt, now);
    if (fresh.has(id) || pages) await jobs.enqueue(tx, { kind: FLUSH, key: id, runAt, priority: pages ? 0 : 2, earliest: !fresh.has(id) });
  }
}

function place(alert: AlertState, route: Route): Placed {
  const labels = groupLabels(route, alert.labels);
  const text = JSON.stringify([route.key, route.receiver, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
  return { id: createHash('sha256').update(text).digest('hex').slice(0, 24), route, labels, alert };
}
