import { sql as template } from 'kysely';
import { json, type Queryable, storableJson, type Tx } from '../../platform/sql/index.ts';
import type { AlertState } from '../alerts/index.ts';
import type { Mute } from './mute.ts';
import type { Notice } from './notice.ts';

interface NoticeRow {
  fingerprint: string;
  state: Notice['state'];
  alert: Omit<AlertState, 'value'> & { value: number | null };
  group_key: string;
  told: boolean;
  held: boolean;
  mute: Mute | null;
  changes: number[];
  flapping_since: number | null;
}

const OPEN = template`(state = 'firing' or told or held or flapping_since is not null)`;

/** Those of these alerts, locked in one order until the end of the transaction. */
export async function lockNotices(tx: Tx, fingerprints: readonly string[]): Promise<Map<string, Notice>> {
  const { rows } = await template<NoticeRow>`
    select * from alert_notices where fingerprint in (select jsonb_array_elements_text(${json(fingerprints)}))
    order by fingerprint for update`.execute(tx.db());
  return byFingerprint(rows);
}

/** All about which something may still have to be told. */
export async function openNotices(queryable: Queryable): Promise<Map<string, Notice>> {
  const { rows } = await template<NoticeRow>`select * from alert_notices where ${OPEN} order by fingerprint`.execute(queryable.db());
  return byFingerprint(rows);
}

const byFingerprint = (rows: readonly NoticeRow[]): Map<string, Notice> => new Map(rows.map((row) => [row.fingerprint, noticeOf(row)]));

/** In one statement, and one order: ten thousand at once are common when much fails. */
export async function saveNotices(tx: Tx, notices: readonly Notice[]): Promise<void> {
  if (notices.length === 0) return;
  const rows = notices.map(rowOf).sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
  await template`
    insert into alert_notices (fingerprint, service, state, alert, group_key, told, held, mute, changes, flapping_since, last_change)
    select one->>'fingerprint', one->'alert'->>'service', one->>'state', one->'alert', one->>'group_key', (one->>'told')::boolean,
      (one->>'held')::boolean, nullif(one->'mute', 'null'), one->'changes', (one->>'flapping_since')::bigint,
      coalesce((one->'changes'->>-1)::bigint, 0)
    from jsonb_array_elements(${storableJson(rows)}::jsonb) one
    on conflict (fingerprint) do update set service = excluded.service, state = excluded.state, alert = excluded.alert,
      group_key = excluded.group_key, told = excluded.told, held = excluded.held, mute = excluded.mute, changes = excluded.changes,
      flapping_since = excluded.flapping_since, last_change = excluded.last_change`.execute(tx.db());
}

/** Forgets what is over and told of, and has not changed since: it counts for flapping until then. */
export async function forgetNotices(tx: Tx, changedBefore: number): Promise<void> {
  await template`delete from alert_notices where last_change < ${changedBefore} and not ${OPEN}`.execute(tx.db());
}

/** When the first of those that may be forgotten some day changed. */
export async function firstForgettable(queryable: Queryable): Promise<number | undefined> {
  const { rows } = await template<{ at: number | null }>`
    select min(last_change) as at from alert_notices where not ${OPEN}`.execute(queryable.db());
  return rows[0]?.at ?? undefined;
}

/** What fires and is held back by a silence. */
export async function heldBySilence(queryable: Queryable, id: string): Promise<{ rule: string; service: string | null }[]> {
  const { rows } = await template<{ rule: string; service: string | null }>`
    select alert->>'rule' as rule, service from alert_notices
    where mute is not null and mute->>'by' = 'silence' and mute->>'ref' = ${id} order by fingerprint`.execute(queryable.db());
  return rows;
}

export interface Muted {
  readonly fingerprint: string;
  readonly mute: Mute | null;
  readonly flappingSince: number | null;
  readonly service: string | null;
  readonly held: boolean;
}

/** The alerts that are held back or flap; of these alone, where they are named. */
export async function mutedNow(queryable: Queryable, fingerprints?: readonly string[]): Promise<Muted[]> {
  const these =
    fingerprints === undefined ? template`true` : template`fingerprint in (select jsonb_array_elements_text(${json(fingerprints)}))`;
  const { rows } = await template<{
    fingerprint: string;
    mute: Mute | null;
    flapping_since: number | null;
    service: string | null;
    held: boolean;
  }>`
    select fingerprint, mute, flapping_since, service, held from alert_notices
    where (mute is not null or flapping_since is not null) and ${these}`.execute(queryable.db());
  return rows.map(({ flapping_since: flappingSince, ...rest }) => ({ ...rest, flappingSince }));
}

/** The other services whose alerts are held back because this one fails, by name. */
export async function servicesHeldBy(queryable: Queryable, service: string): Promise<string[]> {
  const { rows } = await template<{ service: string }>`
    select distinct service from alert_notices
    where mute is not null and mute->>'by' = 'dependency' and mute->>'ref' = ${service} and service is not null
    order by service`.execute(queryable.db());
  return rows.map((row) => row.service);
}

function rowOf({ alert, groupKey, state, told, held, mute, changes, flappingSince }: Notice) {
  return {
    fingerprint: alert.fingerprint,
    state,
    // Infinite values, which JSON doesn't know, become null by themselves.
    alert,
    group_key: groupKey,
    told,
    held,
    mute,
    changes,
    flapping_since: flappingSince,
  };
}

const noticeOf = ({ alert, group_key, state, told, held, mute, changes, flapping_since }: NoticeRow): Notice => ({
  alert: { ...alert, value: alert.value ?? Number.NaN },
  groupKey: group_key,
  state,
  told,
  held,
  mute,
  changes,
  flappingSince: flapping_since,
});
