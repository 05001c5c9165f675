import type { Catalog } from '../../catalog/index.ts';
import { route, type Route as HttpRoute } from '../../platform/http/index.ts';
import type { AlertState } from '../alerts/index.ts';
import { alertRouteTree, type AlertRouteTree } from '../contract.ts';
import type { AlertmanagerSpec } from './config-spec.ts';
import { maySpeak } from './decide-notify.ts';
import { formatMatcher } from './matcher.ts';
import { isPolicy, pagesByItself } from './page-policy.ts';
import { integrationsOf } from './receiver-messages.ts';
import { allRoutes, routesOf, type Route } from './route-tree.ts';
import type { Routing } from './routing.ts';

interface Deps {
  readonly routing: () => Routing;
  readonly catalog: Catalog;
  readonly firing: () => Promise<readonly AlertState[]>;
  readonly now: () => number;
}

/** So many alerts are named; a storm is in the figures. */
const MOST_ALERTS = 500;

/** The tree of routes in force, its receivers, and where each alert that fires goes. */
export function routeBook({ routing, catalog, firing, now }: Deps): HttpRoute {
  return route({
    method: 'GET',
    path: '/nines/v1/alert-routes/tree',
    access: 'viewer',
    summary: 'The routes of the alertmanager.yml in force, its receivers, and where each alert that fires goes',
    response: alertRouteTree,
    async handler(): Promise<AlertRouteTree> {
      const { file, spec, root } = routing();
      const set = catalog.current();
      const routes = spec === undefined ? [] : allRoutes(root);
      const counts = new Map<string, number>();
      const alerts = (await firing()).map((alert) => {
        const taken = spec === undefined ? [] : routesOf(root, alert.labels);
        for (const { id } of taken) counts.set(id, (counts.get(id) ?? 0) + 1);
        const { fingerprint, rule, service, severity } = alert;
        return { fingerprint, rule, service, severity, routes: taken.map(({ id }) => id), pages: spec === undefined || pagesByItself(set, alert, taken) };
      });
      return {
        file,
        routes: routes.map((one) => ({ ...routeJson(one, now()), pages: isPolicy(set, one.receiver), alerts: counts.get(one.id) ?? 0 })),
        receivers: spec === undefined ? [] : receiversOf(spec).map((one) => ({ ...one, policy: isPolicy(set, one.name) })),
        alerts: alerts.slice(0, MOST_ALERTS),
        firing: alerts.length,
      };
    },
  });
} // prettier-ignore

const routeJson = (one: Route, now: number) => ({
  id: one.id,
  matchers: one.matchers.map(formatMatcher),
  receiver: one.receiver,
  groupBy: one.groupBy === undefined ? null : [...one.groupBy],
  groupWaitMs: one.groupWaitMs,
  groupIntervalMs: one.groupIntervalMs,
  repeatIntervalMs: one.repeatIntervalMs,
  muted: [...one.mutedNames],
  active: [...one.activeNames],
  continues: one.continues,
  quiet: !maySpeak(one, now),
});

/** What each receiver tells: `slack`, `webhook`, without their addresses, which are secrets. */
const receiversOf = (spec: AlertmanagerSpec) =>
  (spec.receivers ?? []).map((one) => ({
    name: one.name,
    channels: integrationsOf(one).map(({ key }) => key.replace(/_configs\/\d+$/, '')),
  }));
