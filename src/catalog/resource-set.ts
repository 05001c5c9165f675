import type { Resource, ResourceSet } from './resource-kind.ts';

export interface CompleteSet extends ResourceSet {
  /** Every document, by kind and name. */
  all(): readonly Resource[];
}

/** A set of these resources; of two with the same kind and name the first counts. */
export function createResourceSet(resources: Iterable<Resource>, version = 0): CompleteSet {
  const kinds = new Map<string, Map<string, Resource>>();
  for (const resource of resources) {
    let byName = kinds.get(resource.kind);
    if (byName === undefined) kinds.set(resource.kind, (byName = new Map()));
    if (!byName.has(resource.name)) byName.set(resource.name, resource);
  }
  const lists = new Map([...kinds].map(([kind, byName]) => [kind, Object.freeze([...byName.values()].sort(byNameOrder))]));
  return {
    version,
    list: <Spec>(kind: string) => (lists.get(kind) ?? []) as readonly Resource<Spec>[],
    get: <Spec>(kind: string, name: string) => kinds.get(kind)?.get(name) as Resource<Spec> | undefined,
    all: () => [...lists.keys()].sort().flatMap((kind) => lists.get(kind) ?? []),
  };
}

const byNameOrder = (a: Resource, b: Resource): number => (a.name < b.name ? -1 : 1);

/** Freezes a value and all that it holds. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
