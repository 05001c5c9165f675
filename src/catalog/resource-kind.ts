import type { z } from 'zod';

/**
 * A kind of document that nines understands. The module that a kind belongs to declares it; `app/` hands all kinds to
 * the catalog, which reads folders, validates, resolves references, diffs and applies without knowing any kind itself.
 */
export interface ResourceKind<Spec = unknown> {
  /** `kind:` of the document. */
  readonly kind: string;
  /** More than one of them; made by the usual rule by default (`Services`, `EscalationPolicies`). */
  readonly plural?: string;
  /** `apiVersion:`; `nines/v1` by default, `openslo/v1` for OpenSLO documents. */
  readonly apiVersion?: string;
  /** Checks and completes `spec`. Use strictObject: an unknown key is an error, and the reader is told the nearest right one. */
  readonly spec: z.ZodType<Spec>;
  /** One sentence for the reference. */
  readonly summary: string;
  /** A whole document as YAML, for the reference; checked against the schema when the reference is made. */
  readonly example?: string;
  /** The other documents that this one names; each must exist. `path` leads to the value, from the document's root. */
  references?(spec: Spec): ResourceReference[];
  /** What the schema can't say: a schedule with a gap, an alert with no one to call. Runs when all documents are valid by themselves; a document that they name may be missing. */
  check?(resource: Resource<Spec>, all: ResourceSet, now: number): ResourceProblem[];
}

/** A document that is not `apiVersion`/`kind`/`spec`, known by its shape: a Prometheus rule file (`groups:` at the root). */
export interface ForeignKind<Spec = unknown> {
  /** The kind under which its documents are kept. The name is the file's path in the folder, without its ending: `rules/checkout`. */
  readonly kind: string;
  readonly summary: string;
  recognises(document: Readonly<Record<string, unknown>>): boolean;
  readonly spec: z.ZodType<Spec>;
  /** Patterns of files that a document's text names, relative to its file; they are read as documents too. Must not throw. */
  includes?(text: string): string[];
  references?(spec: Spec): ResourceReference[];
  check?(resource: Resource<Spec>, all: ResourceSet, now: number): ResourceProblem[];
}

export interface ResourceReference {
  readonly path: readonly (string | number)[];
  readonly kind: string;
  readonly name: string;
}

export interface ResourceProblem {
  /** Leads to the value that is wrong, from the document's root: `['spec', 'rotation', 'people', 1]`. */
  readonly path: readonly (string | number)[];
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly hint?: string;
}

/** A document that passed its schema. Frozen. */
export interface Resource<Spec = unknown> {
  readonly kind: string;
  readonly name: string;
  /** `metadata` beyond the name: labels, annotations, `displayName`. */
  readonly title: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: Spec;
  /** The file that owns it; null for one made by the API. */
  readonly file: string | null;
}

/** All documents in force, or all of a folder under check. */
export interface ResourceSet {
  list<Spec>(kind: string): readonly Resource<Spec>[];
  get<Spec>(kind: string, name: string): Resource<Spec> | undefined;
  /** Grows with every applied change. */
  readonly version: number;
}

/** The documents in force, and word of every change. */
export interface Catalog {
  current(): ResourceSet;
  /** Called after a change was applied and committed, and once at start. Must not throw. */
  onChange(listener: (set: ResourceSet) => void): void;
}

/** All the kinds that this nines understands. */
export interface KindRegistry {
  readonly kinds: readonly ResourceKind[];
  readonly foreignKinds: readonly ForeignKind[];
}
