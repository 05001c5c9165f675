/** From 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Leads to a value in a document, from its root: `['spec', 'members', 1]`. */
export type Path = readonly (string | number)[];
