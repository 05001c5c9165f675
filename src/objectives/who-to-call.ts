import type { ResourceSet } from '../catalog/index.ts';

/** Declared by on-call, which is below: known here by name only. */
const ESCALATION_POLICY = 'EscalationPolicy';

interface ServiceLike {
  readonly owner?: string;
  readonly escalation?: string;
}

/**
 * Why an alert of this service calls no one; undefined where it calls someone. In this order: the service's own policy, one of
 * the team that owns it, the one named `default`, the only one there is. As on-call chooses.
 */
export function whyNoOneIsCalled(all: ResourceSet, service: string | null): string | undefined {
  const policies = all.list<{ team?: string }>(ESCALATION_POLICY);
  if (policies.length === 1 || policies.some(({ name }) => name === 'default')) return undefined;
  if (service === null) return 'it names no service, so no one is called: give it a label service';
  const found = all.get<ServiceLike>('Service', service);
  if (found === undefined) return `there is no service '${service}', so no one is called`;
  const { owner, escalation } = found.spec;
  if (escalation !== undefined && all.get(ESCALATION_POLICY, escalation) !== undefined) return undefined;
  if (owner !== undefined && policies.some(({ spec }) => spec.team === owner)) return undefined;
  return `the service '${service}' has no escalation policy, nor has its owner${owner === undefined ? '' : ` '${owner}'`}, so no one is called`;
}
