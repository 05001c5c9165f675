import type { ChannelName } from '../catalog/index.ts';

/** Where a person is reached: a contact of their Person document. */
export interface Contact {
  readonly channel: ChannelName;
  readonly address: string;
}

/** What delivery and on-call read of a Person document. */
export interface PersonContacts {
  readonly email?: string | undefined;
  readonly contacts?: readonly Contact[] | undefined;
}

/** In the person's order, the default first; the e-mail address where nothing else is said. */
export function contactsOf(person: PersonContacts): readonly Contact[] {
  if (person.contacts && person.contacts.length > 0) return person.contacts;
  return person.email ? [{ channel: 'email', address: person.email }] : [];
}
