import { sql as template } from 'kysely';
import type { Queryable, Tx } from '../../platform/sql/index.ts';

interface Tables {
  policy_turns: { policy: string; step: number; person: string; turn: number };
}

/**
 * Whose turn it is in a step that calls one of several: whoever it has not called for the longest time, and of those it
 * never called the first. Kept in the transaction that calls them; two processes take turns one after the other.
 * Someone who joins comes next; someone who left and comes back is where they were.
 */
export async function takeTurn(tx: Tx, policy: string, step: number, people: readonly string[]): Promise<string> {
  await template`select pg_advisory_xact_lock(hashtext('policy_turns'), hashtext(${`${policy}/${step}`}))`.execute(tx.db());
  const turns = await turnsOf(tx, policy, step);
  const person = nextInTurn(people, turns);
  const turn = Math.max(0, ...turns.values()) + 1;
  await tx
    .db<Tables>()
    .insertInto('policy_turns')
    .values({ policy, step, person, turn })
    .onConflict((conflict) => conflict.columns(['policy', 'step', 'person']).doUpdateSet({ turn }))
    .execute();
  return person;
}

/** Pure: the one with the lowest turn; the first of several. */
export function nextInTurn(people: readonly string[], turns: ReadonlyMap<string, number>): string {
  return people.reduce((best, one) => ((turns.get(one) ?? 0) < (turns.get(best) ?? 0) ? one : best));
}

async function turnsOf(queryable: Queryable, policy: string, step: number): Promise<Map<string, number>> {
  const rows = await queryable
    .db<Tables>()
    .selectFrom('policy_turns')
    .select(['person', 'turn'])
    .where('policy', '=', policy)
    .where('step', '=', step)
    .execute();
  return new Map(rows.map(({ person, turn }) => [person, turn]));
}
