/** Who would have been called for a page at some time, by the documents in force: for looking at the past, and at what is to come. */
import type { Severity } from '../../catalog/contract.ts';
import type { PersonSpec, ResourceSet } from '../../catalog/index.ts';
import { parseDuration } from '../../platform/duration.ts';
import { peopleOf, policyFor } from './escalation.ts';
import { isQuiet, ticketTime, type QuietPerson } from './quiet-hours.ts';

export interface WouldBeCalled {
  readonly person: string;
  readonly title: string;
  /** When the message would have left, in milliseconds. */
  readonly at: number;
  /** In the person's quiet hours; where they have none, from 22:00 to 07:00 in their time zone. */
  readonly night: boolean;
}

/** The people of the first step that reaches someone. Nobody for what waits in the queue. */
export function wouldCall(
  set: ResourceSet,
  { service, severity, at }: { readonly service: string | null; readonly severity: Severity; readonly at: number },
): WouldBeCalled[] {
  const policy = severity === 'eventually' ? null : policyFor(set, service);
  if (policy === null) return [];
  const { steps, tickets } = policy.spec;
  const first = steps[0]?.after;
  const when = at + (severity === 'critical' && first !== undefined ? parseDuration(first) : 0);
  const targets = severity === 'today' && tickets.notify !== undefined ? [tickets.notify] : steps.map(({ notify }) => notify);
  // A step that reaches nobody is passed over at once.
  const people = targets.map((notify) => peopleOf(set, notify, when)).find((found) => found.length > 0) ?? [];
  return people.map((person) => {
    const spec = set.get<PersonSpec>('Person', person)?.spec;
    const known: QuietPerson = spec ?? { timeZone: 'UTC' };
    const told = severity === 'today' ? ticketTime(known, tickets.hours, when) : when;
    const hours = known.quietHours ?? { from: '22:00', to: '07:00' };
    return { person, title: set.get('Person', person)?.title ?? person, at: told, night: isQuiet({ timeZone: known.timeZone, quietHours: hours }, told) };
  });
} // prettier-ignore
