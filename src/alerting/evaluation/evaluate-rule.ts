/** What a rule's result makes of its alerts: pure, and as Prometheus does it (rules/alerting.go, `AlertingRule.Eval`). */
import type { Histogram } from '../../monitoring/index.ts';
import {
  fingerprintOf,
  groupKeyOf,
  RESOLVED_RETENTION_MS,
  type AlertState,
  type AlertTransition,
  type RuleState,
} from '../alerts/index.ts';
import { severityOf, type AlertRule } from '../rules/index.ts';
import type { Queries, TemplateInput } from '../template/index.ts';

export interface RuleSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Where the sample is a native histogram; `value` is NaN then. */
  readonly histogram?: Histogram;
}

export interface EvaluationContext {
  /** The evaluation's time in milliseconds: all durations are differences of such times. */
  readonly now: number;
  /** Added as annotation `runbook_url` to alerts of the service that have none. */
  readonly runbookOf?: (service: string) => string | undefined;
  /** The same for alerts whose service has none. */
  readonly docsOf?: ((rule: string, labels: Readonly<Record<string, string>>) => string | undefined) | undefined;
  /**
   * Whether what is known of the series behind these labels is recent enough to act on. After a start or a jump of the clock
   * a series may only seem to be gone. Everywhere by default.
   */
  readonly known?: (labels: Readonly<Record<string, string>>) => boolean;
  /** Answers of the queries in templates: what is missing is noted there, and the evaluation is done again once it is known. */
  readonly queries?: Queries;
  readonly externalLabels?: Readonly<Record<string, string>>;
  readonly externalUrl?: string;
}

export interface Evaluation {
  readonly state: RuleState;
  /** In the order of the result; what resolves comes last. */
  readonly transitions: readonly AlertTransition[];
  /** Whether a decision was (or would be) made that needs `known`: something fires, resolves or is no longer pending. */
  readonly decided: boolean;
  /** How many results were too many. */
  readonly leftOut: number;
}

/** More alerts of one rule tell a person nothing: the first ones page, and the rule says that others are left out. */
export const MAX_ALERTS = 1_000;

/** The result breaks a rule of the format: two samples with the same labels, or more than the group's limit. */
export class EvaluationError extends Error {}

/** Throws `EvaluationError`. */
export function evaluateRule(rule: AlertRule, before: RuleState, vector: readonly RuleSample[], context: EvaluationContext): Evaluation {
  const { now, known = () => true } = context;
  const active = new Map<string, AlertState>();
  for (const sample of vector) {
    const alert = alertOf(rule, sample, before, context);
    if (active.has(alert.fingerprint)) {
      throw new EvaluationError(
        `vector contains metrics with the same labelset after applying alert labels: ${JSON.stringify(alert.labels)}`,
      );
    }
    active.set(alert.fingerprint, alert);
  }
  if (rule.limit > 0 && active.size > rule.limit) throw new EvaluationError(`exceeded limit of ${rule.limit} with ${active.size} alerts`);
  const leftOut = leaveOut(active, before);

  const state = new Map<string, AlertState>();
  const transitions: AlertTransition[] = [];
  let decided = false;
  const go = (to: 'firing' | 'resolved', alert: AlertState): void => {
    transitions.push({ to, alert, groupKey: alert.groupKey });
    state.set(alert.fingerprint, alert);
  };
  for (const [fingerprint, alert] of active) {
    const due = alert.state === 'pending' && now - alert.activeAt >= rule.forMs;
    decided ||= due;
    if (due && known(alert.labels)) go('firing', { ...alert, state: 'firing', firedAt: now });
    else state.set(fingerprint, alert);
  }
  for (const [fingerprint, alert] of before) {
    if (active.has(fingerprint)) continue;
    if (alert.state === 'resolved') {
      if (now - (alert.resolvedAt ?? now) <= RESOLVED_RETENTION_MS) state.set(fingerprint, alert);
      continue;
    }
    decided = true;
    if (!known(alert.labels)) {
      state.set(fingerprint, alert);
      continue;
    }
    if (alert.state === 'pending') continue;
    const since = alert.keepFiringSince ?? now;
    if (now - since < rule.keepFiringForMs) state.set(fingerprint, { ...alert, keepFiringSince: since });
    else go('resolved', { ...alert, state: 'resolved', resolvedAt: now, keepFiringSince: null });
  }
  return { state, transitions, decided, leftOut };
}

/** Takes away what is more than `MAX_ALERTS`, new ones first: an alert that is there stays there. */
function leaveOut(active: Map<string, AlertState>, before: RuleState): number {
  const excess = active.size - MAX_ALERTS;
  if (excess <= 0) return 0;
  const fresh = [...active.keys()].filter((fingerprint) => before.get(fingerprint)?.state === undefined);
  const others = [...active.keys()].filter((fingerprint) => before.get(fingerprint)?.state === 'resolved');
  for (const fingerprint of [...fresh.reverse(), ...others].slice(0, excess)) active.delete(fingerprint);
  return excess;
}

/** The alert of a sample: the one it already has, with its new value, or a new one. */
function alertOf(rule: AlertRule, sample: RuleSample, before: RuleState, context: EvaluationContext): AlertState {
  const { __name__: _, ...own } = sample.labels;
  const { now, queries, externalLabels, externalUrl } = context;
  const input: TemplateInput = {
    labels: sample.labels,
    value: sample.value,
    name: rule.name,
    now,
    ...(queries !== undefined && { queries }),
    ...(externalLabels !== undefined && { externalLabels }),
    ...(externalUrl !== undefined && { externalUrl }),
  };
  const labels: Record<string, string> = { ...own };
  for (const [name, template] of rule.labels) labels[name] = template.expand(input);
  labels.alertname = rule.name;
  // As in Prometheus an empty label is no label.
  for (const name of Object.keys(labels)) if (labels[name] === '') delete labels[name];
  const overlay = rule.overlay?.(own, sample.value);
  const severity = overlay?.severity ?? severityOf(labels.severity);
  const service = overlay?.service ?? labels.service ?? null;
  const fingerprint = fingerprintOf(rule.key, labels);
  const known = before.get(fingerprint);
  const old = known === undefined || known.state === 'resolved' ? undefined : known;
  const annotations: Record<string, string> = {};
  for (const [name, template] of rule.annotations) annotations[name] = template.expand(input);
  Object.assign(annotations, overlay?.annotations);
  const runbook = (service === null ? undefined : context.runbookOf?.(service)) ?? context.docsOf?.(rule.name, labels);
  if (annotations.runbook_url === undefined && runbook !== undefined) annotations.runbook_url = runbook;
  return {
    fingerprint,
    ruleKey: rule.key,
    rule: rule.name,
    group: rule.group,
    severity,
    service,
    groupKey: groupKeyOf(service, severity, rule.group),
    expr: rule.expr,
    labels,
    annotations,
    value: sample.value,
    state: old?.state ?? 'pending',
    activeAt: old?.activeAt ?? now,
    firedAt: old?.firedAt ?? null,
    resolvedAt: null,
    keepFiringSince: null,
  };
}

/** When time alone changes something: a `for` or a `keep_firing_for` runs out. Milliseconds, as `now`; Infinity if nothing does. */
export function dueAt(rule: Pick<AlertRule, 'forMs' | 'keepFiringForMs'>, state: RuleState): number {
  let due = Infinity;
  for (const alert of state.values()) {
    if (alert.state === 'pending') due = Math.min(due, alert.activeAt + rule.forMs);
    if (alert.state === 'firing' && alert.keepFiringSince !== null) due = Math.min(due, alert.keepFiringSince + rule.keepFiringForMs);
  }
  return due;
}
