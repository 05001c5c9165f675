import type { Catalog } from '../catalog/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { MetricUse, QueryEngine, SampleSink } from '../monitoring/index.ts';
import { queryPort, type Objectives } from '../objectives/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Health } from '../platform/health.ts';
import type { Route } from '../platform/http/index.ts';
import type { Jobs } from '../platform/jobs/index.ts';
import type { Log } from '../platform/log.ts';
import type { Registry } from '../platform/metrics.ts';
import type { Sql } from '../platform/sql/index.ts';
import type { AlertSink, AlertState } from './alert.ts';
import { AlertKeeper } from './alert-keeper.ts';
import { createAlertStore } from './alert-store.ts';
import { AlertWriter } from './alert-writer.ts';
import { createExternalAlerts, DEFAULT_EXTERNAL_LIMITS, type ExternalAlerts, type ExternalLimits } from './external/index.ts';
import { Evaluator, type RuleStatus } from './evaluator.ts';
import type { RuleState } from './evaluate-rule.ts';
import { prometheusRoutes } from './prometheus-routes.ts';
import { alertRoutes } from './routes.ts';
import { createRuleHealth } from './rule-health.ts';
import { ruleUses } from './rule-uses.ts';
import type { RuleDefaults } from './rules-of-file.ts';
import { rulesInForce, type DefaultRuleFile } from './rules-in-force.ts';

export interface AlertingDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
  readonly health: Health;
  readonly jobs: Jobs;
  readonly metrics: Registry;
  readonly ledger: Ledger;
  readonly catalog: Catalog;
  readonly query: Pick<QueryEngine, 'instant' | 'range'>;
  /** Where recording rules write. */
  readonly sink: SampleSink;
  readonly onArrival: (listener: (metrics: ReadonlySet<string>, newest: number) => void) => void;
  readonly objectives: Pick<Objectives, 'list'>;
  readonly alertSink: AlertSink;
  /** Of alerts that others decide. */
  readonly externalLimits?: ExternalLimits;
  /** Rule files that come with nines. */
  readonly defaults?: readonly DefaultRuleFile[];
  /** The address people open nines at: `$externalURL`. */
  readonly url?: string;
  /** For rule files whose groups, and whose prometheus.yml, don't say. */
  readonly rules?: RuleDefaults;
  /** The reason of a probe's last failure, in words. */
  readonly probeReason?: (probe: string) => string | undefined;
}

export interface Alerting {
  readonly routes: Route[];
  /** Takes up the alerts of the last process and begins to evaluate. Once the documents in force are known: an alert without a rule ends. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves when no evaluation runs or is due, and all that changed is stored: for tests. */
  settle(): Promise<void>;
  /** Alerts that others decide. */
  readonly external: ExternalAlerts;
  /** Alerts of rules that are pending, fire, or were resolved within the last quarter of an hour. */
  alerts(): AlertState[];
  /** The metrics that rules read. */
  uses(): MetricUse[];
}

/** As Prometheus' `--rules.alert.for-outage-tolerance`: away for longer, it can't say that a pending alert's condition held. */
const OUTAGE_TOLERANCE_MS = 3_600_000;

function lagOf(rules: readonly RuleStatus[], now: number): number {
  let lag = 0;
  for (const { rule, lastEvaluation } of rules)
    if (lastEvaluation !== undefined) lag = Math.max(lag, now - lastEvaluation - rule.intervalMs);
  return lag / 1000;
}

export function createAlerting(deps: AlertingDeps): Alerting {
  const { sql, clock, log, health, metrics, ledger, catalog, sink, onArrival, objectives, alertSink, defaults = [] } = deps;
  const store = createAlertStore(sql);
  const writer = new AlertWriter({ sql, ledger, store, sink: alertSink });
  const external = createExternalAlerts({
    sql,
    clock,
    jobs: deps.jobs,
    store,
    writer,
    limits: deps.externalLimits ?? DEFAULT_EXTERNAL_LIMITS,
  });
  const ruleHealth = createRuleHealth({ metrics, health, log });
  let leftovers = new Map<string, RuleState>();
  let running = false;
  let replacing: Promise<void> = Promise.resolve();

  const evaluator: Evaluator = new Evaluator({
    clock,
    sink,
    query: queryPort(deps.query),
    ...(deps.url !== undefined && { externalUrl: deps.url }),
    ...(deps.rules?.externalLabels !== undefined && { externalLabels: deps.rules.externalLabels }),
    runbookOf: (service) => catalog.current().get<{ runbook?: string }>('Service', service)?.spec.runbook,
    commit: (transitions, at) => writer.commit(transitions, at),
    onChanged: (key) => keeper.changed(key),
    onMissed: (rules) => ruleHealth.missed(rules),
    onEvaluated: (rule, seconds, error) => ruleHealth.evaluated(rule, seconds, error),
    onJump(byMs) {
      log.warn({ byMs }, 'the clock jumped: alerts are decided on samples from after it');
      if (byMs > 0) return;
      const until = new Date(clock.now() - byMs).toISOString();
      const problem = `The clock was set back: until ${until} new samples stand among old ones, and rules over ranges ([5m]) neither fire nor resolve.`;
      health.report('alerting.clock', 'degraded', problem);
      clock.after(-byMs, () => health.report('alerting.clock', 'ok'));
    },
  });
  const keeper = new AlertKeeper({ clock, log, writer, stateOf: (key) => evaluator.state(key), now: () => evaluator.now() });
  const all = (): AlertState[] => evaluator.status().flatMap(({ state }) => [...state.values()]);
  metrics.gauge({ name: 'nines_alerting_rules', help: 'Rules in force.', collect: () => evaluator.status().length });
  metrics.gauge({
    name: 'nines_alerting_lag_seconds',
    help: 'How far the rule that is furthest behind is behind its interval.',
    collect: () => lagOf(evaluator.status(), evaluator.now()),
  });
  metrics.gauge({
    name: 'nines_alerting_firing',
    help: 'Alerts that fire.',
    collect: () => all().filter(({ state }) => state === 'firing').length,
  });

  /** Whatever an edit does, alerts of rules that are gone end. */
  async function replaceRules(): Promise<void> {
    const rules = rulesInForce(catalog.current(), objectives.list(), defaults, {
      probeReason: deps.probeReason,
      ...(deps.rules !== undefined && { ruleDefaults: deps.rules }),
    });
    const states = leftovers;
    leftovers = new Map();
    const keys = new Set(rules.map(({ key }) => key));
    ruleHealth.keep(keys);
    keeper.orphaned([...states].filter(([key]) => !keys.has(key)).flatMap(([, state]) => [...state.values()]));
    keeper.orphaned(await evaluator.replace(rules, states));
    await keeper.flush();
  }

  function apply(): void {
    replacing = replacing
      .then(replaceRules)
      .then(() => health.report('alerting.edit', 'ok'))
      .catch((error: unknown) => {
        log.error({ err: error }, 'the rules could not be taken up');
        health.report(
          'alerting.edit',
          'degraded',
          'An edit of the rules could not be taken up: the last ones are in force. The log has the reason.',
        );
      });
  }

  /** The alerts of an earlier process. */
  async function takeUp(): Promise<void> {
    const alerts = await writer.load();
    const away = clock.now() - ((await store.lastAlive()) ?? clock.now());
    for (const alert of alerts) {
      if (alert.state === 'pending' && away > OUTAGE_TOLERANCE_MS) continue;
      const state = new Map(leftovers.get(alert.ruleKey));
      leftovers.set(alert.ruleKey, state.set(alert.fingerprint, alert));
    }
  }

  catalog.onChange(() => {
    if (running) apply();
  });
  onArrival((names, newest) => {
    if (running) evaluator.arrived(names, newest);
  });

  return {
    routes: [...alertRoutes(all, () => external.list()), ...prometheusRoutes(() => evaluator.status())],
    async start() {
      await takeUp();
      running = true;
      apply();
      await replacing;
      keeper.start();
    },
    async stop() {
      running = false;
      await replacing;
      await evaluator.stop();
      await keeper.stop();
    },
    async settle() {
      // What can't be stored stays unsettled: a few times are enough.
      for (let tries = 0; tries < 5; tries++) {
        await replacing;
        await evaluator.idle();
        await (keeper.clean ? keeper.idle() : keeper.flush());
        if (keeper.clean) return;
      }
    },
    external,
    alerts: all,
    uses: () => ruleUses(evaluator.status().map(({ rule }) => rule)),
  };
}
