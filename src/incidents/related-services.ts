import type { ResourceSet, ServiceSpec } from '../catalog/index.ts';

/** `names` and everything they depend on, directly or not. Loops are walked once. */
export function withDependencies(set: ResourceSet, names: readonly string[]): Set<string> {
  const found = new Set<string>(names);
  for (const name of found) {
    for (const dependency of set.get<ServiceSpec>('Service', name)?.spec.dependsOn ?? []) found.add(dependency);
  }
  return found;
}

/** Whether a failure of `service` and one of any of `others` are likely one failure: the same, or one depends on the other. */
export function isRelated(set: ResourceSet, service: string, others: readonly string[]): boolean {
  const below = withDependencies(set, [service]);
  return others.some((other) => below.has(other) || withDependencies(set, [other]).has(service));
}
