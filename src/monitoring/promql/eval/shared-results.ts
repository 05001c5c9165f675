import { format } from '../syntax/format.ts';
import { children, type Expr } from '../syntax/ast.ts';
import type { Value } from './block.ts';

const texts = new WeakMap<Expr, string>();

function textOf(expr: Expr): string {
  let text = texts.get(expr);
  if (text === undefined) {
    text = format(expr);
    texts.set(expr, text);
  }
  return text;
}

/** Copying a selector's result costs as much as to select it; these cost more. */
const isCostly = (expr: Expr): boolean => expr.kind === 'aggregation' || expr.kind === 'call';

/** The parts that more than one of the expressions has, by their text: worth being worked out once for all of them. */
export function sharedParts(exprs: Iterable<Expr>): ReadonlySet<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  const visit = (expr: Expr): void => {
    if (isCostly(expr)) {
      const text = textOf(expr);
      if (seen.has(text)) shared.add(text);
      seen.add(text);
    }
    for (const child of children(expr)) visit(child);
  };
  for (const expr of exprs) visit(expr);
  return shared;
}

/** Results of parts that several instant queries of the same time have in common. Annotations go to the first of them alone. */
export class SharedResults {
  readonly #parts: ReadonlySet<string>;
  readonly #results = new Map<string, Promise<Value>>();

  constructor(parts: ReadonlySet<string>) {
    this.#parts = parts;
  }

  /** The result of `expr` at `at`, worked out by `evaluate` where nobody has yet. It belongs to the caller. */
  async get(expr: Expr, at: number, evaluate: () => Promise<Value>): Promise<Value> {
    if (!isCostly(expr)) return await evaluate();
    const text = textOf(expr);
    if (!this.#parts.has(text)) return await evaluate();
    const key = `${at} ${text}`;
    const known = this.#results.get(key);
    if (known === undefined) {
      const result = evaluate();
      this.#results.set(key, result);
      return copy(await result);
    }
    const value = await known.catch(() => undefined);
    // What failed may have failed for reasons of the other query, such as its timeout.
    return value === undefined ? await evaluate() : copy(value);
  }
}

function copy(value: Value): Value {
  if (value.kind === 'string') return value;
  if (value.kind === 'scalar') return { kind: 'scalar', values: value.values.slice() };
  const copied = { ...value };
  for (const [name, column] of Object.entries(value) as [keyof typeof value, unknown][])
    if (Array.isArray(column) || ArrayBuffer.isView(column))
      (copied as Record<string, unknown>)[name] = (column as { slice(): unknown }).slice();
  return copied;
}
