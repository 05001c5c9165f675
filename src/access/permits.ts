import type { Access, Principal } from '../platform/http/index.ts';

type Right = NonNullable<Principal['role']>;

/** Who may call what. The whole rule, in one place: a role may what those to its left may. */
const MAY: Record<Exclude<Access, 'public' | 'secret'>, readonly Right[]> = {
  intake: ['intake', 'responder', 'admin'],
  viewer: ['viewer', 'responder', 'admin'],
  responder: ['responder', 'admin'],
  admin: ['admin'],
};

export function permits(principal: Principal, access: Access): boolean {
  if (access === 'public' || access === 'secret') return true;
  return principal.role !== null && MAY[access].includes(principal.role);
}
