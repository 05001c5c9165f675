import type { Queryable } from '../../platform/sql/index.ts';

interface Tables {
  page_declined: { page: string; person: string; at: number };
}

/** Notes that a page is not this person's: it calls them no more. Saying it again changes nothing. */
export async function addDeclined(tx: Queryable, page: string, person: string, at: number): Promise<void> {
  const values = { page, person, at };
  await tx
    .db<Tables>()
    .insertInto('page_declined')
    .values(values)
    .onConflict((conflict) => conflict.columns(['page', 'person']).doNothing())
    .execute();
}

/** Who said that the page is not theirs, the first first. */
export async function listDeclined(queryable: Queryable, page: string): Promise<string[]> {
  const rows = await queryable
    .db<Tables>()
    .selectFrom('page_declined')
    .select('person')
    .where('page', '=', page)
    .orderBy('at')
    .orderBy('person')
    .execute();
  return rows.map(({ person }) => person);
}
