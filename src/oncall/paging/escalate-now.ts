import { conflict, notFound } from '../../platform/problem.ts';
import type { Tx } from '../../platform/sql/index.ts';
import { type Desk, gather, REMIND, tell } from '../desk.ts';
import { listDeclined } from '../pages/declined.ts';
import { findPageRow, lockPage, type PageRow, UNANSWERED, updatePage } from '../pages/page-store.ts';
import type { PageState } from '../pages/page.ts';
import { type ChosenPolicy, nextWithPeople, peopleOf } from '../policies/escalation.ts';
import { EVERYONE } from '../policies/policy-kind.ts';
import { targetName, type Target } from '../policies/policy.ts';
import type { Answerer } from './answer.ts';
import { callStep, namesOf, policyNow, positionOf, type StepCall, whoseTurn } from './escalate.ts';

type Content = StepCall['content'];

/** Whom to call; `everyone` says that three people or more at once are meant. */
export type EscalationTarget = Target & { readonly everyone?: boolean | undefined };

/**
 * Calls the next step at once, or whoever `target` names, without waiting for the time of the step. An acknowledged page
 * waits for an answer again. Whoever asks is not called themselves. 404 for what is named and does not exist, 409 for a
 * page that is resolved, or where there is nobody to call. Answers once it survives a crash.
 */
export async function escalateNow(desk: Desk, id: string, who: Answerer, target?: EscalationTarget): Promise<PageState> {
  const content = await contentOf(desk, id);
  return desk.sql.transaction(async (tx) => {
    const row = await lockOpenPage(tx, id, 'escalate');
    const policy = policyNow(desk, row);
    const without = new Set([...(await listDeclined(tx, id)), who.name]);
    const call = target === undefined ? await further(desk, tx, row, policy, without) : towards(desk, row, target);
    const called = await callStep(desk, tx, await unanswer(desk, tx, row), { policy, content, without, ...call });
    const title = `${who.name} escalated to ${namesOf(desk, call.people)}: ${row.subject}`;
    return tell(desk, tx, called, 'escalated', { title, actor: who.actor });
  });
}

/** What the page's text is made of: read before the transaction, which may not. */
export async function contentOf(desk: Desk, id: string): Promise<Content> {
  const seen = await findPageRow(desk.sql, id);
  if (!seen) throw notFound('page', id);
  return gather(desk, { service: seen.service, beganAt: seen.began_at });
}

export async function lockOpenPage(tx: Tx, id: string, verb: string): Promise<PageRow> {
  const row = await lockPage(tx, id);
  if (!row) throw notFound('page', id);
  if (row.state === 'resolved') throw conflict(`The page is resolved already: there is nothing left to ${verb}.`);
  return row;
}

/** Whoever had it has it no more. */
export async function unanswer(desk: Desk, tx: Tx, row: PageRow): Promise<PageRow> {
  await desk.jobs.cancel(tx, REMIND, row.id);
  return updatePage(tx, row, UNANSWERED);
}

type Next = Pick<StepCall, 'at' | 'people'>;

/** The next step of the policy; after the last one, the policy from its start. */
export async function further(desk: Desk, tx: Tx, row: PageRow, policy: ChosenPolicy | null, without: ReadonlySet<string>): Promise<Next> {
  if (policy === null) throw conflict('The page has no escalation policy: name a person, a schedule or a team.');
  const set = desk.catalog.current();
  const now = desk.clock.now();
  const start = { step: -1, round: row.round + 1, firstRound: row.round + 1 };
  const next = nextWithPeople(set, policy, positionOf(row), now, without) ?? nextWithPeople(set, policy, start, now, without);
  if (!next) throw conflict(`The policy '${policy.name}' has nobody else to call now: name a person, a schedule or a team.`);
  return { at: next, people: await whoseTurn(tx, policy, next) };
}

/** A call beside the policy, as a round of its own: its steps go on after it, as many as would have been. */
function towards(desk: Desk, row: PageRow, { everyone = false, ...target }: EscalationTarget): Next {
  const set = desk.catalog.current();
  const { key, kind, name } = targetName(target);
  if (!set.get(kind, name)) throw notFound(key, name);
  const people = peopleOf(set, [target], desk.clock.now());
  if (people.length === 0) throw conflict(`The ${key} '${name}' reaches nobody now: name someone who has a contact.`);
  if (people.length >= EVERYONE && !everyone)
    throw conflict(`That wakes ${people.length} people at once: ${people.join(', ')}. Say 'everyone' if it is meant, or name one of them.`);
  return { at: { step: row.step, round: row.round + 1, firstRound: row.first_round + 1 }, people };
}
