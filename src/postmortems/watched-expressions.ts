import { type Expr, parsePromQL } from '../monitoring/index.ts';

/** What an alert looks at, without its comparison: `errors / total`, and what it is compared with. */
export interface Watched {
  readonly expr: string;
  readonly threshold: number | null;
}

/**
 * The expressions whose graphs tell why an alert fired: each side of `and`, `or` and `unless`, with the comparison with
 * a number taken off, since a comparison shows nothing while all is well. What cannot be parsed is shown as it is.
 */
export function watchedExpressions(alert: string): Watched[] {
  let root: Expr;
  try {
    root = parsePromQL(alert);
  } catch {
    return [{ expr: alert, threshold: null }];
  }
  const found: Watched[] = [];
  walk(root, alert, found);
  // The short and the long window of a burn rate are worth a graph each, the same thing twice is not.
  return [...new Map(found.map((one) => [one.expr, one])).values()];
}

function walk(expr: Expr, text: string, found: Watched[]): void {
  if (expr.kind === 'paren') return walk(expr.expr, text, found);
  if (expr.kind === 'binary') {
    if (expr.op === 'and' || expr.op === 'or' || expr.op === 'unless') {
      walk(expr.left, text, found);
      return walk(expr.right, text, found);
    }
    if (COMPARISONS.has(expr.op)) {
      const [left, right] = [constant(expr.left), constant(expr.right)];
      if (right !== undefined && left === undefined) return void found.push({ expr: source(expr.left, text), threshold: right });
      if (left !== undefined && right === undefined) return void found.push({ expr: source(expr.right, text), threshold: left });
    }
  }
  found.push({ expr: source(expr, text), threshold: null });
}

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);

function source(expr: Expr, text: string): string {
  let inner = expr;
  while (inner.kind === 'paren') inner = inner.expr;
  return text.slice(inner.span.from, inner.span.to);
}

/** The value of a number, also of a small sum: `14.4 * 0.001`. */
function constant(expr: Expr): number | undefined {
  if (expr.kind === 'paren') return constant(expr.expr);
  if (expr.kind === 'number') return expr.value;
  if (expr.kind === 'unary') {
    const value = constant(expr.expr);
    return value === undefined ? undefined : expr.op === '-' ? -value : value;
  }
  if (expr.kind !== 'binary') return undefined;
  const [left, right] = [constant(expr.left), constant(expr.right)];
  if (left === undefined || right === undefined) return undefined;
  const sums: Readonly<Record<string, number>> = { '+': left + right, '-': left - right, '*': left * right, '/': left / right };
  return sums[expr.op];
}
