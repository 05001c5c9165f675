export type { Catalog, ForeignKind, Resource, ResourceKind, ResourceProblem, ResourceReference, ResourceSet } from './resource-kind.ts';
