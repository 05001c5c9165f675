import type { Expr } from './syntax/ast.ts';
import { parse as parseAnew } from './syntax/parse.ts';

const SIZE = 1000;
const parsed = new Map<string, Expr>();
const texts = new WeakMap<Expr, string>();

/** Parses and type-checks, remembering the last thousand. The result is frozen. Throws `PromQLSyntaxError`. */
export function parse(text: string): Expr {
  const known = parsed.get(text);
  if (known !== undefined) {
    // The first in the map is the one used longest ago.
    parsed.delete(text);
    parsed.set(text, known);
    return known;
  }
  const expr = parseAnew(text);
  if (parsed.size >= SIZE) parsed.delete(parsed.keys().next().value!);
  parsed.set(text, expr);
  texts.set(expr, text);
  return expr;
}

/** What an expression was parsed from, if it was parsed and not made. */
export const textOf = (expr: Expr): string | undefined => texts.get(expr);
