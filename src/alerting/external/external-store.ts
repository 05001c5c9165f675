import { sql as template, type Kysely } from 'kysely';
import { json, type Queryable, type Tx } from '../../platform/sql/index.ts';
import { alertOf, type AlertRow } from '../alert-store.ts';
import { externalFingerprint } from './decide-report.ts';
import type { ExternalAlert, ReportedAlert } from './external-alert.ts';

interface ExternalRow {
  fingerprint: string;
  source: string;
  key: string;
  ends_at: number | null;
  updated_at: number;
  generator_url: string | null;
}

type Joined = ExternalRow & AlertRow;

const on = (queryable: Queryable): Kysely<{ external_alerts: ExternalRow; alerts: AlertRow }> => queryable.db();

/**
 * Writes down who told what, and locks these alerts until the end of the transaction, always in one order; what is known of
 * them, by fingerprint. Two processes that hear of the same alert at the same time decide one after the other.
 */
export async function lockReported(tx: Tx, reports: readonly ReportedAlert[], now: number): Promise<Map<string, ExternalAlert>> {
  const rows = reports
    .map((report) => ({
      fingerprint: externalFingerprint(report),
      source: report.source,
      key: report.key.toWellFormed().replaceAll('\u0000', '\uFFFD'),
      ends_at: report.endsAt === null ? null : Math.round(report.endsAt),
      updated_at: now,
      generator_url: report.generatorUrl?.toWellFormed().replaceAll('\u0000', '\uFFFD') ?? null,
    }))
    .sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
  await template`
    insert into external_alerts (fingerprint, source, key, ends_at, updated_at, generator_url)
    select one->>'fingerprint', one->>'source', one->>'key', (one->>'ends_at')::bigint, (one->>'updated_at')::bigint, one->>'generator_url'
    from jsonb_array_elements(${json(rows)}) one
    on conflict (fingerprint) do update set ends_at = excluded.ends_at, updated_at = excluded.updated_at,
      generator_url = excluded.generator_url`.execute(tx.db());
  const known = await joined(tx)
    .where(
      'external_alerts.fingerprint',
      'in',
      rows.map(({ fingerprint }) => fingerprint),
    )
    .execute();
  return new Map(known.map((row) => [row.fingerprint, externalOf(row)]));
}

const joined = (queryable: Queryable) =>
  on(queryable).selectFrom('external_alerts').innerJoin('alerts', 'alerts.fingerprint', 'external_alerts.fingerprint').selectAll();

/** All that fire, and those that were resolved a while ago. */
export const listExternal = async (queryable: Queryable): Promise<ExternalAlert[]> => (await joined(queryable).execute()).map(externalOf);

/** Those whose time is over, locked; what another process is busy with is its own. */
export async function lockEnded(tx: Tx, now: number, limit: number): Promise<ExternalAlert[]> {
  const rows = await joined(tx)
    .where('alerts.state', '=', 'firing')
    .where('ends_at', '<=', now)
    .orderBy('ends_at')
    .limit(limit)
    .forUpdate('external_alerts')
    .skipLocked()
    .execute();
  return rows.map(externalOf);
}

/** Forgets what was resolved before; and what was told of as over without having been known. */
export async function forgetResolved(tx: Tx, resolvedBefore: number): Promise<void> {
  await template`
    delete from alerts using external_alerts e where e.fingerprint = alerts.fingerprint and alerts.state = 'resolved'
      and alerts.resolved_at <= ${resolvedBefore}`.execute(tx.db());
  await template`
    delete from external_alerts e where updated_at <= ${resolvedBefore}
      and not exists (select from alerts where alerts.fingerprint = e.fingerprint)`.execute(tx.db());
}

/** When time alone changes something next: an end, or `retention` after a resolve. Undefined: nothing is kept. */
export async function nextChange(queryable: Queryable, retention: number): Promise<number | undefined> {
  const { rows } = await template<{ at: number | null }>`
    select min(case when a.state = 'firing' then e.ends_at else coalesce(a.resolved_at, e.updated_at) + ${retention}::bigint end) as at
    from external_alerts e left join alerts a on a.fingerprint = e.fingerprint`.execute(queryable.db());
  return rows[0]?.at ?? undefined;
}

/** How many are kept; or how many of these. */
export async function countExternal(queryable: Queryable, among?: readonly ReportedAlert[]): Promise<number> {
  const all = on(queryable)
    .selectFrom('external_alerts')
    .select(template<number>`count(*)`.as('count'));
  if (among === undefined) return (await all.executeTakeFirstOrThrow()).count;
  const these = template<boolean>`fingerprint in (select jsonb_array_elements_text(${json(among.map(externalFingerprint))}))`;
  return (await all.where(these).executeTakeFirstOrThrow()).count;
}

function externalOf(row: Joined): ExternalAlert {
  const { source, key, ends_at: endsAt, updated_at: updatedAt, generator_url: generatorUrl } = row;
  return { alert: alertOf(row), source, key, endsAt, updatedAt, generatorUrl };
}
