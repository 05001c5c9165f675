import { children, type At, type Expr } from '../syntax/ast.ts';
import { TIME_DEPENDENT } from '../syntax/functions.ts';

/** The same question asked with `@` at other times: undefined where the answer hangs on the time of evaluation. */
export function withAt(expr: Expr, ms: number): Expr | undefined {
  return isTimeDependent(expr) ? undefined : fix(expr, { kind: 'time', ms });
}

/** The times at which it is asked. */
export const otherTimes = (ms: number): number[] => (ms === 0 ? [-1000, 0, 1000] : [-10 * ms, 0, Math.trunc(ms / 5), ms, 10 * ms]);

const isTimeDependent = (expr: Expr): boolean =>
  (expr.kind === 'call' && (TIME_DEPENDENT.has(expr.name) || ['start', 'end', 'step', 'range'].includes(expr.name))) ||
  children(expr).some(isTimeDependent);

/** What has an `@` stays; what is under a subquery is asked at the subquery's times. */
function fix(expr: Expr, at: At): Expr {
  switch (expr.kind) {
    case 'selector':
    case 'subquery':
      return expr.at === undefined ? { ...expr, at } : expr;
    case 'range':
      return expr.selector.at === undefined ? { ...expr, selector: { ...expr.selector, at } } : expr;
    case 'call':
      return { ...expr, args: expr.args.map((arg) => fix(arg, at)) };
    case 'aggregation':
      return { ...expr, param: expr.param && fix(expr.param, at), expr: fix(expr.expr, at) };
    case 'binary':
      return { ...expr, left: fix(expr.left, at), right: fix(expr.right, at) };
    case 'unary':
    case 'paren':
      return { ...expr, expr: fix(expr.expr, at) };
    default:
      return expr;
  }
}
