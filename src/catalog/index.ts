export type {
  Catalog,
  ForeignKind,
  KindRegistry,
  Resource,
  ResourceKind,
  ResourceProblem,
  ResourceReference,
  ResourceSet,
} from './resource-kind.ts';
export { checkDocuments, type CheckResult, type SourceFile } from './check-documents.ts';
export { formatProblem } from './document-problem.ts';
export { createResourceSet } from './resource-set.ts';
export type { ChatName } from './chat-ids.ts';
export { contact, type ChannelName } from './contacts.ts';
export { catalogKinds, resourceName, type PersonSpec, type ServiceSpec, type TeamSpec } from './kinds.ts';
export { timeZoneName } from './time-zone.ts';
export { isImperative, LONGEST_SUBJECT } from './imperative.ts';
export { findCycle } from './find-cycle.ts';
export { contactOfRule, type NotifyRule } from './notify-rules.ts';
export { nearest } from './nearest.ts';
export { createCatalog, type CatalogDeps } from './catalog.ts';
export type { PastSets } from './past-sets.ts';
export type { CatalogModule } from './catalog-module.ts';
export { catalogMigrations } from './migrations.ts';
export { readFolder } from './included-files.ts';
