import type { Catalog } from '../catalog/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { QueryEngine, SampleSink } from '../monitoring/index.ts';
import { queryPort, type Objectives } from '../objectives/index.ts';
import type { Clock, Timer } from '../platform/clock.ts';
import type { Health } from '../platform/health.ts';
import type { Route } from '../platform/http/index.ts';
import type { Log } from '../platform/log.ts';
import type { Registry } from '../platform/metrics.ts';
import type { Sql } from '../platform/sql/index.ts';
import type { AlertSink, AlertState, AlertTransition } from './alert.ts';
import { createAlertStore } from './alert-store.ts';
import { AlertWriter } from './alert-writer.ts';
import { Evaluator } from './evaluator.ts';
import type { RuleState } from './evaluate-rule.ts';
import { prometheusRoutes } from './prometheus-routes.ts';
import { alertRoutes } from './routes.ts';
import { rulesInForce, type DefaultRuleFile } from './rules-in-force.ts';

export interface AlertingDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
  readonly health: Health;
  readonly metrics: Registry;
  readonly ledger: Ledger;
  readonly catalog: Catalog;
  readonly query: Pick<QueryEngine, 'instant' | 'range'>;
  /** Where recording rules write. */
  readonly sink: SampleSink;
  readonly onArrival: (listener: (metrics: ReadonlySet<string>, newest: number) => void) => void;
  readonly objectives: Pick<Objectives, 'list'>;
  readonly alertSink: AlertSink;
  /** Rule files that come with nines. */
  readonly defaults?: readonly DefaultRuleFile[];
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
  /** Alerts that are pending, fire, or were resolved within the last quarter of an hour. */
  alerts(): AlertState[];
}

const FLUSH_MS = 1_000;
const ALIVE_MS = 15_000;
/** As Prometheus' `--rules.alert.for-outage-tolerance`: away for longer, it can't say that a pending alert's condition held. */
const OUTAGE_TOLERANCE_MS = 3_600_000;

export function createAlerting(deps: AlertingDeps): Alerting {
  const { sql, clock, log, health, metrics, ledger, catalog, sink, onArrival, objectives, alertSink, defaults = [] } = deps;
  const store = createAlertStore(sql);
  const writer = new AlertWriter({ sql, ledger, store, sink: alertSink });
  const evaluations = metrics.counter({ name: 'nines_alerting_evaluations_total', help: 'Evaluations of rules.' });
  const failures = metrics.counter({ name: 'nines_alerting_failures_total', help: 'Evaluations of rules that failed.' });
  const duration = metrics.histogram({ name: 'nines_alerting_evaluation_seconds', help: 'How long an evaluation of a rule took.' });
  metrics.gauge({ name: 'nines_alerting_rules', help: 'Rules in force.', collect: () => evaluator.status().length });
  metrics.gauge({
    name: 'nines_alerting_firing',
    help: 'Alerts that fire.',
    collect: () => all().filter(({ state }) => state === 'firing').length,
  });
  const failing = new Set<string>();
  const dirty = new Set<string>();
  let leftovers = new Map<string, RuleState>();
  let orphans: AlertState[] = [];
  let started = false;
  let stopped = false;
  let replacing: Promise<void> = Promise.resolve();
  let flushing: Promise<void> | undefined;
  let flushTimer: Timer | undefined;
  let aliveTimer: Timer | undefined;

  const evaluator = new Evaluator({
    clock,
    sink,
    query: queryPort(deps.query),
    runbookOf: (service) => catalog.current().get<{ runbook?: string }>('Service', service)?.spec.runbook,
    commit: (transitions, at) => writer.commit(transitions, at),
    onChanged(key) {
      dirty.add(key);
      flushTimer ??= clock.after(FLUSH_MS, () => void flush());
    },
    onEvaluated(rule, seconds, error) {
      evaluations.inc();
      duration.observe(seconds);
      if (error === undefined ? !failing.delete(rule.key) : failing.has(rule.key)) return;
      if (error !== undefined) {
        failures.inc();
        failing.add(rule.key);
        log.warn({ err: error, rule: rule.key }, 'a rule could not be evaluated');
      }
      const [first] = failing;
      const problem = `${failing.size} rules can't be evaluated, such as ${first}: see the list of rules for the reason`;
      health.report('alerting.rules', failing.size === 0 ? 'ok' : 'degraded', failing.size === 0 ? '' : problem);
    },
    onJump(byMs) {
      log.warn({ byMs }, 'the clock jumped: alerts are decided on samples from after it');
      if (byMs > 0) return;
      const until = new Date(clock.now() - byMs).toISOString();
      const problem = `The clock was set back: until ${until} new samples stand among old ones, and rules over ranges ([5m]) neither fire nor resolve.`;
      health.report('alerting.clock', 'degraded', problem);
      clock.after(-byMs, () => health.report('alerting.clock', 'ok'));
    },
  });

  async function flush(): Promise<void> {
    flushTimer?.cancel();
    flushTimer = undefined;
    // One after the other: the later one must not be overtaken by what the earlier saw.
    await flushing;
    if (orphans.length > 0) apply();
    const states = new Map([...dirty].map((key) => [key, evaluator.state(key) ?? new Map()]));
    dirty.clear();
    flushing = writer
      .flush(states, evaluator.now())
      .catch((error: unknown) => {
        for (const key of states.keys()) dirty.add(key);
        log.error({ err: error }, 'pending alerts could not be stored');
        if (!stopped) flushTimer ??= clock.after(FLUSH_MS, () => void flush());
      })
      .finally(() => (flushing = undefined));
    await flushing;
  }

  /** Ends alerts whose rules are no more; those that could not be stored are tried again. */
  async function endOrphans(): Promise<void> {
    if (orphans.length === 0) return;
    const now = evaluator.now();
    const ending = orphans;
    orphans = [];
    const resolved = ending
      .filter(({ state }) => state === 'firing')
      .map((alert): AlertState => ({ ...alert, state: 'resolved', resolvedAt: now, keepFiringSince: null }));
    try {
      const transitions = resolved.map((alert): AlertTransition => ({ to: 'resolved', alert, groupKey: alert.groupKey }));
      if (resolved.length > 0) await writer.commit(transitions, now);
      for (const { ruleKey } of ending) dirty.add(ruleKey);
    } catch (error) {
      orphans.push(...ending);
      throw error;
    }
  }

  /** Whatever an edit does, alerts of rules that are gone end. */
  async function replaceRules(): Promise<void> {
    const rules = rulesInForce(catalog.current(), objectives.list(), defaults, { probeReason: deps.probeReason });
    const states = leftovers;
    leftovers = new Map();
    const keys = new Set(rules.map(({ key }) => key));
    orphans.push(...[...states].filter(([key]) => !keys.has(key)).flatMap(([, state]) => [...state.values()]));
    orphans.push(...(await evaluator.replace(rules, states)));
    for (const key of failing) if (!keys.has(key)) failing.delete(key);
    flushTimer ??= clock.after(FLUSH_MS, () => void flush());
    await endOrphans();
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
          'An edit of the rules could not be taken up in full; it is tried again. The log has the reason.',
        );
      });
  }

  catalog.onChange(() => {
    if (started && !stopped) apply();
  });
  onArrival((names, newest) => {
    if (started && !stopped) evaluator.arrived(names, newest);
  });

  function stayAlive(): void {
    aliveTimer = clock.after(ALIVE_MS, () => {
      void flush();
      stayAlive();
    });
  }

  const all = (): AlertState[] => evaluator.status().flatMap(({ state }) => [...state.values()]);
  const alerting: Omit<Alerting, 'routes'> = {
    async start() {
      const alerts = await writer.load();
      const away = clock.now() - ((await store.lastAlive()) ?? clock.now());
      for (const alert of alerts) {
        if (alert.state === 'pending' && away > OUTAGE_TOLERANCE_MS) continue;
        const state = new Map(leftovers.get(alert.ruleKey));
        leftovers.set(alert.ruleKey, state.set(alert.fingerprint, alert));
      }
      started = true;
      apply();
      await replacing;
      stayAlive();
    },
    async stop() {
      stopped = true;
      aliveTimer?.cancel();
      await replacing;
      await evaluator.stop();
      await flush();
      flushTimer?.cancel();
    },
    async settle() {
      do {
        await replacing;
        await evaluator.idle();
        if (dirty.size > 0) await flush();
        await flushing;
      } while (dirty.size > 0);
    },
    alerts: all,
  };
  const ruleStatus = () => evaluator.status();
  return { ...alerting, routes: [...alertRoutes(alerting.alerts), ...prometheusRoutes(ruleStatus)] };
}
