import type { Tx } from '../../platform/sql/index.ts';
import { type Desk, tell } from '../desk.ts';
import { addDeclined, listDeclined } from '../pages/declined.ts';
import { listTold, type PageRow } from '../pages/page-store.ts';
import type { PageState } from '../pages/page.ts';
import type { Answerer } from './answer.ts';
import { contentOf, further, lockOpenPage, unanswer } from './escalate-now.ts';
import { callStep, namesOf, policyNow } from './escalate.ts';

/**
 * The page is not this person's: it calls them no more, and calls the next at once, unless someone else was called with
 * them and has time to answer, or has it already. 409 for a page that is resolved, and where nobody else is left: a page
 * always has someone. Answers once it survives a crash.
 */
export async function notMine(desk: Desk, id: string, who: Answerer): Promise<PageState> {
  const content = await contentOf(desk, id);
  return desk.sql.transaction(async (tx) => {
    const row = await lockOpenPage(tx, id, 'decline');
    await addDeclined(tx, id, who.name, desk.clock.now());
    const title = `${who.name} says that it is not theirs: ${row.subject}`;
    const said = { title, actor: who.actor };
    const without = new Set(await listDeclined(tx, id));
    if (await othersHaveIt(tx, row, who, without)) return tell(desk, tx, row, 'declined', said);
    const policy = policyNow(desk, row);
    const call = await further(desk, tx, row, policy, without);
    const called = await callStep(desk, tx, await unanswer(desk, tx, row), { policy, content, without, ...call });
    await tell(desk, tx, called, 'declined', said);
    const next = `${namesOf(desk, call.people)} called instead of ${who.name}: ${row.subject}`;
    return tell(desk, tx, called, 'escalated', { title: next, actor: who.actor });
  });
}

async function othersHaveIt(tx: Tx, row: PageRow, who: Answerer, without: ReadonlySet<string>): Promise<boolean> {
  if (row.severity === 'eventually') return true;
  if (row.state === 'acknowledged') return row.acknowledged_by !== who.name;
  const told = await listTold(tx, row.id);
  return told.some(({ round, step, person }) => round === row.round && step === row.step && !without.has(person));
}
