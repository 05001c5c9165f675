import { sql as template } from 'kysely';
import { json, type Queryable, type Tx } from '../../platform/sql/index.ts';
import type { SeriesMemory } from './decide-series.ts';

interface Tables {
  graphite_rules: RuleRow;
  graphite_rule_series: SeriesRow;
}

export interface RuleRow {
  readonly rule: string;
  readonly evaluated_at: number;
  readonly took_ms: number;
  readonly series: number;
  readonly error: string | null;
}

interface SeriesRow {
  rule: string;
  series: string;
  first_seen: number;
  last_seen: number;
  value: number;
  holding: SeriesMemory['holding'];
}

const memoryOf = (row: SeriesRow): SeriesMemory => ({
  series: row.series,
  firstSeen: row.first_seen,
  lastSeen: row.last_seen,
  value: row.value,
  holding: row.holding,
});

export async function listMemories(queryable: Queryable, rule: string): Promise<SeriesMemory[]> {
  const rows = await queryable.db<Tables>().selectFrom('graphite_rule_series').selectAll().where('rule', '=', rule).orderBy('series').execute();
  return rows.map(memoryOf);
} // prettier-ignore

export async function listRuleRows(queryable: Queryable): Promise<RuleRow[]> {
  return queryable.db<Tables>().selectFrom('graphite_rules').selectAll().execute();
}

export async function saveMemories(tx: Tx, rule: string, memories: readonly SeriesMemory[], forgotten: readonly string[]): Promise<void> {
  // As one parameter: thousands of series would be more parameters than a statement may have.
  const rows = memories.map(({ series, firstSeen, lastSeen, value, holding }) => ({ series, first_seen: firstSeen, last_seen: lastSeen, value: finite(value), holding })); // prettier-ignore
  if (rows.length > 0)
    await template`
      insert into graphite_rule_series (rule, series, first_seen, last_seen, value, holding)
      select ${rule}, one->>'series', (one->>'first_seen')::bigint, (one->>'last_seen')::bigint, (one->>'value')::double precision, one->'holding'
      from jsonb_array_elements(${json(rows)}) one
      on conflict (rule, series) do update set last_seen = excluded.last_seen, value = excluded.value, holding = excluded.holding`.execute(tx.db());
  if (forgotten.length > 0)
    await template`
      delete from graphite_rule_series where rule = ${rule} and series in (select jsonb_array_elements_text(${json(forgotten)}))`.execute(tx.db());
} // prettier-ignore

/** JSON has no infinity. */
const finite = (value: number): number => (Number.isFinite(value) ? value : Math.sign(value) * Number.MAX_VALUE);

export async function saveRule(tx: Queryable, row: RuleRow): Promise<void> {
  await tx.db<Tables>().insertInto('graphite_rules').values(row).onConflict((conflict) => conflict.column('rule').doUpdateSet(row)).execute(); // prettier-ignore
}

export async function forgetRule(tx: Tx, rule: string): Promise<void> {
  for (const table of ['graphite_rules', 'graphite_rule_series'] as const)
    await tx.db<Tables>().deleteFrom(table).where('rule', '=', rule).execute();
}

export async function rulesRemembered(queryable: Queryable): Promise<string[]> {
  const rows = await queryable.db<Tables>().selectFrom('graphite_rule_series').select('rule').distinct().execute();
  return rows.map(({ rule }) => rule);
}
