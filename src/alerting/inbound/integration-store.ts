import { createHash } from 'node:crypto';
import { sql as template } from 'kysely';
import { newSecret } from '../../platform/id.ts';
import type { Queryable } from '../../platform/sql/index.ts';
import { cutText } from './json-value.ts';

export interface Seen {
  readonly name: string;
  readonly taken: number;
  readonly refused: number;
  readonly last_at: number | null;
  readonly last_title: string | null;
  readonly last_error_at: number | null;
  readonly last_error: string | null;
}

interface Tables {
  integration_keys: { name: string; hash: string; created_at: number };
  integration_seen: Seen;
}

/** 160 random bits: one pass keeps them safe at rest, and finding one by its hash tells nothing by its time. */
const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** A new key in place of the one before. It is said once: only its hash is kept. */
export async function makeKey(tx: Queryable, name: string, now: number): Promise<string> {
  const secret = newSecret();
  await tx
    .db<Tables>()
    .insertInto('integration_keys')
    .values({ name, hash: hashOf(secret), created_at: now })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ hash: hashOf(secret), created_at: now }))
    .execute();
  return secret;
}

export async function dropKey(tx: Queryable, name: string): Promise<boolean> {
  const { numDeletedRows } = await tx.db<Tables>().deleteFrom('integration_keys').where('name', '=', name).executeTakeFirst();
  return numDeletedRows > 0n;
}

export async function listKeys(queryable: Queryable): Promise<{ name: string; created_at: number }[]> {
  return queryable.db<Tables>().selectFrom('integration_keys').select(['name', 'created_at']).execute();
}

/** Whose key one of these is. */
export async function ownerOfKey(queryable: Queryable, secrets: readonly string[]): Promise<string | undefined> {
  if (secrets.length === 0) return undefined;
  const found = await queryable.db<Tables>().selectFrom('integration_keys').select('name').where('hash', 'in', secrets.map(hashOf)).executeTakeFirst(); // prettier-ignore
  return found?.name;
}

export async function listSeen(queryable: Queryable): Promise<Seen[]> {
  return queryable.db<Tables>().selectFrom('integration_seen').selectAll().execute();
}

export async function noteTaken(queryable: Queryable, name: string, count: number, title: string | null, now: number): Promise<void> {
  const kept = title === null ? null : cutText(storable(title), 500);
  await template`
    insert into integration_seen as seen (name, taken, last_at, last_title) values (${name}, ${count}, ${now}, ${kept})
    on conflict (name) do update set taken = seen.taken + ${count}, last_at = ${now}, last_title = coalesce(${kept}, seen.last_title)`.execute(
    queryable.db(),
  );
}

export async function noteRefused(queryable: Queryable, name: string, problem: string, now: number): Promise<void> {
  const kept = cutText(storable(problem), 1_000);
  await template`
    insert into integration_seen as seen (name, refused, last_error_at, last_error) values (${name}, 1, ${now}, ${kept})
    on conflict (name) do update set refused = seen.refused + 1, last_error_at = ${now}, last_error = ${kept}`.execute(queryable.db());
}

const storable = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\uFFFD');
