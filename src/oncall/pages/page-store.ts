import { sql as template, type Kysely } from 'kysely';
import type { Message } from '../../delivery/index.ts';
import { json, type Queryable } from '../../platform/sql/index.ts';
import type { PagedAlert } from './alert-sink.ts';
import { countFiring } from './page-alerts.ts';
import type { PageAlert, PageState } from './page.ts';

export interface PageRow {
  id: string;
  group_key: string;
  severity: PageState['severity'];
  service: string | null;
  team: string | null;
  policy: string | null;
  state: PageState['state'];
  subject: string;
  text: string;
  step: number;
  round: number;
  first_round: number;
  escalates_at: number | null;
  began_at: number;
  triggered_at: number;
  acknowledged_at: number | null;
  acknowledged_by: string | null;
  resolved_at: number | null;
  /** Why a person resolved it. */
  reason: string | null;
  /** How often it fired again soon after it was resolved. */
  reopened: number;
  /** What was done of telling people that it is resolved: nothing yet, sent, or held back to see whether it lasts. */
  notice: 'sent' | 'held' | null;
  /** An acknowledged page that is left alone until then, and who said so. */
  snoozed_until: number | null;
  snoozed_by: string | null;
  /** When someone is promised to have answered, and when someone first did. */
  respond_by: number | null;
  responded_at: number | null;
  /** Since when nobody is called, because all that fires of it is muted. */
  muted_at: number | null;
}

export const NOT_SNOOZED = { snoozed_until: null, snoozed_by: null } as const;
/** Nobody has it, or has it no more. */
export const UNANSWERED = { state: 'triggered', acknowledged_at: null, acknowledged_by: null, ...NOT_SNOOZED } as const;

export interface ToldRow {
  page: string;
  round: number;
  step: number;
  person: string;
  channel: Message['channel'];
  address: string;
  told_at: number;
  /** By how many ways. */
  calls: number;
}

interface Tables {
  pages: PageRow;
  page_alerts: { page: string; fingerprint: string; state: PageAlert['state']; active_at: number; alert: PagedAlert };
  page_told: ToldRow;
}

/** A page shows this many of its alerts, those that fire first. */
const MAX_ALERTS = 200;

const on = (queryable: Queryable): Kysely<Tables> => queryable.db<Tables>();

/** Adds an open page; undefined where the group has one. */
export const insertPage = (tx: Queryable, row: PageRow): Promise<PageRow | undefined> =>
  on(tx)
    .insertInto('pages')
    .values(row)
    .onConflict((conflict) => conflict.columns(['group_key', 'severity']).where('state', '<>', 'resolved').doNothing())
    .returningAll()
    .executeTakeFirst();

/** The page, held against others until the transaction ends. */
export const lockPage = (tx: Queryable, id: string): Promise<PageRow | undefined> =>
  on(tx).selectFrom('pages').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();

/** Adds open pages; the ids of those that were added, for a group may have one. */
export async function insertPages(tx: Queryable, rows: readonly PageRow[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const columns = template.join(Object.keys(rows[0]!).map((column) => template.ref(column)));
  const { rows: added } = await template<{ id: string }>`
    insert into pages (${columns}) select ${columns} from jsonb_populate_recordset(null::pages, ${json(rows)})
    on conflict (group_key, severity) where state <> 'resolved' do nothing returning id`.execute(tx.db());
  return new Set(added.map(({ id }) => id));
}

/**
 * Of each group the page that is open, or else the last one that was resolved at `since` or later; and the pages on which these
 * alerts fire. All are held against others until the transaction ends, and asked for in the order of their ids.
 */
export async function lockPages(
  tx: Queryable,
  groups: readonly { readonly key: string; readonly severity: PageRow['severity'] }[],
  alerts: readonly string[],
  since: number,
): Promise<PageRow[]> {
  if (groups.length + alerts.length === 0) return [];
  const keys = json(groups.map(({ key, severity }) => ({ key, severity })));
  const { rows } = await template<PageRow>`
    select * from pages where id in (
      select found.id from jsonb_to_recordset(${keys}) as wanted (key text, severity text), lateral (
        select id from pages where group_key = wanted.key and severity = wanted.severity and (state <> 'resolved' or resolved_at >= ${since})
        order by state = 'resolved', resolved_at desc limit 1) found
      union all
      select page from page_alerts where state = 'firing' and fingerprint in (select jsonb_array_elements_text(${json(alerts)})))
    order by id for update`.execute(tx.db());
  return rows;
}

/** Failures that began before they were known to. */
export async function beganEarlier(tx: Queryable, began: readonly { readonly id: string; readonly began_at: number }[]): Promise<void> {
  if (began.length === 0) return;
  await template`
    update pages set began_at = given.began_at from jsonb_to_recordset(${json(began)}) as given (id text, began_at bigint)
    where pages.id = given.id`.execute(tx.db());
}

export async function updatePage(tx: Queryable, row: PageRow, change: Partial<PageRow>): Promise<PageRow> {
  await on(tx).updateTable('pages').set(change).where('id', '=', row.id).execute();
  return { ...row, ...change };
}

export async function addTold(tx: Queryable, told: readonly ToldRow[]): Promise<void> {
  if (told.length === 0) return;
  await on(tx)
    .insertInto('page_told')
    .values([...told])
    .onConflict((conflict) => conflict.columns(['page', 'round', 'step', 'person']).doNothing())
    .execute();
}

/** The same call by another way: instead of one that failed, which is then where they are told the end, or beside it. */
export async function addToldAgain(tx: Queryable, told: readonly ToldRow[], failed: boolean): Promise<void> {
  for (const row of told) {
    await on(tx)
      .insertInto('page_told')
      .values(row)
      .onConflict((conflict) =>
        conflict
          .columns(['page', 'round', 'step', 'person'])
          .doUpdateSet((set) =>
            failed
              ? { channel: set.ref('excluded.channel'), address: set.ref('excluded.address') }
              : { calls: set('page_told.calls', '+', 1) },
          ),
      )
      .execute();
  }
}

export const listTold = (queryable: Queryable, page: string): Promise<ToldRow[]> =>
  on(queryable).selectFrom('page_told').selectAll().where('page', '=', page).orderBy('told_at').execute();

export const findPageRow = (queryable: Queryable, id: string): Promise<PageRow | undefined> =>
  on(queryable).selectFrom('pages').selectAll().where('id', '=', id).executeTakeFirst();

export interface PageFilter {
  readonly state?: readonly PageRow['state'][] | undefined;
  readonly service?: string | undefined;
  readonly marker?: string | undefined;
  readonly limit: number;
}

export function listPageRows(queryable: Queryable, { state, service, marker, limit }: PageFilter): Promise<PageRow[]> {
  let select = on(queryable).selectFrom('pages').selectAll().orderBy('id', 'desc').limit(limit);
  if (state !== undefined) select = select.where('state', 'in', state);
  if (service !== undefined) select = select.where('service', '=', service);
  if (marker !== undefined) select = select.where('id', '<', marker);
  return select.execute();
}

/** A page with its alerts, those that fire and the oldest first. */
export async function withAlerts(queryable: Queryable, row: PageRow): Promise<PageState> {
  const rows = await on(queryable)
    .selectFrom('page_alerts')
    .select(['alert', 'state'])
    .where('page', '=', row.id)
    .orderBy('state')
    .orderBy('active_at')
    .orderBy('fingerprint')
    .limit(MAX_ALERTS)
    .execute();
  const firing = rows.length < MAX_ALERTS ? undefined : await countFiring(queryable, row.id);
  return pageOf(row, rows.map(({ alert, state }) => ({ ...alert, state })), firing); // prettier-ignore
}

/** The same of a page whose alerts have just begun to fire. */
export function withNewAlerts(row: PageRow, given: readonly PagedAlert[]): PageState {
  const order = (a: PagedAlert, b: PagedAlert): number => a.activeAt - b.activeAt || (a.fingerprint < b.fingerprint ? -1 : 1);
  const alerts = given.toSorted(order).map((alert): PageAlert => ({ ...alert, state: 'firing' }));
  return pageOf(row, alerts.slice(0, MAX_ALERTS), alerts.length < MAX_ALERTS ? undefined : alerts.length);
}

/** A page whose alerts are known; `firing` as in PageState. */
export function pageOf(row: PageRow, alerts: readonly PageAlert[], firing: number | undefined): PageState {
  return {
    ...(firing !== undefined && { firing }),
    id: row.id,
    groupKey: row.group_key,
    subject: row.subject,
    severity: row.severity,
    service: row.service,
    team: row.team,
    policy: row.policy,
    state: row.state,
    text: row.text,
    alerts,
    beganAt: row.began_at,
    triggeredAt: row.triggered_at,
    acknowledgedAt: row.acknowledged_at,
    acknowledgedBy: row.acknowledged_by,
    resolvedAt: row.resolved_at,
    step: row.step,
    round: row.round,
    snoozedUntil: row.snoozed_until,
    respondBy: row.respond_by,
    respondedAt: row.responded_at,
    escalatesAt: row.muted_at === null ? row.escalates_at : null,
    mutedAt: row.muted_at,
    incident: null,
  };
}
