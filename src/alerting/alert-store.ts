import type { Insertable } from 'kysely';
import { json, type Queryable, type Sql, type Tx } from '../platform/sql/index.ts';
import type { AlertState } from './alert.ts';
import { EXTERNAL_RULES } from './external/external-alert.ts';

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

/** A statement takes 65,535 parameters. */
const ROWS = 500;

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
      if (alerts.length === 0) return;
      for (let i = ROWS; i < alerts.length; i += ROWS) await this.save(tx, alerts.slice(i, i + ROWS));
      const columns = Object.keys(rowOf(alerts[0]!)).filter((column) => column !== 'fingerprint') as (keyof AlertRow)[];
      await tx
        .db<Tables>()
        .insertInto('alerts')
        .values(alerts.slice(0, ROWS).map(rowOf))
        .onConflict((conflict) =>
          conflict
            .column('fingerprint')
            .doUpdateSet((row) => Object.fromEntries(columns.map((column) => [column, row.ref(`excluded.${column}`)]))),
        )
        .execute();
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

function rowOf(alert: AlertState): Insertable<AlertRow> {
  return {
    fingerprint: alert.fingerprint,
    rule_key: alert.ruleKey,
    rule: alert.rule,
    group: alert.group,
    severity: alert.severity,
    service: alert.service,
    group_key: alert.groupKey,
    expr: alert.expr,
    labels: json({ ...alert.labels }) as unknown as Record<string, string>,
    annotations: json({ ...alert.annotations }) as unknown as Record<string, string>,
    value: alert.value,
    state: alert.state,
    active_at: alert.activeAt,
    fired_at: alert.firedAt,
    resolved_at: alert.resolvedAt,
    keep_firing_since: alert.keepFiringSince,
  };
}

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
