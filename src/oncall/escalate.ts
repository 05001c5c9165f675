import type { ResourceSet } from '../catalog/index.ts';
import type { Job } from '../platform/jobs/index.ts';
import type { Tx } from '../platform/sql/index.ts';
import { formatDuration } from '../platform/duration.ts';
import { callPeople } from './calls.ts';
import { type Desk, gather, personOf, tell, titleOf } from './desk.ts';
import { type ChosenPolicy, escalationSteps, peopleOf, policyOf, type Position, stepAfter } from './escalation.ts';
import { begin, enqueueEscalation } from './paging.ts';
import { countFiring } from './page-alerts.ts';
import { findPageRow, lockPage, type PageRow, updatePage, withAlerts } from './page-store.ts';
import { ticketTime } from './quiet-hours.ts';
import { list, type PageContent, renderFacts } from './render-page.ts';

/** How soon to look again for someone to call, where there was nobody: an edit of the documents may bring one. */
const NOBODY_RETRY_MS = 60_000;

type Content = Omit<PageContent, 'page'>;

/** The job ESCALATE: the page's next call. Decides again from what is there now: the page, the documents, the time. */
export async function escalate(desk: Desk, job: Job): Promise<void> {
  const seen = await findPageRow(desk.sql, job.key);
  if (seen?.state !== 'triggered') return;
  const content = await gather(desk, await withAlerts(desk.sql, seen));
  await desk.sql.transaction(async (tx) => {
    const row = await lockPage(tx, job.key);
    const expected = job.payload as { step: number; round: number };
    if (row?.state !== 'triggered' || row.step !== expected.step || row.round !== expected.round) return;
    const policy = policyOf(desk.catalog.current(), row);
    if (policy === null)
      return nobody(desk, tx, row, 'There is no escalation policy for it: name one in its Service, or name one default.');
    if (row.severity === 'eventually') return;
    if (row.severity === 'today') return callForTicket(desk, tx, row, policy, content);
    return callNext(desk, tx, row, policy, content);
  });
}

async function callNext(desk: Desk, tx: Tx, row: PageRow, policy: ChosenPolicy, content: Content): Promise<void> {
  const set = desk.catalog.current();
  const now = desk.clock.now();
  const found = nextWithPeople(set, policy, positionOf(row), now);
  if (found === undefined) {
    if (row.step === -1) return nobody(desk, tx, row, `No step of the policy '${policy.name}' reaches anyone.`);
    return unanswered(desk, tx, row);
  }
  const { step, round, people } = found;
  const following = escalationSteps(policy.spec, set, found, now);
  // After the last, one more look: whether anybody answered.
  const escalates_at = following[0]?.at ?? now + lastWait(policy, found);
  const described = await withText(tx, row, content);
  const called = await updatePage(tx, described, { step, round, policy: policy.name, escalates_at: following[0] ? escalates_at : null });
  const page = await withAlerts(tx, called);
  const reason = row.step === -1 ? 'page' : 'escalation';
  await callPeople(desk, tx, { page, content, people, round, step, reason, next: following });
  await enqueueEscalation(desk, tx, called, escalates_at);
  tx.afterCommit(() => desk.watch.fine(row.id));
  if (row.step === -1) return;
  const since = formatDuration(Math.round((now - row.triggered_at) / 60_000) * 60_000);
  const title = `Nobody acknowledged for ${since}: ${list(people.map((name) => titleOf(set, name)))} called: ${row.subject}`;
  await tell(desk, tx, called, 'escalated', { title, actor: 'nines' });
}

const positionOf = ({ step, round, first_round }: PageRow): Position => ({ step, round, firstRound: first_round });

/** A step that reaches nobody is passed over at once; each is looked at only once. */
function nextWithPeople(
  set: ResourceSet,
  { spec }: ChosenPolicy,
  from: Position,
  now: number,
): (Position & { people: string[] }) | undefined {
  let next = stepAfter(spec, from);
  for (let looked = 0; next !== null && looked < spec.steps.length; looked += 1) {
    const people = peopleOf(set, spec.steps[next.step]!.notify, now);
    if (people.length > 0) return { ...next, people };
    next = stepAfter(spec, next);
  }
  return undefined;
}

const lastWait = ({ spec }: ChosenPolicy, at: Position): number =>
  stepAfter({ ...spec, repeat: 9 }, { ...at, firstRound: at.round })?.waitMs ?? 0;

/** The page's text now that what changed is known. A page that a person sent keeps theirs. */
async function withText(tx: Tx, row: PageRow, content: Content): Promise<PageRow> {
  const page = await withAlerts(tx, row);
  return page.alerts.length === 0 ? row : updatePage(tx, row, { text: renderFacts({ ...content, page }, 'UTC') });
}

async function nobody(desk: Desk, tx: Tx, row: PageRow, why: string): Promise<void> {
  const at = desk.clock.now() + NOBODY_RETRY_MS;
  await enqueueEscalation(desk, tx, await updatePage(tx, row, { escalates_at: at }), at);
  tx.afterCommit(() => desk.watch.trouble(row.id, `The page '${row.subject}' has no one to call. ${why}`));
}

async function unanswered(desk: Desk, tx: Tx, row: PageRow): Promise<void> {
  await updatePage(tx, row, { escalates_at: null });
  tx.afterCommit(() => desk.watch.trouble(row.id, unansweredProblem(row)));
}

export const unansweredProblem = (row: PageRow): string =>
  `Nobody answered the page '${row.subject}', and everyone was called as often as its policy says. Acknowledge it at /pages/${row.id}.`;

/** A ticket is told once, to whoever is on call when someone may be told. */
async function callForTicket(desk: Desk, tx: Tx, row: PageRow, policy: ChosenPolicy, content: Content): Promise<void> {
  if (row.step >= 0) return;
  const set = desk.catalog.current();
  const now = desk.clock.now();
  const { notify = policy.spec.steps[0]!.notify, hours } = policy.spec.tickets;
  const people = peopleOf(set, notify, now);
  if (people.length === 0) return nobody(desk, tx, row, `The tickets of the policy '${policy.name}' reach nobody.`);
  const timeFor = (person: string): number => ticketTime(personOf(set, person) ?? { timeZone: 'UTC' }, hours, now);
  const first = Math.min(...people.map(timeFor));
  // Someone else may be on call by then.
  if (first > now) return enqueueEscalation(desk, tx, await updatePage(tx, row, { escalates_at: first }), first);
  const called = await updatePage(tx, await withText(tx, row, content), { step: 0, policy: policy.name, escalates_at: null });
  const page = await withAlerts(tx, called);
  await callPeople(desk, tx, { page, content, people, round: row.round, step: 0, reason: 'ticket', next: [], notBefore: timeFor });
  tx.afterCommit(() => desk.watch.fine(row.id));
}

/** The job REMIND: acknowledged long ago and still firing, so it is called anew. */
export async function remind(desk: Desk, id: string): Promise<void> {
  await desk.sql.transaction(async (tx) => {
    const row = await lockPage(tx, id);
    if (row?.state !== 'acknowledged' || (await countFiring(tx, id)) === 0) return;
    const now = desk.clock.now();
    const fresh = { state: 'triggered', step: -1, round: row.round + 1, first_round: row.round + 1, escalates_at: now } as const;
    const again = await updatePage(tx, row, { ...fresh, acknowledged_at: null, acknowledged_by: null });
    const since = formatDuration(now - (row.acknowledged_at ?? now));
    await begin(desk, tx, again, `Still firing ${since} after ${row.acknowledged_by ?? 'someone'} acknowledged: ${row.subject}`, 'nines');
  });
}

/** The job DESCRIBE: writes the text of a page that grew. */
export async function redescribe(desk: Desk, id: string): Promise<void> {
  const seen = await findPageRow(desk.sql, id);
  if (!seen || seen.state === 'resolved') return;
  const content = await gather(desk, await withAlerts(desk.sql, seen));
  await desk.sql.transaction(async (tx) => {
    const row = await lockPage(tx, id);
    if (row && row.state !== 'resolved') await withText(tx, row, content);
  });
}
