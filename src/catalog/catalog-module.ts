import type { Route } from '../platform/http/index.ts';
import type { CheckResult, SourceFile } from './check-documents.ts';
import type { ApplyAnswer, ConfigState, DiffAnswer } from './contract.ts';
import type { PastSets } from './past-sets.ts';
import type { Catalog } from './resource-kind.ts';
import type { CompleteSet } from './resource-set.ts';

/** The catalog as the app wires it and its routes use it. */
export interface CatalogModule extends Catalog {
  readonly routes: Route[];
  current(): CompleteSet;
  /** Puts the last good configuration in force, before anything is read from a folder. */
  start(): Promise<void>;
  stop(): Promise<void>;
  check(files: readonly SourceFile[]): Promise<CheckResult>;
  diff(files: readonly SourceFile[]): Promise<DiffAnswer>;
  /** Puts these documents, and no others, in force: all of them or, where one has an error, none. */
  apply(files: readonly SourceFile[], by: { actor: string; source: string }): Promise<ApplyAnswer>;
  /** Keeps a folder (or one file) of documents in force. Resolves when it was read once, whether it was good or not. */
  watch(directory: string): Promise<void>;
  /** The folder that is watched, where one is. */
  watching(): string | null;
  config(): ConfigState;
  /** The documents of these kinds as they were at any time since `from` (milliseconds). */
  past(from: number, kinds: readonly string[]): Promise<PastSets>;
}
