import { parsePromQL, type Expr } from '../../monitoring/index.ts';

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);

interface Place {
  readonly value: number;
  readonly from: number;
  readonly to: number;
}

/** The number that decides: that of the comparison at the end, or of the one on the left of `and` and `unless`. */
function placeOf(node: Expr): Place | undefined {
  if (node.kind === 'paren') return placeOf(node.expr);
  if (node.kind !== 'binary') return undefined;
  if (node.op === 'and' || node.op === 'unless') return placeOf(node.left) ?? placeOf(node.right);
  if (!COMPARISONS.has(node.op)) return undefined;
  return numberOf(node.right) ?? numberOf(node.left);
}

function numberOf(node: Expr): Place | undefined {
  if (node.kind === 'number') return { value: node.value, ...node.span };
  if (node.kind === 'paren') return numberOf(node.expr);
  if (node.kind !== 'unary' || node.op !== '-' || node.expr.kind !== 'number') return undefined;
  return { value: -node.expr.value, ...node.span };
}

/** The number that an expression is compared with; undefined where it ends in no such comparison. Throws `PromQLSyntaxError`. */
export const thresholdOf = (expr: string): number | undefined => placeOf(parsePromQL(expr))?.value;

/** The same expression with another number there; undefined where there is none. Throws `PromQLSyntaxError`. */
export function withThreshold(expr: string, threshold: number): string | undefined {
  const place = placeOf(parsePromQL(expr));
  if (place === undefined) return undefined;
  // What stands behind the number, a comment or an empty line, belongs to its span and stays.
  const [number] = /^\s*-?\s*[\w.]+(?:(?<=e)[-+]\d+)?/i.exec(expr.slice(place.from, place.to)) ?? [''];
  return expr.slice(0, place.from) + String(threshold) + expr.slice(place.from + number.length);
}
