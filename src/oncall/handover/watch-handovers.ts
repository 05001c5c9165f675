import type { ResourceSet } from '../../catalog/index.ts';
import { type Desk, personOf, titleOf } from '../desk.ts';
import type { PolicySpec } from '../policies/policy.ts';
import { tellPeople } from '../schedules/tell-people.ts';
import type { ScheduleSpec } from '../shifts/schedule.ts';
import { shiftsBetween, whoIsOnCall } from '../shifts/shifts.ts';
import { type DigestFacts, renderDigest } from './digest.ts';
import { addHandover, listHandovers, notesAfter, seenUntil, takeLook, workOf } from './handover-store.ts';

/** Where no hand-over is near: an override may bring one. */
const LOOK_AGAIN_MS = 15 * 60_000;
/** A process that was away for long tells of the last one only. */
const LONGEST_AWAY_MS = 31 * 86_400_000;
const FIRST_SHIFT_MS = 7 * 86_400_000;

interface Handover {
  readonly at: number;
  readonly outgoing: string;
  readonly incoming: string;
}

/** The job HANDOVERS: tells of each hand-over that has happened, once, and says when to look again. */
export async function watchHandovers(desk: Desk): Promise<{ again: number }> {
  await desk.rosters.refresh(desk.sql);
  const set = desk.catalog.current();
  const now = desk.clock.now();
  let next = now + LOOK_AGAIN_MS;
  for (const { name, spec } of set.list<ScheduleSpec>('Schedule')) {
    const seen = await seenUntil(desk.sql, name);
    const found = seen === undefined ? undefined : lastHandover(spec, Math.max(seen, now - LONGEST_AWAY_MS), now);
    const facts = found && (await gatherDigest(desk, set, name, found));
    await desk.sql.transaction(async (tx) => {
      if (!(await takeLook(tx, name, seen, now)) || !facts) return;
      await tellOf(desk, tx, name, facts);
    });
    next = Math.min(next, Math.max(now + 1, whoIsOnCall(spec, now).until));
  }
  return { again: next };
}

/** The last change of the primary after `seen`, up to `now`. Pure. */
export function lastHandover(spec: ScheduleSpec, seen: number, now: number): Handover | undefined {
  const spans = shiftsBetween(spec, seen, now + 1);
  for (let i = spans.length - 1; i > 0; i -= 1) {
    const [before, after] = [spans[i - 1]!, spans[i]!];
    if (before.primary === null || after.primary === null || before.primary === after.primary) continue;
    return { at: after.from, outgoing: before.primary, incoming: after.primary };
  }
  return undefined;
}

type Facts = DigestFacts & { readonly people: Handover };

/** Outside of a transaction: it reads the ledger. */
async function gatherDigest(desk: Desk, set: ResourceSet, schedule: string, { at, outgoing, incoming }: Handover): Promise<Facts> {
  const [last] = await listHandovers(desk.sql, schedule, 1);
  const from = last?.at ?? at - FIRST_SHIFT_MS;
  const policies = set
    .list<PolicySpec>('EscalationPolicy')
    .filter(({ spec: { steps } }) => steps.some(({ notify }) => notify.some((target) => target.schedule === schedule)))
    .map(({ name }) => name);
  const { events } = await desk.ledger.read({ kind: 'incident.opened,incident.all-clear', from, to: at, limit: 50 });
  return {
    schedule,
    from,
    at,
    people: { at, outgoing, incoming },
    outgoing: titleOf(set, outgoing),
    incoming: titleOf(set, incoming),
    pages: await workOf(desk.sql, policies, from),
    incidents: events.map(({ title }) => title),
    silences: (await desk.silences?.()) ?? [],
    notes: await notesAfter(desk.sql, schedule, last?.at ?? 0),
    url: desk.url,
  };
}

async function tellOf(desk: Desk, tx: Parameters<typeof tellPeople>[1], schedule: string, facts: Facts): Promise<void> {
  const { at, outgoing, incoming } = facts.people;
  await addHandover(tx, { schedule, at, outgoing, incoming, digest: renderDigest(facts, 'UTC') });
  const title = `${facts.incoming} takes over ${schedule} from ${facts.outgoing}`;
  const news = { subject: `Hand-over of ${schedule}: ${facts.incoming}`, text: (timeZone: string) => renderDigest(facts, timeZone) };
  const about = `schedule/${schedule}`;
  // Whoever has it from now on must know now; whoever had it may sleep on.
  const person = (name: string, urgent: boolean) => ({ ...news, person: name, key: `handover:${schedule}:${at}`, about, urgent });
  const told = [person(incoming, true), person(outgoing, false)].filter(({ person: name }) => personOf(desk.catalog.current(), name) !== undefined);
  await tellPeople(desk, tx, told);
  await desk.ledger.append(tx, [{ kind: 'oncall.handed-over', title, actor: 'nines', service: null, subject: about, data: { schedule, outgoing, incoming } }]);
} // prettier-ignore
