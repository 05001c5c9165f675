import type { Queryable } from '../platform/sql/index.ts';
import type { NewEvent } from '../ledger/index.ts';
import { type Desk, eventOf } from './desk.ts';
import type { StoredIncident } from './incident-store.ts';

/**
 * `name` is on the scene from `at` on. The first to come acknowledges the incident and commands it until the role is
 * handed over. Coming twice changes nothing.
 */
export function arrive(incident: StoredIncident, name: string, at: number): { incident: StoredIncident; commands: boolean; came: boolean } {
  const came = !incident.responders.includes(name);
  const commands = incident.roles.commander === undefined;
  if (!came && !commands) return { incident, commands, came };
  return {
    incident: {
      ...incident,
      responders: came ? [...incident.responders, name] : incident.responders,
      roles: commands ? { ...incident.roles, commander: name } : incident.roles,
      acknowledgedAt: incident.acknowledgedAt ?? at,
    },
    commands,
    came,
  };
}

/** The same, with the ledger's events and, for an account without a Person document, its address. */
export async function arriveWithEvents(
  desk: Desk,
  on: Queryable,
  before: StoredIncident,
  who: { name: string; actor: string; at: number },
): Promise<{ incident: StoredIncident; events: NewEvent[] }> {
  const { incident, commands, came } = arrive(before, who.name, who.at);
  if (incident === before) return { incident, events: [] };
  const known = await withAddress(desk, on, incident, who.name);
  const title = `${who.name} ${came ? 'is on the scene' : 'stays on the scene'}${commands ? ' and is incident commander' : ''}`;
  const data = { person: who.name, ...(commands && { role: 'commander' }) };
  return { incident: known, events: [eventOf(known, 'joined', title, who.actor, { data, time: who.at })] };
}

export async function withAddress(desk: Desk, on: Queryable, incident: StoredIncident, name: string): Promise<StoredIncident> {
  if (incident.addresses[name] !== undefined || desk.catalog.current().get('Person', name) !== undefined) return incident;
  const email = await desk.emailOfAccount(on, name);
  return email === null ? incident : { ...incident, addresses: { ...incident.addresses, [name]: email } };
}
