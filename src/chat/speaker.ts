import type { ChatName, PersonSpec, Resource, ResourceSet } from '../catalog/index.ts';
import type { Principal, Role } from '../platform/http/index.ts';
import type { Queryable, Sql } from '../platform/sql/index.ts';

/** Who speaks, as the chat says after its signature was verified. */
export interface Speaker {
  readonly chat: ChatName | 'email';
  /** Does not change: a member's id, an account. */
  readonly id: string;
  /** As it is shown there. */
  readonly name: string;
  /** Other ids of the same: a user's name beside the id, where the chat has names that are unique. */
  readonly also?: readonly string[];
}

export interface SpeakerRules {
  /** What those may for whom there is no account: the documents say that they exist. */
  readonly people: Role;
  /** What those may who are in no document. */
  readonly strangers: 'none' | 'viewer';
}

export interface SpeakerDeps {
  readonly sql: Sql;
  readonly roleByEmail: (on: Queryable, email: string) => Promise<Role | null>;
  readonly rules: SpeakerRules;
}

export interface Known {
  readonly principal: Principal;
  readonly timeZone: string;
}

/** The Person who speaks, by `chat` of its document, or by a contact of that chat that is theirs alone. */
export function personOf(set: ResourceSet, { chat, id, also = [] }: Speaker): Resource<PersonSpec> | undefined {
  const ids = [id, ...also].map((one) => one.toLowerCase());
  const has = (value: string | undefined): boolean => value !== undefined && ids.includes(value.toLowerCase());
  return set.list<PersonSpec>('Person').find(({ spec }) => {
    if (chat === 'email') return has(spec.email) || spec.contacts.some(({ channel, address }) => channel === 'email' && has(address));
    // A room, a channel or a webhook is no person: only a direct message's address is.
    const direct = (chat === 'slack' && /^[UW]/.test(id)) || (chat === 'telegram' && /^\d/.test(id));
    return has(spec.chat?.[chat]) || (direct && spec.contacts.some(({ channel, address }) => channel === chat && has(address)));
  });
}

/** What someone may who speaks in a chat: the role of their account, else what the settings give to people of the documents. */
export async function principalOf({ sql, roleByEmail, rules }: SpeakerDeps, set: ResourceSet, speaker: Speaker): Promise<Known> {
  const person = personOf(set, speaker);
  if (person === undefined) {
    const role = rules.strangers === 'viewer' ? 'viewer' : null;
    const name = speaker.name === '' ? speaker.id : speaker.name;
    const actor = `${speaker.chat}:${speaker.id}`.slice(0, 200);
    return { principal: { kind: 'account', actor, name, person: null, role }, timeZone: 'UTC' };
  }
  const role = (await roleByEmail(sql, person.spec.email)) ?? rules.people;
  const principal: Principal = { kind: 'account', actor: `person:${person.name}`, name: person.title, person: person.name, role };
  return { principal, timeZone: person.spec.timeZone };
}

/** What is told to someone in no document, who may not do what they asked for. */
export function strangerProblem({ chat, id }: Speaker): string {
  const where = chat === 'email' ? `email: ${id}` : `chat: {${chat}: '${id}'}`;
  return `I don't know who you are here. Have \`${where}\` written into your Person document, then ask again.`;
}
