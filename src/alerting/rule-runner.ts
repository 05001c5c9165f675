import { queryPort } from '../objectives/index.ts';
import { createLease } from '../platform/lease/index.ts';
import type { Timer } from '../platform/clock.ts';
import { AlertKeeper, AlertWriter, type AlertState, type RuleState, type AlertStore, type AlertWriterDeps } from './alerts/index.ts';
import { Evaluator, createRuleHealth, type RuleStatus } from './evaluation/index.ts';
import type { AlertingDeps } from './alerting-deps.ts';
import { defaultDocumentation, legendOf } from './lint/index.ts';
import { rulesInForce, type Rule } from './rules/index.ts';

type RuleRunnerDeps = AlertingDeps & { readonly store: AlertStore; readonly sieve?: AlertWriterDeps['sieve'] };

/** Rules, evaluated and kept: by this process, or shown as another that shares its database keeps them. */
export interface RuleRunner {
  /** Of all rules in force. */
  status(): RuleStatus[];
  now(): number;
  readonly writer: AlertWriter;
  /** Whether this process decides alerts, of those that share its database. */
  decides(): boolean;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves when no evaluation runs or is due, and all that changed is stored: for tests. */
  settle(): Promise<void>;
}

/** As Prometheus' `--rules.alert.for-outage-tolerance`: away for longer, it can't say that a pending alert's condition held. */
const OUTAGE_TOLERANCE_MS = 3_600_000;
/** So often what another process decides is read, for who looks here. */
const FOLLOW_MS = 5_000;

/**
 * One process of a database decides alerts: it has the lease, and each of its commits makes sure of that. The others evaluate
 * recording rules over what they were sent themselves, show the alerts as they are stored, and take over where it stops.
 */
export function createRuleRunner(deps: RuleRunnerDeps): RuleRunner {
  const { sql, clock, log, health, metrics, ledger, catalog, sink, alertSink, store } = deps;
  const lease = createLease({ sql, clock, log, name: 'alerting' });
  const writer = new AlertWriter({ sql, ledger, store, sink: alertSink, guard: (tx) => lease.guard(tx), sieve: deps.sieve });
  const ruleHealth = createRuleHealth({ metrics, health, log });
  let running = false;
  let deciding = false;
  let following: Timer | undefined;
  let replacing: Promise<void> = Promise.resolve();
  const decides = (): boolean => deciding && lease.held;

  const evaluator: Evaluator = new Evaluator({
    clock,
    sink,
    decides,
    query: queryPort(deps.query),
    ...(deps.url !== undefined && { externalUrl: deps.url }),
    ...(deps.rules?.externalLabels !== undefined && { externalLabels: deps.rules.externalLabels }),
    docsOf: (rule, labels) => defaultDocumentation(deps.docs ?? {}, rule, legendOf(labels)),
    runbookOf: (service) => catalog.current().get<{ runbook?: string }>('Service', service)?.spec.runbook,
    commit: (transitions, at) => writer.commit(transitions, at),
    onChanged: (key) => keeper.changed(key),
    onMissed: (rules) => ruleHealth.missed(rules),
    onEvaluated: (rule, seconds, error) => ruleHealth.evaluated(rule, seconds, error),
    onJump: (byMs) => sayJump(deps, byMs),
  });
  const keeper = new AlertKeeper({ clock, log, writer, decides, stateOf: (key) => evaluator.state(key), now: () => evaluator.now() });
  const inForce = (): Rule[] =>
    rulesInForce(catalog.current(), deps.objectives.list(), deps.defaults ?? [], {
      probeReason: deps.probeReason,
      ...(deps.rules !== undefined && { ruleDefaults: deps.rules }),
    });

  /** Whatever an edit does, alerts of rules that are gone end. */
  async function replaceRules(): Promise<void> {
    const rules = inForce();
    ruleHealth.keep(new Set(rules.map(({ key }) => key)));
    keeper.orphaned(await evaluator.replace(rules, new Map()));
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

  /** Goes on from what the process that decided before has stored. */
  async function takeOver(): Promise<void> {
    await replacing;
    const states = byRule(await writer.load(), clock.now() - ((await store.lastAlive()) ?? clock.now()));
    await evaluator.adopt(states);
    deciding = true;
    const known = new Set(evaluator.status().map(({ rule }) => rule.key));
    keeper.orphaned([...states].filter(([key]) => !known.has(key)).flatMap(([, state]) => [...state.values()]));
    evaluator.takeOver();
    keeper.start();
    await keeper.flush();
  }

  async function follow(): Promise<void> {
    if (!decides()) await evaluator.adopt(byRule(await store.ofRules(), 0));
  }
  const keepFollowing = (): void => {
    following = clock.after(FOLLOW_MS, () => {
      follow()
        .catch((error: unknown) => log.warn({ err: error }, 'the alerts that another nines decides could not be read'))
        .finally(() => running && keepFollowing());
    });
  };

  catalog.onChange(() => {
    if (running) apply();
  });
  deps.onArrival((names, newest) => {
    if (running) evaluator.arrived(names, newest);
  });

  return {
    status: () => evaluator.status(),
    now: () => evaluator.now(),
    writer,
    decides,
    async start() {
      running = true;
      apply();
      await replacing;
      await lease.start({ gained: takeOver, lost: async () => void (deciding = false) });
      if (sql.exclusive) return;
      await follow();
      keepFollowing();
    },
    async stop() {
      running = false;
      following?.cancel();
      await replacing;
      await evaluator.stop();
      await keeper.stop();
      await lease.stop();
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
  };
}

function byRule(alerts: readonly AlertState[], away: number): Map<string, RuleState> {
  const states = new Map<string, Map<string, AlertState>>();
  for (const alert of alerts) {
    if (alert.state === 'pending' && away > OUTAGE_TOLERANCE_MS) continue;
    const state = states.get(alert.ruleKey) ?? new Map<string, AlertState>();
    states.set(alert.ruleKey, state.set(alert.fingerprint, alert));
  }
  return states;
}

function sayJump({ log, clock, health }: RuleRunnerDeps, byMs: number): void {
  log.warn({ byMs }, 'the clock jumped: alerts are decided on samples from after it');
  if (byMs > 0) return;
  const until = new Date(clock.now() - byMs).toISOString();
  const problem = `The clock was set back: until ${until} new samples stand among old ones, and rules over ranges ([5m]) neither fire nor resolve.`;
  health.report('alerting.clock', 'degraded', problem);
  clock.after(-byMs, () => health.report('alerting.clock', 'ok'));
}
