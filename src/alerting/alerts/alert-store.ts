import { sql as template } from 'kysely';
import { type Queryable, type Sql, storableJson, type Tx } from '../../platform/sql/index.ts';
import { EXTERNAL_RULES, type AlertState } from './alert.ts';

export interface AlertRow {
  fingerprint: string;
  rule_key: string;
  rule: string;
  group: string;
  severity: AlertState['severity'];
  service: string | null;
  group_key: string;
  expr: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  value: number;
  state: AlertState['state'];
  active_at: number;
  fired_at: number | null;
  resolved_at: number | null;
  keep_firing_since: number | null;
}

interface Tables {
  alerts: AlertRow;
  alerting_alive: { one?: boolean; at: number };
}

/** Rows a statement: each may hold 64 KB of text. */
const ROWS = 1_000;

/** The alerts as they survive a restart. */
export interface AlertStore {
  /** Those of rules; what others decided is external/'s. */
  ofRules(): Promise<AlertState[]>;
  save(tx: Tx, alerts: readonly AlertState[]): Promise<void>;
  remove(tx: Tx, fingerprints: readonly string[]): Promise<void>;
  /** When alerting last said that it runs; undefined before the first time. */
  lastAlive(): Promise<number | undefined>;
  alive(tx: Queryable, at: number): Promise<void>;
}

export function createAlertStore(sql: Sql): AlertStore {
  return {
    async ofRules() {
      const rows = await sql.db<Tables>().selectFrom('alerts').selectAll().where('rule_key', 'not like', EXTERNAL_RULES).execute();
      return rows.map(alertOf);
    },
    async save(tx, alerts) {
      for (let i = 0; i < alerts.length; i += ROWS) await saveRows(tx, alerts.slice(i, i + ROWS));
    },
    async remove(tx, fingerprints) {
      for (let i = 0; i < fingerprints.length; i += ROWS) {
        await tx
          .db<Tables>()
          .deleteFrom('alerts')
          .where('fingerprint', 'in', fingerprints.slice(i, i + ROWS))
          .execute();
      }
    },
    async lastAlive() {
      return (await sql.db<Tables>().selectFrom('alerting_alive').select('at').executeTakeFirst())?.at;
    },
    async alive(tx, at) {
      await tx
        .db<Tables>()
        .insertInto('alerting_alive')
        .values({ at })
        .onConflict((conflict) => conflict.column('one').doUpdateSet({ at }))
        .execute();
    },
  };
}

/** In one order, as one parameter: a storm is a thousand rows at once. */
async function saveRows(tx: Tx, alerts: readonly AlertState[]): Promise<void> {
  const rows = alerts.map(rowOf).sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
  await template`
    insert into alerts (fingerprint, rule_key, rule, "group", severity, service, group_key, expr, labels, annotations, value, state,
      active_at, fired_at, resolved_at, keep_firing_since)
    select fingerprint, rule_key, rule, "group", severity, service, group_key, expr, labels, annotations, value::double precision, state,
      active_at, fired_at, resolved_at, keep_firing_since
    from jsonb_to_recordset(${storableJson(rows)}::jsonb) as given (fingerprint text, rule_key text, rule text, "group" text, severity text,
      service text, group_key text, expr text, labels jsonb, annotations jsonb, value text, state text, active_at bigint, fired_at bigint,
      resolved_at bigint, keep_firing_since bigint)
    on conflict (fingerprint) do update set rule_key = excluded.rule_key, rule = excluded.rule, "group" = excluded.group,
      severity = excluded.severity, service = excluded.service, group_key = excluded.group_key, expr = excluded.expr,
      labels = excluded.labels, annotations = excluded.annotations, value = excluded.value, state = excluded.state,
      active_at = excluded.active_at, fired_at = excluded.fired_at, resolved_at = excluded.resolved_at,
      keep_firing_since = excluded.keep_firing_since`.execute(tx.db());
}

function rowOf(alert: AlertState) {
  return {
    fingerprint: alert.fingerprint,
    rule_key: alert.ruleKey,
    rule: alert.rule,
    group: alert.group,
    severity: alert.severity,
    service: alert.service,
    group_key: alert.groupKey,
    expr: alert.expr,
    labels: alert.labels,
    annotations: alert.annotations,
    // As a text: JSON has neither NaN nor infinity.
    value: String(alert.value),
    state: alert.state,
    active_at: wholeMs(alert.activeAt),
    fired_at: wholeMs(alert.firedAt),
    resolved_at: wholeMs(alert.resolvedAt),
    keep_firing_since: wholeMs(alert.keepFiringSince),
  };
}

const wholeMs = (at: number | null): number | null => (at === null ? null : Math.round(at));

export function alertOf(row: AlertRow): AlertState {
  return {
    fingerprint: row.fingerprint,
    ruleKey: row.rule_key,
    rule: row.rule,
    group: row.group,
    severity: row.severity,
    service: row.service,
    groupKey: row.group_key,
    expr: row.expr,
    labels: row.labels,
    annotations: row.annotations,
    value: row.value,
    state: row.state,
    activeAt: row.active_at,
    firedAt: row.fired_at,
    resolvedAt: row.resolved_at,
    keepFiringSince: row.keep_firing_since,
  };
}
