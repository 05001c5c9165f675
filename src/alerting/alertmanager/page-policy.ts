import type { ResourceSet } from '../../catalog/index.ts';
import { whyNoOneIsCalled } from '../../objectives/index.ts';
import type { AlertState } from '../alerts/index.ts';
import type { Route } from './route-tree.ts';

/** A receiver that is called as an EscalationPolicy pages by it. */
export const isPolicy = (set: ResourceSet, receiver: string): boolean => set.get('EscalationPolicy', receiver) !== undefined;

/**
 * Whether nines pages for an alert by itself, beside the receivers that are told. It does where only the root takes the alert, and
 * where its service has someone to call: a route to a chat must not silence a pager. Where a receiver is an EscalationPolicy, that one pages.
 */
export function pagesByItself(set: ResourceSet, { service }: Pick<AlertState, 'service'>, routes: readonly Route[]): boolean {
  if (routes.some(({ receiver }) => isPolicy(set, receiver))) return false;
  return routes.every(({ id }) => id === '0') || (service !== null && whyNoOneIsCalled(set, service) === undefined);
}
