import type { z } from 'zod';
import { newId } from '../platform/id.ts';
import { badRequest, conflict, notFound } from '../platform/problem.ts';
import type { Queryable, Tx } from '../platform/sql/index.ts';
import type { Principal } from '../platform/http/index.ts';
import type { LedgerEvent } from '../ledger/index.ts';
import { arriveWithEvents, withAddress } from './arrive.ts';
import type { allClear, declareIncident, roleChange } from './contract.ts';
import { type Desk, eventOf } from './desk.ts';
import { insertIncident, lockIncident, nextNumber, pagesOf, saveIncident, type StoredIncident } from './incident-store.ts';
import { allClearMessages, roleMessages, updateMessages } from './messages.ts';

/** The name that stands in an incident for whoever asks: the Person's, else the account's. */
export const nameOf = (principal: Principal): string => principal.person ?? principal.name;

export function declare(desk: Desk, input: z.infer<typeof declareIncident>, principal: Principal): Promise<StoredIncident> {
  return desk.sql.transaction(async (tx) => {
    const now = desk.clock.now();
    const incident: StoredIncident = {
      id: newId(now),
      number: await nextNumber(tx),
      title: input.title,
      state: 'open',
      severity: input.severity,
      services: [...new Set(input.services)],
      roles: {},
      responders: [],
      addresses: {},
      declaredBy: nameOf(principal),
      openedAt: now,
      outageBeganAt: now,
      outageEndedAt: null,
      acknowledgedAt: null,
      allClearAt: null,
      lastUpdateAt: null,
      helpAskedAt: null,
      remindedAt: null,
      postmortem: null,
    };
    await insertIncident(tx, incident);
    const opened = eventOf(
      incident,
      'opened',
      `Incident ${incident.number} declared by ${nameOf(principal)}: ${input.title}`,
      principal.actor,
    );
    // A pipeline or a watcher may declare one, but is not on the scene.
    const arrived = principal.kind === 'account' ? await come(desk, tx, incident, principal) : { incident, events: [] };
    await desk.record(tx, arrived.incident, [opened, ...arrived.events]);
    return arrived.incident;
  });
}

const come = (desk: Desk, tx: Tx, incident: StoredIncident, principal: Principal) =>
  arriveWithEvents(desk, tx, incident, { name: nameOf(principal), actor: principal.actor, at: desk.clock.now() });

export function join(desk: Desk, id: string, principal: Principal): Promise<StoredIncident> {
  return desk.sql.transaction(async (tx) => {
    const { incident, events } = await come(desk, tx, await desk.lockOpen(tx, id), principal);
    if (events.length > 0) await desk.record(tx, incident, events);
    return incident;
  });
}

/** Notes may also be added after the all-clear: what is remembered late belongs to the timeline as well. */
export function note(desk: Desk, id: string, text: string, principal: Principal): Promise<LedgerEvent> {
  return desk.sql.transaction(async (tx) => {
    const incident = await lockIncident(tx, id);
    if (incident === undefined) throw notFound('incident', id);
    const [event] = await desk.ledger.appendNow(tx, [
      eventOf(incident, 'noted', text, principal.actor, { data: { text, by: nameOf(principal) } }),
    ]);
    return event!;
  });
}

export function update(desk: Desk, id: string, text: string, principal: Principal): Promise<LedgerEvent> {
  return desk.sql.transaction(async (tx) => {
    const before = await desk.lockOpen(tx, id);
    const incident = { ...before, lastUpdateAt: desk.clock.now() };
    const data = { text, by: nameOf(principal) };
    await desk.record(tx, incident, []);
    const [event] = await desk.ledger.appendNow(tx, [eventOf(incident, 'updated', text, principal.actor, { data })]);
    await desk.send(tx, updateMessages(incident, text, event!.marker, desk.messageContext()));
    return event!;
  });
}

export function handOver(
  desk: Desk,
  id: string,
  { role, person }: z.infer<typeof roleChange>,
  principal: Principal,
): Promise<StoredIncident> {
  return desk.sql.transaction(async (tx) => {
    const before = await desk.lockOpen(tx, id);
    await mustExist(desk, tx, person, principal);
    if (before.roles[role] === person) return before;
    const responders = before.responders.includes(person) ? before.responders : [...before.responders, person];
    const named = {
      ...before,
      responders,
      roles: { ...before.roles, [role]: person },
      acknowledgedAt: before.acknowledgedAt ?? desk.clock.now(),
    };
    const incident = await withAddress(desk, tx, named, person);
    const from = before.roles[role];
    const title = from === undefined ? `${person} takes ${role}` : `${role} handed over from ${from} to ${person}`;
    const data = { role, person, from: from ?? null };
    await desk.record(tx, incident, []);
    const [event] = await desk.ledger.appendNow(tx, [eventOf(incident, 'role-changed', title, principal.actor, { data })]);
    await desk.send(tx, roleMessages(incident, role, person, nameOf(principal), event!.marker, desk.messageContext()));
    return incident;
  });
}

async function mustExist(desk: Desk, on: Queryable, name: string, principal: Principal): Promise<void> {
  const set = desk.catalog.current();
  if (set.get('Person', name) !== undefined || name === nameOf(principal)) return;
  if ((await desk.emailOfAccount(on, name)) !== null) return;
  const known = set.list('Person').map((person) => person.name);
  const some =
    known.length === 0
      ? 'There is no Person document yet.'
      : `Known are ${known.slice(0, 10).join(', ')}${known.length > 10 ? ', …' : ''}.`;
  throw badRequest(`There is no person or account '${name}'. ${some}`, { field: 'person' });
}

/** Called twice, the second changes nothing. */
export function callAllClear(desk: Desk, id: string, input: z.infer<typeof allClear>, principal: Principal): Promise<StoredIncident> {
  return desk.sql.transaction(async (tx) => {
    const open = await lockIncident(tx, id);
    if (open === undefined) throw notFound('incident', id);
    if (open.state === 'all-clear') return open;
    const firing = (await pagesOf(tx, id)).filter(({ state }) => state !== 'resolved');
    if (firing.length > 0 && !input.force) {
      const which = firing.map(({ subject }) => `'${subject}'`).slice(0, 3);
      throw conflict(
        `${firing.length === 1 ? 'A page still fires' : `${firing.length} pages still fire`}: ${which.join(', ')}. Call the all-clear when they are resolved, or with force if you know better.`,
        { pages: firing.map((page) => page.id) },
      );
    }
    const now = desk.clock.now();
    const incident: StoredIncident = { ...open, state: 'all-clear', allClearAt: now, outageEndedAt: open.outageEndedAt ?? now };
    const title = `All clear, called by ${nameOf(principal)}${firing.length > 0 ? ' while a page still fired' : ''}`;
    const data = { by: nameOf(principal), forced: firing.length > 0, ...(input.text !== '' && { text: input.text }) };
    await desk.record(tx, incident, [eventOf(incident, 'all-clear', title, principal.actor, { data })]);
    await desk.send(tx, allClearMessages(incident, input.text, desk.messageContext()));
    for (const sink of desk.allClearSinks) await sink.cleared(tx, incident);
    return incident;
  });
}

/** The draft is there: says so on the incident. */
export async function linkPostmortem(tx: Tx, id: string, postmortem: string): Promise<void> {
  const incident = await lockIncident(tx, id);
  if (incident !== undefined) await saveIncident(tx, { ...incident, postmortem });
}
