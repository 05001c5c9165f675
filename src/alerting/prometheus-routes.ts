/** Rules and alerts as Prometheus tells of them (web/api/v1/api.go), so that a Grafana or promtool shows them. */
import { route, type Route } from '../platform/http/index.ts';
import type { AlertState } from './alert.ts';
import type { RuleStatus } from './evaluator.ts';
import { shortestExponential } from './template/index.ts';

const success = (data: unknown) => ({ status: 'success', data });
const iso = (time: number | null | undefined): string => (time == null ? '0001-01-01T00:00:00Z' : new Date(time).toISOString());

const alertJson = (alert: AlertState) => ({
  labels: alert.labels,
  annotations: alert.annotations,
  state: alert.state,
  activeAt: iso(alert.activeAt),
  ...(alert.keepFiringSince !== null && { keepFiringSince: iso(alert.keepFiringSince) }),
  value: shortestExponential(alert.value),
});

const active = ({ state }: RuleStatus): AlertState[] => [...state.values()].filter(({ state }) => state !== 'resolved');

function ruleJson(status: RuleStatus, withAlerts: boolean) {
  const { rule, health, lastError, lastEvaluation, evaluationTime } = status;
  const texts = (templates: typeof rule.labels) =>
    Object.fromEntries(templates.map(([name, text]) => [name, typeof text === 'string' ? text : text.text]));
  const common = {
    name: rule.name,
    query: rule.expr,
    labels: texts(rule.labels),
    health,
    ...(lastError !== '' && { lastError }),
    evaluationTime,
    lastEvaluation: iso(lastEvaluation),
  };
  if (rule.kind === 'record') return { ...common, type: 'recording' };
  const alerts = active(status);
  const state = alerts.some(({ state }) => state === 'firing') ? 'firing' : alerts.length > 0 ? 'pending' : 'inactive';
  return {
    state,
    ...common,
    duration: rule.forMs / 1000,
    keepFiringFor: rule.keepFiringForMs / 1000,
    annotations: texts(rule.annotations),
    ...(withAlerts && { alerts: alerts.map(alertJson) }),
    type: 'alerting',
  };
}

/** `rule_name[]`, `rule_group[]`, `file[]`, `type=alert|record` and `exclude_alerts`, as Prometheus takes them. */
export function ruleGroups(all: readonly RuleStatus[], search: URLSearchParams) {
  const within = (name: string, value: string): boolean => {
    const wanted = search.getAll(`${name}[]`);
    return wanted.length === 0 || wanted.includes(value);
  };
  const type = search.get('type');
  const groups = new Map<string, RuleStatus[]>();
  for (const status of all) {
    const { rule } = status;
    if (type !== null && type !== rule.kind) continue;
    if (!within('rule_name', rule.name) || !within('rule_group', rule.group) || !within('file', rule.source)) continue;
    const key = `${rule.source}\u0000${rule.group}`;
    groups.set(key, [...(groups.get(key) ?? []), status]);
  }
  return [...groups.values()].map((statuses) => {
    const { rule } = statuses[0]!;
    const evaluated = statuses.map(({ lastEvaluation }) => lastEvaluation).filter((time) => time !== undefined);
    return {
      name: rule.group,
      file: rule.source,
      interval: rule.intervalMs / 1000,
      limit: rule.limit,
      rules: statuses.map((status) => ruleJson(status, search.get('exclude_alerts') !== 'true')),
      evaluationTime: statuses.reduce((sum, { evaluationTime }) => sum + evaluationTime, 0),
      lastEvaluation: iso(evaluated.length === 0 ? undefined : Math.max(...evaluated)),
    };
  });
}

export function prometheusRoutes(status: () => RuleStatus[]): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/rules',
      access: 'viewer',
      summary: 'The rules in force and what became of them, as Prometheus answers.',
      handler: ({ search }) => success({ groups: ruleGroups(status(), search) }),
    }),
    route({
      method: 'GET',
      path: '/api/v1/alerts',
      access: 'viewer',
      summary: 'Alerts that are pending or fire, as Prometheus answers.',
      handler: () => success({ alerts: status().flatMap(active).map(alertJson) }),
    }),
  ];
}
