import type { Resource, ResourceSet } from '../../src/catalog/index.ts';

/** Documents as the catalog has them, each its kind, its name and its spec. */
export function setOf(documents: readonly (readonly [kind: string, name: string, spec: object])[]): ResourceSet {
  const all = documents.map(([kind, name, spec]): Resource<never> => ({
    kind,
    name,
    title: name,
    labels: {},
    spec: spec as never,
    file: null,
  }));
  return {
    version: 1,
    list: (kind) => all.filter((one) => one.kind === kind),
    get: (kind, name) => all.find((one) => one.kind === kind && one.name === name),
  };
}
