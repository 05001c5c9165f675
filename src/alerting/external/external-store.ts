import { createHash } from 'node:crypto';
import { sql as template, type Kysely } from 'kysely';
import { json, type Queryable, storableJson, type Tx } from '../../platform/sql/index.ts';
import { alertOf, type AlertState, type AlertRow } from '../alerts/index.ts';
import type { ExternalAlert, ReportedAlert } from './external-alert.ts';
import type { Reported } from './inbox-store.ts';

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
type Known = { readonly same: true } | { readonly same: false; readonly alert: AlertState | undefined };

/**
 * Writes down who told what, and locks these alerts until the end of the transaction, always in one order; what is known of
 * them, by fingerprint, but of those that are new. Two processes that hear of the same alert at the same time decide one after the
 * other. Those that are told again as they were are not even read.
 */
export async function lockReported(tx: Tx, reported: readonly Reported[], now: number): Promise<Map<string, Known>> {
  const given = givenOf(reported);
  const { rows: old } = await template<{ fingerprint: string }>`
    insert into external_alerts (fingerprint, source, key, ends_at, updated_at, generator_url, content, active_at)
    select fingerprint, source, key, ends_at, ${now}, generator_url, content, active_at from ${recordset(given)} order by fingerprint
    on conflict (fingerprint) do update set ends_at = excluded.ends_at, updated_at = excluded.updated_at,
      generator_url = excluded.generator_url
    returning case when xmax <> 0 then fingerprint end as fingerprint`.execute(tx.db());
  const known = old.flatMap(({ fingerprint }) => fingerprint ?? []);
  if (known.length === 0) return new Map();
  // Another statement: it sees what the one that was waited for has written.
  const { rows } = await template<KnownRow>`
    select fingerprint, same, case when not same then to_jsonb(alerts) end as alert
    from ${recordset(given)} join external_alerts e using (fingerprint) left join alerts using (fingerprint),
      lateral (select coalesce(${SAME}, false) as same) compared
    where fingerprint in (select jsonb_array_elements_text(${json(known)}))`.execute(tx.db());
  return new Map(rows.map(({ fingerprint, same, alert }) => [fingerprint, same ? { same } : { same, alert: readAlert(alert) }]));
}

interface KnownRow {
  readonly fingerprint: string;
  readonly same: boolean;
  readonly alert: (Omit<AlertRow, 'value'> & { value: number | string }) | null;
}

/** JSON writes NaN as a text. */
const readAlert = (alert: KnownRow['alert']): AlertState | undefined =>
  alert === null ? undefined : alertOf({ ...alert, value: Number(alert.value) });

/** It fires, and this is what was said of it: `content` is null where it does not. */
const SAME = template<boolean>`e.content = given.content and e.active_at <= given.active_at`;

/** What a statement needs of reports, as JSON. */
const givenOf = (reported: readonly Reported[]): string =>
  storableJson(
    reported.map(({ report, fingerprint, at }) => ({
      fingerprint,
      source: report.source,
      key: report.key,
      ends_at: report.endsAt === null ? null : Math.round(report.endsAt),
      generator_url: report.generatorUrl ?? null,
      ...contentOf(report, at),
    })),
  );

const recordset = (given: string) => template`jsonb_to_recordset(${given}::jsonb) as given (fingerprint text, source text, key text,
  ends_at bigint, generator_url text, content text, active_at bigint)`;

/**
 * Writes down those that fire, and are told again as they were, of which nothing else waits: there is no more to do about them.
 * Returns their fingerprints.
 */
export async function tellAgain(tx: Tx, reported: readonly Reported[], now: number): Promise<Set<string>> {
  if (reported.length === 0) return new Set();
  const given = givenOf(reported);
  const { rows } = await template<{ fingerprint: string }>`
    with given as materialized (select * from ${recordset(given)}), locked as materialized (
      select e.fingerprint from external_alerts e join given using (fingerprint)
      where ${SAME} and not exists (select from alert_inbox i where i.fingerprint = given.fingerprint)
      order by e.fingerprint for update of e)
    update external_alerts e set ends_at = given.ends_at, updated_at = ${now}, generator_url = given.generator_url
    from given join locked using (fingerprint) where e.fingerprint = given.fingerprint returning e.fingerprint`.execute(tx.db());
  return new Set(rows.map(({ fingerprint }) => fingerprint));
}

/** What these, that were known, say now. */
export async function saveContent(tx: Tx, reported: readonly Reported[]): Promise<void> {
  if (reported.length === 0) return;
  await template`
    update external_alerts e set content = given.content,
      active_at = case when e.content is null then given.active_at else least(e.active_at, given.active_at) end
    from ${recordset(givenOf(reported))} where e.fingerprint = given.fingerprint`.execute(tx.db());
}

/** These fire no more. */
async function clearContent(tx: Tx, fingerprints: readonly string[]): Promise<void> {
  if (fingerprints.length === 0) return;
  await template`
    update external_alerts set content = null where fingerprint in (select jsonb_array_elements_text(${json(fingerprints)}))`.execute(
    tx.db(),
  );
}

/** What a report says of its alert, but for when it ends, and since when it fires; nulls where it says that it does not. */
function contentOf(report: ReportedAlert, at: number): { content: string | null; active_at: number | null } {
  const { labels, annotations, severity, service, group, status, startsAt, endsAt } = report;
  if (status === 'resolved' || (endsAt !== null && endsAt <= at)) return { content: null, active_at: null };
  const text = JSON.stringify([labels, annotations, severity, service, group]);
  return { content: createHash('sha256').update(text).digest('base64url').slice(0, 22), active_at: Math.round(Math.min(startsAt, at)) };
}

const joined = (queryable: Queryable) =>
  on(queryable).selectFrom('external_alerts').innerJoin('alerts', 'alerts.fingerprint', 'external_alerts.fingerprint').selectAll();

/** All that fire, and those that were resolved a while ago. */
export const listExternal = async (queryable: Queryable): Promise<ExternalAlert[]> => (await joined(queryable).execute()).map(externalOf);

/** Those whose time is over, locked: they are to be ended; what another process is busy with is its own. */
export async function lockEnded(tx: Tx, now: number, limit: number): Promise<ExternalAlert[]> {
  const rows = await joined(tx)
    .where('alerts.state', '=', 'firing')
    .where('ends_at', '<=', now)
    .orderBy('ends_at')
    .limit(limit)
    .forUpdate('external_alerts')
    .skipLocked()
    .execute();
  await clearContent(tx, rows.map(({ fingerprint }) => fingerprint)); // prettier-ignore
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

/** Of how many alerts something is kept, or waits to be worked off; or of how many of these. */
export async function countExternal(queryable: Queryable, among?: readonly string[]): Promise<number> {
  const these = among === undefined ? template`true` : template`fingerprint in (select jsonb_array_elements_text(${json(among)}))`;
  const { rows } = await template<{ count: number }>`
    select count(*) as count from (
      select fingerprint from external_alerts where ${these} union select fingerprint from alert_inbox where ${these}) found`.execute(
    queryable.db(),
  );
  return rows[0]!.count;
}

function externalOf(row: Joined): ExternalAlert {
  const { source, key, ends_at: endsAt, updated_at: updatedAt, generator_url: generatorUrl } = row;
  return { alert: alertOf(row), source, key, endsAt, updatedAt, generatorUrl };
}
