/** Alertmanager's API v2: what a Prometheus sends its alerts to, and what amtool and dashboards ask. */
import { badRequest, LimitError, Problem } from '../../platform/problem.ts';
import { reply, route, type Reply, type Route as HttpRoute, type RouteRequest } from '../../platform/http/index.ts';
import type { ExternalAlerts, ExternalLimits } from '../external/index.ts';
import { configText, NO_CONFIG } from '../alertmanager/config-text.ts';
import { MatcherError } from '../alertmanager/matcher.ts';
import { routesOf } from '../alertmanager/route-tree.ts';
import type { Routing } from '../alertmanager/routing.ts';
import { alertGroups } from './alert-groups.ts';
import { postableAlerts } from './postable-alerts.ts';
import { alertFilter, NOT_SUPPRESSED, shownAlertJson, type FiringAlert, type ShownAlert, type Suppression } from './shown-alert.ts';

export interface AlertmanagerDeps {
  readonly routing: () => Routing;
  readonly now: () => number;
  readonly external: ExternalAlerts;
  readonly limits: ExternalLimits;
  /** Whether what comes with these headers is what nines itself forwards. */
  readonly isOwn: (headers: RouteRequest['headers']) => boolean;
  /** All alerts that fire. */
  readonly firing: () => Promise<FiringAlert[]>;
  /** What of these is held back, by fingerprint. */
  readonly suppressions: (alerts: readonly FiringAlert[]) => Promise<ReadonlyMap<string, Suppression>>;
}

/** The version of Alertmanager whose API this is: clients look at it. */
const SPOKEN = '0.28.0';
/** 10,000 alerts of a kilobyte and a half. */
const BODY_LIMIT = 16 * 1024 * 1024;
const started = new Date();

/** Alertmanager's errors are texts. */
export const refuse = (status: 400 | 404, problem: string): Reply => reply(status, problem);

/** Answers what a query's matchers have wrong. */
export async function orRefuse(answer: () => Promise<unknown>): Promise<unknown> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof MatcherError) return refuse(400, error.message);
    throw error;
  }
}

export function alertmanagerRoutes(deps: AlertmanagerDeps): HttpRoute[] {
  const { routing } = deps;
  return [
    route({
      method: 'POST',
      path: '/api/v2/alerts',
      access: 'intake',
      summary: "Alertmanager's API: takes alerts, as a Prometheus or amtool sends them.",
      bodyAs: 'raw',
      bodyLimit: BODY_LIMIT,
      // Its own alerts, told to itself, are known.
      handler: async ({ body, principal, headers }) =>
        deps.isOwn(headers) ? reply(200) : takeAlerts(deps, body as Buffer, principal.actor),
    }),
    route({
      method: 'GET',
      path: '/api/v2/alerts',
      access: 'viewer',
      summary: "Alertmanager's API: the alerts that fire, of rules and of senders.",
      handler: ({ search }) =>
        orRefuse(async () => {
          const filter = alertFilter(search);
          const { resolveTimeoutMs } = routing();
          const shown = (await showAlerts(deps)).filter(filter.wanted).map((one) => shownAlertJson(one, resolveTimeoutMs));
          return shown.sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
        }),
    }),
    route({
      method: 'GET',
      path: '/api/v2/alerts/groups',
      access: 'viewer',
      summary: "Alertmanager's API: the alerts that fire, in the groups that receivers are told of.",
      handler: ({ search }) => orRefuse(() => groupsAnswer(deps, search)),
    }),
    route({
      method: 'GET',
      path: '/api/v2/receivers',
      access: 'viewer',
      summary: "Alertmanager's API: the names of the receivers.",
      handler: () => routing().receivers.map((name) => ({ name })),
    }),
    route({
      method: 'GET',
      path: '/api/v2/status',
      access: 'viewer',
      summary: "Alertmanager's API: the configuration in force, its secrets hidden.",
      handler: () => {
        const { spec } = routing();
        const build = { revision: 'nines', branch: 'nines', buildUser: 'nines', buildDate: '', goVersion: '' };
        return {
          cluster: { status: 'disabled' },
          versionInfo: { version: SPOKEN, ...build },
          config: { original: spec === undefined ? NO_CONFIG : configText(spec) },
          uptime: started.toISOString(),
        };
      },
    }),
  ];
}

async function takeAlerts({ external, limits, now, routing }: AlertmanagerDeps, body: Buffer, actor: string): Promise<Reply> {
  const given = postableAlerts(parseJson(body), { now: now(), resolveTimeoutMs: routing().resolveTimeoutMs });
  if (given === undefined) return refuse(400, 'the body must be a list of alerts');
  const count = given.alerts.length + given.problems.length;
  if (count > limits.maxRequest)
    throw new LimitError(413, `${count} alerts were sent at once.`, { limit: limits.maxRequest, setting: 'externalAlerts.maxRequest' });
  await external.report(given.alerts, actor);
  return given.problems.length === 0 ? reply(200) : refuse(400, given.problems.slice(0, 20).join('; '));
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (error) {
    throw new Problem(400, 'bad-json', `The body is not JSON: ${(error as Error).message.slice(0, 200)}.`);
  }
}

async function showAlerts({ firing, suppressions, routing }: AlertmanagerDeps): Promise<ShownAlert[]> {
  const alerts = await firing();
  const held = await suppressions(alerts);
  const { root } = routing();
  return alerts.map((one) => ({
    firing: one,
    suppression: held.get(one.alert.fingerprint) ?? NOT_SUPPRESSED,
    receivers: [...new Set(routesOf(root, one.alert.labels).map(({ receiver }) => receiver))],
  }));
}

async function groupsAnswer(deps: AlertmanagerDeps, search: URLSearchParams): Promise<unknown> {
  const filter = alertFilter(search);
  const { root, resolveTimeoutMs } = deps.routing();
  const shown = (await showAlerts(deps)).filter(filter.wanted);
  const groups = alertGroups(root, shown).filter(
    ({ route, alerts }) => filter.receiver(route.receiver) && (filter.muted || alerts.some(isTold)),
  );
  if (groups.length > 50_000) throw badRequest('There are more than 50000 groups: filter them.');
  return groups.map(({ labels, route, alerts }) => ({
    labels,
    routeLabels: {},
    receiver: { name: route.receiver },
    alerts: alerts.map((one) => shownAlertJson(one, resolveTimeoutMs)),
  }));
}

const isTold = ({ suppression }: ShownAlert): boolean => suppression.silencedBy.length + suppression.inhibitedBy.length === 0;
