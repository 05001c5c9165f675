/**
 * Alerts that documents ask for beside PromQL, as rules that Prometheus' API can tell of: a group for each GraphiteRule, with a rule
 * for each of its levels, and for each Heartbeat. A Grafana lists them with the others; `query` is what the document says.
 */
import type { Catalog } from '../../catalog/index.ts';
import { parseDuration } from '../../platform/duration.ts';
import type { Sql } from '../../platform/sql/index.ts';
import type { ExternalAlert } from '../external/index.ts';
import { graphiteRuleKind, listRuleRows, type GraphiteRuleSpec } from '../graphite-rules/index.ts';
import { heartbeatKind, type HeartbeatSpec } from '../heartbeat/index.ts';
import type { ToldStatus } from './rule-groups.ts';
import { compileTemplate, type Template } from '../template/index.ts';

interface DocumentRulesDeps {
  readonly sql: Sql;
  readonly catalog: Catalog;
  readonly now: () => number;
  /** Those that others decide: Graphite rules and heartbeats among them. */
  readonly external: () => Promise<readonly ExternalAlert[]>;
}

type Texts = readonly (readonly [string, Template])[];
const templates = (map: Readonly<Record<string, string | undefined>>): Texts =>
  Object.entries(map).flatMap(([name, text]) => (text === undefined ? [] : [[name, compileTemplate(text)] as const]));

export async function documentRules({ sql, catalog, now, external }: DocumentRulesDeps): Promise<ToldStatus[]> {
  const set = catalog.current();
  const graphite = set.list<GraphiteRuleSpec>(graphiteRuleKind.kind);
  const heartbeats = set.list<HeartbeatSpec>(heartbeatKind.kind);
  if (graphite.length + heartbeats.length === 0) return [];
  const [alerts, rows] = await Promise.all([external(), listRuleRows(sql)]);
  const stateOf = (source: string, wanted: (key: string) => boolean): ToldStatus['state'] =>
    new Map(alerts.filter((one) => one.source === source && wanted(one.key)).map(({ alert }) => [alert.fingerprint, alert]));

  const ofGraphite = graphite.flatMap(({ name, file, spec }) => {
    const row = rows.find(({ rule }) => rule === name);
    return levelsOf(spec).map(([level, severity, forMs]): ToldStatus => ({
      rule: {
        kind: 'alert',
        name,
        group: name,
        source: file ?? 'graphite',
        expr: spec.target,
        intervalMs: parseDuration(spec.interval),
        limit: 0,
        labels: templates({ ...spec.labels, service: spec.service, severity, level }),
        forMs,
        keepFiringForMs: parseDuration(spec.keepFiringFor),
        annotations: templates({ description: spec.description, ...spec.annotations }),
      },
      state: stateOf(`graphite/${name}`, (key) => key.startsWith(`${level} `)),
      health: row === undefined ? 'unknown' : row.error === null ? 'ok' : 'err',
      lastError: row?.error ?? '',
      lastEvaluation: row?.evaluated_at,
      evaluationTime: (row?.took_ms ?? 0) / 1_000,
    }));
  });
  const ofHeartbeats = heartbeats.map(({ name, file, spec }): ToldStatus => ({
    rule: {
      kind: 'alert',
      name: 'Heartbeat',
      group: name,
      source: file ?? 'heartbeat',
      expr: spec.cron === undefined ? `every ${spec.every ?? ''}` : `cron ${spec.cron} (${spec.timeZone})`,
      intervalMs: spec.every === undefined ? 60_000 : parseDuration(spec.every),
      limit: 0,
      labels: templates({ ...spec.labels, heartbeat: name, service: spec.service, severity: spec.severity }),
      forMs: parseDuration(spec.grace),
      keepFiringForMs: 0,
      annotations: templates({ description: spec.description, runbook_url: spec.runbook }),
    },
    state: stateOf(`heartbeat/${name}`, () => true),
    // It is judged whenever it is looked at: there is no query that could fail.
    health: 'ok',
    lastError: '',
    lastEvaluation: now(),
    evaluationTime: 0,
  }));
  return [...ofGraphite, ...ofHeartbeats];
}

/** What a rule's series are held to: level, severity, and for how long, in milliseconds. */
function levelsOf(spec: GraphiteRuleSpec): [level: string, severity: string, forMs: number][] {
  const levels = (['critical', 'today', 'eventually'] as const).filter((level) => spec[level] !== undefined);
  const held = levels.map((level): [string, string, number] => [level, level, parseDuration(spec.for)]);
  return spec.missing === false ? held : [...held, ['missing', spec.missing.severity, parseDuration(spec.missing.after)]];
}
