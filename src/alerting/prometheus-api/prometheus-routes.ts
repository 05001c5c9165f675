/** Rules and alerts as Prometheus tells of them (web/api/v1/api.go), so that a Grafana or promtool shows them. */
import { prometheusGet, prometheusOk } from '../../monitoring/index.ts';
import type { Route } from '../../platform/http/index.ts';
import type { AlertState } from '../alerts/index.ts';
import { askedGroups, labelsOf, textsOf, withoutAlerts, type AskedGroup, type ToldStatus } from './rule-groups.ts';
import { shortestExponential } from '../template/index.ts';

const iso = (time: number | null | undefined): string => (time == null ? '0001-01-01T00:00:00Z' : new Date(time).toISOString());

const alertJson = (alert: AlertState) => ({
  labels: alert.labels,
  annotations: alert.annotations,
  state: alert.state,
  activeAt: iso(alert.activeAt),
  ...(alert.keepFiringSince !== null && { keepFiringSince: iso(alert.keepFiringSince) }),
  value: shortestExponential(alert.value),
});

const active = ({ state }: ToldStatus): AlertState[] => [...state.values()].filter(({ state }) => state !== 'resolved');

function ruleJson(status: ToldStatus, withAlerts: boolean) {
  const { rule, health, lastError, lastEvaluation, evaluationTime } = status;
  const common = {
    name: rule.name,
    query: rule.expr,
    labels: labelsOf(rule),
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
    annotations: textsOf(rule.annotations),
    ...(withAlerts && { alerts: alerts.map(alertJson) }),
    type: 'alerting',
  };
}

function groupJson({ all, asked }: AskedGroup, withAlerts: boolean) {
  const { rule } = all[0]!;
  const evaluated = all.map(({ lastEvaluation }) => lastEvaluation).filter((time) => time !== undefined);
  return {
    name: rule.group,
    file: rule.source,
    interval: rule.intervalMs / 1000,
    limit: rule.limit,
    rules: asked.map((status) => ruleJson(status, withAlerts)),
    evaluationTime: all.reduce((sum, { evaluationTime }) => sum + evaluationTime, 0),
    lastEvaluation: iso(evaluated.length === 0 ? undefined : Math.max(...evaluated)),
  };
}

function rulesAnswer(all: readonly ToldStatus[], params: URLSearchParams) {
  const withAlerts = !withoutAlerts(params);
  const { groups, next } = askedGroups(all, params);
  return { groups: groups.map((group) => groupJson(group, withAlerts)), ...(next !== undefined && { groupNextToken: next }) };
}

/** @param more those that are decided beside PromQL */
export const prometheusRoutes = (status: () => readonly ToldStatus[], more: () => Promise<readonly ToldStatus[]>): Route[] => [
  prometheusGet('/api/v1/rules', 'The rules in force and what became of them, as Prometheus answers.', async (params) =>
    prometheusOk(rulesAnswer([...status(), ...(await more())], params)),
  ),
  prometheusGet('/api/v1/alerts', 'Alerts that are pending or fire, as Prometheus answers.', async () =>
    prometheusOk({ alerts: [...status(), ...(await more())].flatMap(active).map(alertJson) }),
  ),
];
