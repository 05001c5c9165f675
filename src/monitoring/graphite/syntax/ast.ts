/** What a target says. `at` is a position in characters from its start. */
export type Target = PathNode | CallNode | TemplateNode | LiteralNode;

export interface PathNode {
  readonly kind: 'path';
  /** A path expression as written, escapes and globs included. */
  readonly text: string;
  readonly at: number;
}

export interface CallNode {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Target[];
  readonly named: readonly { readonly name: string; readonly value: Target; readonly at: number }[];
  /** The call as written: what names the series of `seriesByTag`. */
  readonly raw: string;
  readonly at: number;
}

/** `template(expression, …)`: values for `$1` or `$name` in the paths of the expression. */
export interface TemplateNode {
  readonly kind: 'template';
  readonly body: Target;
  readonly values: ReadonlyMap<string, string | number>;
  readonly at: number;
}

export interface LiteralNode {
  readonly kind: 'literal';
  readonly value: string | number | boolean | null;
  readonly at: number;
}
