import type { MetricUse } from '../monitoring/index.ts';
import type { Route } from '../platform/http/index.ts';
import { createAlertStore, type AlertState } from './alerts/index.ts';
import type { AlertingDeps } from './alerting-deps.ts';
import { createGroupRouter, createRouting, createTemplateFiles, followConfig, routeBook, routeLookup } from './alertmanager/index.ts';
import {
  alertmanagerRoutes,
  createForwarder,
  isForwarded,
  silenceRoutes,
  suppressionOf,
  type FiringAlert,
} from './alertmanager-api/index.ts';
import { documentRules, prometheusRoutes } from './prometheus-api/index.ts';
import { createExternalAlerts, DEFAULT_EXTERNAL_LIMITS, type ExternalAlerts } from './external/index.ts';
import type { RuleStatus } from './evaluation/index.ts';
import { createRuleRunner } from './rule-runner.ts';
import { lintRoutes } from './lint/index.ts';
import { createMuting, type Muting } from './muting/index.ts';
import { alertRoutes } from './routes.ts';
import { ruleUses, type Rule } from './rules/index.ts';

export interface Alerting {
  readonly routes: Route[];
  /** Takes up the alerts of the last process and begins to evaluate. Once the documents in force are known: an alert without a rule ends. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves when no evaluation runs or is due, and all that changed is stored: for tests. */
  settle(): Promise<void>;
  /** Alerts that others decide. */
  readonly external: ExternalAlerts;
  /** What holds pages back. */
  readonly muting: Muting;
  /** Whether this process decides alerts, of those that share its database. */
  decides(): boolean;
  /** Alerts of rules that are pending, fire, or were resolved within the last quarter of an hour. */
  alerts(): AlertState[];
  /** The rules in force. */
  rules(): Rule[];
  /** The metrics that rules read. */
  uses(): MetricUse[];
}

function lagOf(rules: readonly RuleStatus[], now: number): number {
  let lag = 0;
  for (const { rule, lastEvaluation } of rules)
    if (lastEvaluation !== undefined) lag = Math.max(lag, now - lastEvaluation - rule.intervalMs);
  return lag / 1000;
}

const fingerprintsOf = (alerts: readonly AlertState[]): string[] => alerts.map(({ fingerprint }) => fingerprint);

/** Of rules, and of those who decide by themselves. */
async function knownAlerts(ofRules: () => AlertState[], external: ExternalAlerts, now: () => number): Promise<FiringAlert[]> {
  const own = ofRules().map((alert) => ({ alert, endsAt: null, updatedAt: now(), generatorUrl: null }));
  return [...own, ...(await external.list())];
}

export function createAlerting(deps: AlertingDeps): Alerting {
  const { sql, clock, metrics, jobs, catalog, docs = {} } = deps;
  const store = createAlertStore(sql);
  const routing = createRouting(catalog);
  const router = createGroupRouter({
    sql,
    clock,
    jobs,
    catalog,
    routing,
    delivery: deps.delivery,
    sink: deps.alertSink,
    heldBack: (alerts) => muting.muted(sql, fingerprintsOf(alerts)),
    firing: () => firingAlerts(),
    templates: createTemplateFiles({ ...deps, routing, root: deps.config ?? '.' }),
    url: deps.url ?? '',
  });
  const muting: Muting = createMuting({ ...deps, sink: router.sink });
  const runner = createRuleRunner({ ...deps, alertSink: router.sink, store, sieve: muting.sieve });
  const { writer } = runner;
  const limits = deps.externalLimits ?? DEFAULT_EXTERNAL_LIMITS;
  const external = createExternalAlerts({ ...deps, store, writer, limits, watch: deps });
  const all = (): AlertState[] => runner.status().flatMap(({ state }) => [...state.values()]);
  const now = (): number => clock.now();
  const firing = async () => (await knownAlerts(all, external, now)).filter(({ alert }) => alert.state === 'firing');
  const firingAlerts = async (): Promise<AlertState[]> => (await firing()).map(({ alert }) => alert);
  const follow = followConfig(catalog, router);
  const forward = createForwarder({
    sql,
    clock,
    jobs,
    health: deps.health,
    targets: deps.alertmanagers ?? [],
    ...(deps.foundAlertmanagers && { found: deps.foundAlertmanagers }),
    alerts: async () => (await knownAlerts(all, external, now)).filter(({ alert }) => alert.state !== 'pending' && isForwarded(alert.ruleKey)), // prettier-ignore
    url: deps.url ?? '',
  });
  const alertmanager = alertmanagerRoutes({
    routing,
    now,
    external,
    limits,
    isOwn: forward.isOwn,
    firing,
    suppressions: async (alerts) => {
      const mutes = await muting.mutes(sql, fingerprintsOf(alerts.map(({ alert }) => alert)));
      return new Map([...mutes].map(([fingerprint, mute]) => [fingerprint, suppressionOf(mute)]));
    },
  });
  metrics.gauge({ name: 'nines_alerting_rules', help: 'Rules in force.', collect: () => runner.status().length });
  metrics.gauge({
    name: 'nines_alerting_lag_seconds',
    help: 'How far the rule that is furthest behind is behind its interval.',
    collect: () => lagOf(runner.status(), runner.now()),
  });
  metrics.gauge({
    name: 'nines_alerting_firing',
    help: 'Alerts that fire.',
    collect: () => all().filter(({ state }) => state === 'firing').length,
  });
  return {
    routes: [
      ...alertRoutes({ alerts: all, external: () => external.list(), mutes: () => muting.mutes(sql) }),
      ...muting.routes,
      ...prometheusRoutes(() => runner.status(), () => documentRules({ sql, catalog, now, external: () => external.list() })), // prettier-ignore
      ...alertmanager,
      routeLookup({ routing, catalog, now }),
      routeBook({ routing, catalog, firing: firingAlerts, now }),
      ...silenceRoutes({ silences: muting.silences, now }),
      ...lintRoutes({ rules: () => runner.status().map(({ rule }) => rule), set: () => catalog.current(), settings: docs }),
    ],
    async start() {
      await runner.start();
      await muting.start();
      await follow();
      await forward.start();
      // What the last process left is not waited for.
      external
        .idle()
        .catch((error: unknown) => deps.log.error({ err: error }, 'what waits in the inbox could not be worked off; it is tried again'));
    },
    async stop() {
      await external.stop();
      await runner.stop();
    },
    settle: () => runner.settle(),
    external,
    muting,
    decides: runner.decides,
    alerts: all,
    rules: () => runner.status().map(({ rule }) => rule),
    uses: () => ruleUses(runner.status().map(({ rule }) => rule)),
  };
}
