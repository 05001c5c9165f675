import type { PersonSpec, ResourceSet, ServiceSpec, TeamSpec } from '../catalog/index.ts';
import type { Message } from '../delivery/index.ts';
import type { StoredIncident } from './incident-store.ts';

export interface Recipient {
  readonly person: string;
  readonly channel: Message['channel'];
  readonly address: string;
}

/** How a person likes to be reached: the first contact, e-mail where none is given. Accounts without a document by e-mail. */
export function contactOf(set: ResourceSet, incident: Pick<StoredIncident, 'addresses'>, name: string): Recipient | undefined {
  const person = set.get<PersonSpec>('Person', name)?.spec;
  const first = person?.contacts?.[0];
  if (first !== undefined) return { person: name, channel: first.channel, address: first.address };
  return mailboxOf(set, incident, name);
}

export function mailboxOf(set: ResourceSet, incident: Pick<StoredIncident, 'addresses'>, name: string): Recipient | undefined {
  const address = set.get<PersonSpec>('Person', name)?.spec.email ?? incident.addresses[name];
  return address === undefined ? undefined : { person: name, channel: 'email', address };
}

/** The members of the teams that own the incident's services. */
export function ownersOf(set: ResourceSet, services: readonly string[]): string[] {
  const teams = services.flatMap((service) => set.get<ServiceSpec>('Service', service)?.spec.owner ?? []);
  return [...new Set(teams.flatMap((team) => set.get<TeamSpec>('Team', team)?.spec.members ?? []))];
}

/** Who hears the updates: everyone on the scene or in a role, and the owners. */
export function followersOf(set: ResourceSet, incident: StoredIncident): Recipient[] {
  const names = new Set([...incident.responders, ...Object.values(incident.roles), ...ownersOf(set, incident.services)]);
  const mailboxes = [...names].flatMap((name) => mailboxOf(set, incident, name) ?? []);
  return [...new Map(mailboxes.map((one) => [one.address, one])).values()];
}

/** Who answers for the incident now: its commander, else whoever is there, else the owners. */
export function inCharge(set: ResourceSet, incident: StoredIncident): Recipient[] {
  const first = incident.roles.commander ?? incident.responders[0];
  const names = first === undefined ? ownersOf(set, incident.services) : [first];
  return names.flatMap((name) => contactOf(set, incident, name) ?? []);
}
