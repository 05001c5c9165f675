import type { Principal } from '../../platform/http/index.ts';
import type { Requester } from './overrides.ts';

/** Who asks: by their Person document where they have one. */
export const requester = ({ actor, person, name, role }: Principal): Requester & { admin: boolean } => ({
  actor: person === null ? actor : `person:${person}`,
  name: person ?? name,
  person,
  admin: role === 'admin',
});
