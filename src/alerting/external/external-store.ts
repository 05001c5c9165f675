import { createHash } from 'node:crypto';
import { sql as template, type Kysely } from 'kysely';
import { json, type Queryable, storableJson, type Tx } from '../../platform/sql/index.ts';
import type { AlertState } from '../alert.ts';
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

/** What is known of an alert that is reported; `same`: all that the report says, and that it fires. */
type Known = { readonly same: true } | { readonly same: false; readonly alert: AlertState };

/**
 * Writes down who told what, and locks these alerts until the end of the transaction, always in one order; what is known of
 * them, by fingerprint. Two processes that hear of the same alert at the same time decide one after the other. Most are told
 * again as they were: those are not even read.
 */
export async function lockReported(tx: Tx, reports: readonly ReportedAlert[], now: number): Promise<Map<string, Known>> {
  const rows = reports
    .map((report) => ({
      fingerprint: externalFingerprint(report),
      source: report.source,
      key: report.key,
      ends_at: report.endsAt === null ? null : Math.round(report.endsAt),
      updated_at: now,
      generator_url: report.generatorUrl ?? null,
      content: contentOf(report),
      starts_at: Math.round(Math.min(report.startsAt, now)),
      over: report.status === 'resolved' || (report.endsAt !== null && report.endsAt <= now),
    }))
    .sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
  const given = storableJson(rows);
  await template`
    insert into external_alerts (fingerprint, source, key, ends_at, updated_at, generator_url, content)
    select fingerprint, source, key, ends_at, updated_at, generator_url, content from jsonb_to_recordset(${given}::jsonb)
      as given (fingerprint text, source text, key text, ends_at bigint, updated_at bigint, generator_url text, content text)
    on conflict (fingerprint) do update set ends_at = excluded.ends_at, updated_at = excluded.updated_at,
      generator_url = excluded.generator_url`.execute(tx.db());
  // Another statement: it sees what the one that was waited for has written.
  const { rows: known } = await template<{ fingerprint: string; alert: (Omit<AlertRow, 'value'> & { value: number | string }) | null }>`
    select fingerprint, case when not same then to_jsonb(alerts) end as alert
    from jsonb_to_recordset(${given}::jsonb) as given (fingerprint text, content text, starts_at bigint, over boolean)
    join external_alerts e using (fingerprint) join alerts using (fingerprint), lateral (select
      not given.over and e.content is not distinct from given.content and state = 'firing' and active_at <= given.starts_at as same) compared`.execute(
    tx.db(),
  );
  return new Map(
    known.map(({ fingerprint, alert }) => [
      fingerprint,
      // JSON writes NaN as a text.
      alert === null ? { same: true } : { same: false, alert: alertOf({ ...alert, value: Number(alert.value) }) },
    ]),
  );
}

/** What these say now. */
export async function saveContent(tx: Tx, reports: readonly ReportedAlert[]): Promise<void> {
  if (reports.length === 0) return;
  const rows = reports.map((report) => ({ fingerprint: externalFingerprint(report), content: contentOf(report) }));
  await template`
    update external_alerts set content = given.content
    from jsonb_to_recordset(${json(rows)}) as given (fingerprint text, content text)
    where external_alerts.fingerprint = given.fingerprint and external_alerts.content is distinct from given.content`.execute(tx.db());
}

/** What a report says of its alert, but for its times. */
const contentOf = ({ labels, annotations, severity, service, group }: ReportedAlert): string =>
  createHash('sha256')
    .update(JSON.stringify([labels, annotations, severity, service, group]))
    .digest('base64url')
    .slice(0, 22);

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
