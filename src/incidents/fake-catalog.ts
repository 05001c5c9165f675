import type { Catalog, Resource, ResourceSet } from '../catalog/index.ts';

/** A catalog of given specs, by kind and name: for tests. */
export function fakeCatalog(documents: Readonly<Record<string, Readonly<Record<string, unknown>>>>): Catalog {
  const list = <Spec>(kind: string): Resource<Spec>[] =>
    Object.entries(documents[kind] ?? {}).map(([name, spec]) => ({ kind, name, title: name, labels: {}, spec: spec as Spec, file: null }));
  const set: ResourceSet = {
    version: 1,
    list,
    get: <Spec>(kind: string, name: string) => list<Spec>(kind).find((one) => one.name === name),
  };
  return { current: () => set, onChange: (listener) => listener(set) };
}
