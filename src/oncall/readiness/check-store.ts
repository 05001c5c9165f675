import { createHash, randomInt } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Contact } from '../../delivery/index.ts';
import { newSecret } from '../../platform/id.ts';
import type { Queryable, Tx } from '../../platform/sql/index.ts';
import type { Checked } from './readiness.ts';

interface Row extends Checked {
  link_hash: string;
  code_hash: string;
  tries: number;
}
interface Tables {
  contact_checks: Row;
  readiness_warned: { person: string; day: string };
}
const on = (queryable: Queryable): Kysely<Tables> => queryable.db<Tables>();

/** A code or a link counts for a day; a code may be guessed five times. */
const LASTS_MS = 86_400_000;
const MOST_TRIES = 5;

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

export const listChecks = (queryable: Queryable): Promise<Checked[]> =>
  on(queryable).selectFrom('contact_checks').select(['person', 'channel', 'address', 'sent_at', 'verified_at']).execute();

/** A new code and link for a contact; the ones before are over. What was verified stays so. */
export async function newCheck(
  tx: Tx,
  person: string,
  { channel, address }: Contact,
  now: number,
): Promise<{ link: string; code: string }> {
  const link = newSecret();
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  const fresh = { link_hash: hashOf(link), code_hash: hashOf(`${person} ${code}`), tries: 0, sent_at: now };
  await on(tx)
    .insertInto('contact_checks')
    .values({ person, channel, address, ...fresh, verified_at: null })
    .onConflict((conflict) => conflict.columns(['person', 'channel', 'address']).doUpdateSet(fresh))
    .execute();
  return { link, code };
}

/** Whose contact a link is of; undefined where it never was, or is over. */
export const findByLink = (queryable: Queryable, link: string, now: number): Promise<Checked | undefined> =>
  on(queryable)
    .selectFrom('contact_checks')
    .select(['person', 'channel', 'address', 'sent_at', 'verified_at'])
    .where('link_hash', '=', hashOf(link))
    .where('sent_at', '>', now - LASTS_MS)
    .executeTakeFirst();

export async function verify(tx: Tx, { person, channel, address }: Checked, now: number): Promise<void> {
  await on(tx)
    .updateTable('contact_checks')
    .set({ verified_at: now })
    .where('person', '=', person)
    .where('channel', '=', channel)
    .where('address', '=', address)
    .execute();
}

/** The contact that a code was sent to; a wrong code counts against all that wait for one. */
export async function findByCode(tx: Tx, person: string, code: string, now: number): Promise<Checked | undefined> {
  const open = await on(tx)
    .selectFrom('contact_checks')
    .selectAll()
    .where('person', '=', person)
    .where('sent_at', '>', now - LASTS_MS)
    .where('tries', '<', MOST_TRIES)
    .forUpdate()
    .execute();
  const found = open.find(({ code_hash }) => code_hash === hashOf(`${person} ${code}`));
  if (found === undefined)
    await on(tx)
      .updateTable('contact_checks')
      .set((set) => ({ tries: set('tries', '+', 1) }))
      .where('person', '=', person)
      .execute();
  return found;
}

/** Notes that a person was warned on a day; false where they were already. */
export const noteWarned = async (tx: Tx, person: string, day: string): Promise<boolean> =>
  (
    await on(tx)
      .insertInto('readiness_warned')
      .values({ person, day })
      .onConflict((conflict) => conflict.doNothing())
      .returning('person')
      .execute()
  ).length > 0;
