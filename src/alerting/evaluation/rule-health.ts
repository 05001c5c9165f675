import type { Health } from '../../platform/health.ts';
import type { Log } from '../../platform/log.ts';
import type { Registry } from '../../platform/metrics.ts';
import type { Rule } from '../rules/index.ts';

/** Takes note of how evaluations went: metrics, one line of log when a rule begins to fail, and the UI's banner. */
export interface RuleHealth {
  evaluated(rule: Rule, seconds: number, error: Error | undefined): void;
  /** So many rules were still at their last turn when the next one came. */
  missed(rules: number): void;
  /** Only these rules are there from now on. */
  keep(keys: ReadonlySet<string>): void;
}

export function createRuleHealth({ metrics, health, log }: { metrics: Registry; health: Health; log: Log }): RuleHealth {
  const evaluations = metrics.counter({ name: 'nines_alerting_evaluations_total', help: 'Evaluations of rules.' });
  const failures = metrics.counter({ name: 'nines_alerting_failures_total', help: 'Evaluations of rules that failed.' });
  const duration = metrics.histogram({ name: 'nines_alerting_evaluation_seconds', help: 'How long an evaluation of a rule took.' });
  const missed = metrics.counter({
    name: 'nines_alerting_missed_total',
    help: 'Evaluations of rules that were left out because the one before had not ended.',
  });
  const failing = new Set<string>();

  function tell(): void {
    const [first] = failing;
    const what = failing.size === 1 ? `The rule ${first} can't be evaluated` : `${failing.size} rules can't be evaluated, such as ${first}`;
    health.report(
      'alerting.rules',
      failing.size === 0 ? 'ok' : 'degraded',
      failing.size === 0 ? '' : `${what}: the list of rules has the reason.`,
    );
  }

  return {
    evaluated(rule, seconds, error) {
      evaluations.inc();
      duration.observe(seconds);
      if (error !== undefined) failures.inc();
      if (failing.has(rule.key) === (error !== undefined)) return;
      if (error === undefined) failing.delete(rule.key);
      else {
        failing.add(rule.key);
        log.warn({ err: error, rule: rule.key }, 'a rule can not be evaluated');
      }
      tell();
    },
    missed: (rules) => missed.inc({}, rules),
    keep(keys) {
      const before = failing.size;
      for (const key of failing) if (!keys.has(key)) failing.delete(key);
      if (failing.size !== before) tell();
    },
  };
}
