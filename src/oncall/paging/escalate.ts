import { formatDuration } from '../../platform/duration.ts';
import type { Job } from '../../platform/jobs/index.ts';
import type { Tx } from '../../platform/sql/index.ts';
import { callPeople } from '../calls/calls.ts';
import { type Desk, describeService, enqueueEscalation, gather, personOf, tell, titleOf } from '../desk.ts';
import { listDeclined } from '../pages/declined.ts';
import { countFiring } from '../pages/page-alerts.ts';
import { findPageRow, lockPage, NOT_SNOOZED, pageOf, type PageRow, UNANSWERED, updatePage, withAlerts } from '../pages/page-store.ts';
import type { PageState } from '../pages/page.ts';
import { list, type PageContent, renderFacts } from '../pages/render-page.ts';
import {
  type ChosenPolicy,
  contactOf,
  DEFAULT_AFTER_MS,
  escalationSteps,
  nextWithPeople,
  peopleOf,
  policyAt,
  policyOf,
  type Position,
  shadowsOf,
  stepAfter,
} from '../policies/escalation.ts';
import type { Target } from '../policies/policy.ts';
import { ticketTime } from '../policies/quiet-hours.ts';
import { takeTurn } from '../policies/round-robin.ts';
import { batchedDesk } from './batched-desk.ts';
import { isMuted, pauseCalls } from './mute-page.ts';
import { anew, begin } from './paging.ts';
import { enqueueRespond, respondBy } from './response.ts';

/** How soon to look again for someone to call, where there was nobody: an edit of the documents may bring one. */
const NOBODY_RETRY_MS = 60_000;

type Content = Omit<PageContent, 'page'>;

/** The job ESCALATE: the page's next call. Decides again from what is there now: the page, the documents, the time. */
export async function escalate(desk: Desk, job: Job): Promise<void> {
  const seen = await findPageRow(desk.sql, job.key);
  if (seen?.state !== 'triggered') return;
  const content = await gather(desk, { service: seen.service, beganAt: seen.began_at });
  await desk.sql.transaction(async (tx) => {
    const batched = batchedDesk(desk);
    await callDue(batched.desk, tx, job, content);
    await batched.flush(tx);
  });
}

async function callDue(desk: Desk, tx: Tx, job: Job, content: Content): Promise<void> {
  const row = await lockPage(tx, job.key);
  const expected = job.payload as { step: number; round: number };
  if (row?.state !== 'triggered' || row.step !== expected.step || row.round !== expected.round) return;
  if (await isMuted(desk, tx, row)) return pauseCalls(tx, row, desk.clock.now());
  const policy = policyNow(desk, row);
  if (policy === null) return nobody(desk, tx, row, 'There is no escalation policy for it: name one in its Service, or name one default.');
  if (row.severity === 'eventually') return;
  if (row.severity === 'today') return callForTicket(desk, tx, row, policy, content);
  return callNext(desk, tx, row, policy, content);
}

async function callNext(desk: Desk, tx: Tx, row: PageRow, policy: ChosenPolicy, content: Content): Promise<void> {
  const now = desk.clock.now();
  const without = await leftOut(desk, tx, row, policy);
  const found = nextWithPeople(desk.catalog.current(), policy, positionOf(row), now, without);
  if (found === undefined) {
    if (row.step === -1) return nobody(desk, tx, row, `No step of the policy '${policy.name}' reaches anyone.`);
    return unanswered(desk, tx, row);
  }
  const chosen = await whoseTurn(tx, policy, found);
  const people = [...new Set([...chosen, ...snoozer(desk, row)])];
  const called = await callStep(desk, tx, row, { policy, at: found, people, content, without });
  if (row.step === -1) return;
  const since = formatDuration(Math.round((now - row.triggered_at) / 60_000) * 60_000);
  const title = `Nobody acknowledged for ${since}: ${namesOf(desk, people)} called: ${row.subject}`;
  await tell(desk, tx, called, 'escalated', { title, actor: 'nines' });
}

/** The policy that the page follows, as it is at this time. */
export function policyNow(desk: Desk, row: PageRow): ChosenPolicy | null {
  const set = desk.catalog.current();
  const policy = policyOf(set, row);
  return policy && policyAt(policy, describeService(set, row.service)?.tier ?? 3, desk.clock.now());
}

/** Of a step that calls one of several, whose turn it is. */
export async function whoseTurn(
  tx: Tx,
  { name, spec }: ChosenPolicy,
  { step, people }: { step: number; people: readonly string[] },
): Promise<readonly string[]> {
  if (people.length < 2 || spec.steps[step]?.roundRobin !== true) return people;
  return [await takeTurn(tx, name, step, people)];
}

/** Whose snooze ended is called with the first step: they meant to come back to it. */
const snoozer = (desk: Desk, { step, snoozed_by: name }: PageRow): string[] =>
  step === -1 && name !== null && contactOf(desk.catalog.current(), name) !== undefined ? [name] : [];

export interface StepCall {
  /** Null where the page has none: nobody follows. */
  readonly policy: ChosenPolicy | null;
  /** Where in the policy the page is with this call. */
  readonly at: Position;
  readonly people: readonly string[];
  readonly content: Content;
  readonly without: ReadonlySet<string>;
}

/** Calls people and puts the page at their step; the next follows by itself, unless it is a ticket. */
export async function callStep(desk: Desk, tx: Tx, row: PageRow, { policy, at, people, content, without }: StepCall): Promise<PageRow> {
  const set = desk.catalog.current();
  const now = desk.clock.now();
  const { step, round, firstRound } = at;
  const goesOn = row.severity === 'critical' && policy !== null;
  const following = goesOn ? escalationSteps(policy.spec, set, at, now, without) : [];
  // After the last, one more look: whether anybody answered.
  const escalates_at = following[0]?.at ?? now + (policy === null ? DEFAULT_AFTER_MS : lastWait(policy, at));
  const described = await textNow(tx, row, content);
  const position = { step, round, first_round: firstRound, policy: policy?.name ?? row.policy, ...NOT_SNOOZED };
  const promise = row.step === -1 && { respond_by: respondBy(row.severity, now, policy?.spec.respond) };
  const { text, alerts, firing } = described;
  const called = await updatePage(tx, row, { text, ...position, ...promise, escalates_at: following[0] ? escalates_at : null });
  const page = pageOf(called, alerts, firing);
  const reason = row.severity !== 'critical' ? 'ticket' : row.step === -1 ? 'page' : 'escalation';
  const beside = shadowsOf(set, policy?.spec.steps[step]?.notify ?? [], now).filter((name) => !people.includes(name) && !without.has(name));
  await callPeople(desk, tx, { page, content, people, beside, round, step, reason, next: following });
  if (row.severity === 'critical') await enqueueEscalation(desk, tx, called, escalates_at);
  if (promise) await enqueueRespond(desk, tx, called);
  tx.afterCommit(() => desk.watch.fine(row.id));
  return called;
}

/** Who is not to be called for this page: who said that it is not theirs, as long as the policy has anyone else. */
export async function leftOut(desk: Desk, tx: Tx, row: PageRow, policy: ChosenPolicy): Promise<ReadonlySet<string>> {
  const declined = new Set(await listDeclined(tx, row.id));
  if (declined.size === 0) return declined;
  const targets = policy.spec.steps.flatMap(({ notify }) => notify);
  return peopleOf(desk.catalog.current(), targets, desk.clock.now(), declined).length > 0 ? declined : new Set();
}

export const positionOf = ({ step, round, first_round }: PageRow): Position => ({ step, round, firstRound: first_round });

export const namesOf = (desk: Desk, people: readonly string[]): string => list(people.map((name) => titleOf(desk.catalog.current(), name)));

const lastWait = ({ spec }: ChosenPolicy, at: Position): number =>
  stepAfter({ ...spec, repeat: 9 }, { ...at, firstRound: at.round })?.waitMs ?? 0;

/** The page's text now that what changed is known. A page that a person sent keeps theirs. */
async function textNow(tx: Tx, row: PageRow, content: Content): Promise<Pick<PageState, 'text' | 'alerts' | 'firing'>> {
  const page = await withAlerts(tx, row);
  return page.alerts.length === 0 ? page : { ...page, text: renderFacts({ ...content, page }, 'UTC') };
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

/**
 * A ticket is told to whoever is on call when someone may be told. Where nobody answers in the time that is promised, it
 * is told again, to their secondary too, as often as the policy repeats.
 */
async function callForTicket(desk: Desk, tx: Tx, row: PageRow, policy: ChosenPolicy, content: Content): Promise<void> {
  const again = row.step >= 0;
  if (again && row.round - row.first_round >= policy.spec.repeat) {
    await updatePage(tx, row, { escalates_at: null });
    return;
  }
  const set = desk.catalog.current();
  const now = desk.clock.now();
  const { notify = policy.spec.steps[0]!.notify, hours } = policy.spec.tickets;
  const without = new Set(await listDeclined(tx, row.id));
  const targets = again ? notify.flatMap(withSecondary) : notify;
  const left = peopleOf(set, targets, now, without);
  const people = left.length > 0 ? left : peopleOf(set, targets, now);
  if (people.length === 0) return nobody(desk, tx, row, `The tickets of the policy '${policy.name}' reach nobody.`);
  const timeFor = (person: string, from = now): number => ticketTime(personOf(set, person) ?? { timeZone: 'UTC' }, hours, from);
  const first = Math.min(...people.map((person) => timeFor(person)));
  // Someone else may be on call by then.
  if (first > now) return enqueueEscalation(desk, tx, await updatePage(tx, row, { escalates_at: first }), first);
  const due = timeFor(people[0]!, respondBy('today', now, policy.spec.respond) ?? now);
  const at = { step: 0, round: row.round + (again ? 1 : 0), policy: policy.name, escalates_at: due };
  const { text, alerts, firing } = await textNow(tx, row, content);
  const called = await updatePage(tx, row, { text, ...at, ...(!again && { respond_by: due }), ...NOT_SNOOZED });
  const page = pageOf(called, alerts, firing);
  await callPeople(desk, tx, { page, content, people, round: at.round, step: 0, reason: 'ticket', next: [], notBefore: timeFor });
  await enqueueEscalation(desk, tx, called, due);
  if (!again) await enqueueRespond(desk, tx, called);
  tx.afterCommit(() => desk.watch.fine(row.id));
}

const withSecondary = (target: Target): Target[] =>
  target.schedule === undefined ? [target] : [target, { ...target, layer: target.layer === 'secondary' ? 'primary' : 'secondary' }];

/** The job REMIND: its snooze ended, or it was acknowledged long ago, and it still stands: it is called anew. */
export async function remind(desk: Desk, id: string): Promise<void> {
  await desk.sql.transaction(async (tx) => {
    const row = await lockPage(tx, id);
    if (row?.state !== 'acknowledged') return;
    const now = desk.clock.now();
    // Snoozed for longer meanwhile: a job of its own waits for that.
    if (row.snoozed_until !== null && row.snoozed_until > now) return;
    // Acknowledged, a page that a person sent is theirs until they say that it is over; snoozed, it comes back.
    const firing = await countFiring(tx, id);
    const stands = firing > 0 || (row.snoozed_until !== null && (await withAlerts(tx, row)).alerts.length === 0);
    if (!stands) {
      await updatePage(tx, row, NOT_SNOOZED);
      return;
    }
    const again = await updatePage(tx, row, { ...anew(row, now), ...UNANSWERED, snoozed_by: row.snoozed_by });
    await begin(desk, tx, again, remindTitle(row, now), 'nines');
  });
}

function remindTitle(row: PageRow, now: number): string {
  const still = row.snoozed_until === null ? 'Still firing' : 'The snooze ended, and it still stands';
  const since = formatDuration(now - (row.acknowledged_at ?? now));
  return `${still}, ${since} after ${row.acknowledged_by ?? 'someone'} acknowledged: ${row.subject}`;
}

/** The job DESCRIBE: writes the text of a page that grew, and tells who follows it. */
export async function redescribe(desk: Desk, id: string): Promise<void> {
  const seen = await findPageRow(desk.sql, id);
  if (!seen || seen.state === 'resolved') return;
  const content = await gather(desk, { service: seen.service, beganAt: seen.began_at });
  await desk.sql.transaction(async (tx) => {
    const row = await lockPage(tx, id);
    if (!row || row.state === 'resolved') return;
    const { text } = await textNow(tx, row, content);
    await tell(desk, tx, await updatePage(tx, row, { text }), 'grown', { title: `More alerts: ${row.subject}`, actor: 'nines' });
  });
}
