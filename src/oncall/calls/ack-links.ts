import { createHash } from 'node:crypto';
import { newSecret } from '../../platform/id.ts';
import type { Queryable } from '../../platform/sql/index.ts';

interface Tables {
  page_links: { hash: string; page: string; person: string; created_at: number };
  pages: { id: string; resolved_at: number | null };
}

/** A link outlives its page by this much: late enough to read who did what, early enough not to lie about for ever. */
export const LINK_OUTLIVES_MS = 7 * 86_400_000;

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** New secrets with which these people acknowledge a page, one each. Only their hashes are kept (160 random bits need no slow one). */
export async function addLinks(tx: Queryable, page: string, people: readonly string[], now: number): Promise<string[]> {
  const secrets = people.map(() => newSecret());
  const rows = people.map((person, i) => ({ hash: hashOf(secrets[i]!), page, person, created_at: now }));
  if (rows.length > 0) await tx.db<Tables>().insertInto('page_links').values(rows).execute();
  return secrets;
}

/** Whose and for which page; undefined for one that never was or is over. */
export async function findLink(queryable: Queryable, secret: string, now: number): Promise<{ page: string; person: string } | undefined> {
  return queryable
    .db<Tables>()
    .selectFrom('page_links')
    .innerJoin('pages', 'pages.id', 'page_links.page')
    .select(['page', 'person'])
    .where('hash', '=', hashOf(secret))
    .where((where) => where.or([where('resolved_at', 'is', null), where('resolved_at', '>', now - LINK_OUTLIVES_MS)]))
    .executeTakeFirst();
}

export async function dropOldLinks(tx: Queryable, now: number): Promise<void> {
  const over = tx.db<Tables>().selectFrom('pages').select('id').where('resolved_at', '<=', now - LINK_OUTLIVES_MS); // prettier-ignore
  await tx.db<Tables>().deleteFrom('page_links').where('page', 'in', over).execute();
}
