import { sql as template, type Kysely } from 'kysely';
import { json, type Migration, type Queryable, type Tx } from '../../platform/sql/index.ts';
import type { AlertState } from '../alerts/index.ts';
import type { Told } from './decide-notify.ts';
import type { Member } from './notification-data.ts';

export const alertmanagerMigrations: Migration[] = [
  {
    id: 'alertmanager-groups',
    up: `
      create table alert_groups (id text primary key, route text not null, receiver text not null, labels jsonb not null,
        told jsonb not null default '{}', created_at bigint not null);
      create table alert_group_members ("group" text not null references alert_groups on delete cascade, fingerprint text not null,
        alert jsonb not null, primary key ("group", fingerprint));
      create index alert_group_members_by_alert on alert_group_members (fingerprint);`,
  },
];

export interface GroupRow {
  readonly id: string;
  /** The route's key. */
  readonly route: string;
  readonly receiver: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What each integration was told last. */
  readonly told: Readonly<Record<string, Told>>;
  readonly created_at: number;
}

const on = (queryable: Queryable): Kysely<{ alert_groups: GroupRow }> => queryable.db();

/** Adds the groups that are new, and locks all of them until the end of the transaction, in one order; the ids of the new ones. */
export async function openGroups(tx: Tx, groups: readonly Omit<GroupRow, 'told'>[]): Promise<Set<string>> {
  const rows = groups.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const { rows: opened } = await template<{ id: string; fresh: boolean }>`
    insert into alert_groups (id, route, receiver, labels, created_at)
    select one->>'id', one->>'route', one->>'receiver', one->'labels', (one->>'created_at')::bigint from jsonb_array_elements(${json(rows)}) one
    on conflict (id) do update set id = excluded.id returning id, (xmax = 0) as fresh`.execute(tx.db());
  return new Set(opened.filter(({ fresh }) => fresh).map(({ id }) => id));
}

/** Puts alerts that fire into groups. */
export async function putMembers(tx: Tx, members: readonly { readonly group: string; readonly alert: AlertState }[]): Promise<void> {
  const rows = members.map(({ group, alert }) => ({ group, fingerprint: alert.fingerprint, alert: storable(alert) }));
  await template`
    insert into alert_group_members ("group", fingerprint, alert)
    select one->>'group', one->>'fingerprint', one->'alert' from jsonb_array_elements(${json(rows)}) one
    on conflict ("group", fingerprint) do update set alert = excluded.alert`.execute(tx.db());
}

/** Marks alerts as over in every group that has them; these groups. */
export async function resolveMembers(tx: Tx, alerts: readonly AlertState[]): Promise<Pick<GroupRow, 'id' | 'receiver'>[]> {
  const { rows } = await template<Pick<GroupRow, 'id' | 'receiver'>>`
    update alert_group_members set alert = one from jsonb_array_elements(${json(alerts.map(storable))}) one, alert_groups g
    where fingerprint = one->>'fingerprint' and g.id = alert_group_members.group returning g.id, g.receiver`.execute(tx.db());
  return [...new Map(rows.map((row) => [row.id, row])).values()];
}

/** JSON knows neither NaN nor infinity. */
const storable = (alert: AlertState) => ({ ...alert, value: Number.isFinite(alert.value) ? alert.value : null });

export const lockGroup = (tx: Tx, id: string): Promise<GroupRow | undefined> =>
  on(tx).selectFrom('alert_groups').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();

/** Its alerts, with the annotations that they have now. */
export async function membersOf(tx: Queryable, id: string, limit: number): Promise<Member[]> {
  const { rows } = await template<{ alert: AlertState; annotations: AlertState['annotations'] | null; url: string | null }>`
    select m.alert, case when a.state = 'firing' then a.annotations end as annotations, e.generator_url as url
    from alert_group_members m left join alerts a on a.fingerprint = m.fingerprint
    left join external_alerts e on e.fingerprint = m.fingerprint
    where m.group = ${id} order by m.alert->>'state', m.fingerprint limit ${limit}`.execute(tx.db());
  return rows.map(({ alert, annotations, url }) => ({
    alert: annotations === null ? alert : { ...alert, annotations },
    generatorUrl: url,
  }));
}

export async function saveTold(tx: Tx, id: string, told: Readonly<Record<string, Told>>): Promise<void> {
  await template`update alert_groups set told = ${json(told)} where id = ${id}`.execute(tx.db());
}

export async function removeResolved(tx: Tx, id: string, fingerprints: readonly string[]): Promise<void> {
  await template`
    delete from alert_group_members where "group" = ${id} and alert->>'state' = 'resolved'
      and fingerprint in (select jsonb_array_elements_text(${json(fingerprints)}))`.execute(tx.db());
}

/** Whether it was empty. */
export async function removeIfEmpty(tx: Tx, id: string): Promise<boolean> {
  const { rows } = await template`
    delete from alert_groups g where id = ${id} and not exists (select from alert_group_members m where m.group = g.id) returning id`.execute(
    tx.db(),
  );
  return rows.length > 0;
}

export const removeGroup = (tx: Tx, id: string) => on(tx).deleteFrom('alert_groups').where('id', '=', id).execute();

export const groupIds = async (queryable: Queryable): Promise<string[]> =>
  (await on(queryable).selectFrom('alert_groups').select('id').orderBy('id').execute()).map(({ id }) => id);
