import { children, type Expr } from '../syntax/ast.ts';
import { TIME_DEPENDENT } from '../syntax/functions.ts';

const known = new WeakMap<Expr, boolean>();

/** Whether an expression has the same answer at every step: all its selectors are fixed by `@`, and it asks for no time. */
export function isStepInvariant(expr: Expr): boolean {
  let answer = known.get(expr);
  if (answer === undefined) {
    answer = work(expr);
    known.set(expr, answer);
  }
  return answer;
}

function work(expr: Expr): boolean {
  switch (expr.kind) {
    case 'selector':
      return expr.at !== undefined;
    case 'range':
      return expr.selector.at !== undefined;
    case 'subquery':
      // The inner grid hangs on the subquery's own time alone.
      return expr.at !== undefined;
    case 'number':
    case 'string':
      // Cheaper to fill than to repeat.
      return false;
    case 'call':
      if (TIME_DEPENDENT.has(expr.name)) return false;
      return expr.args.length > 0 && expr.args.every((arg) => arg.kind === 'string' || arg.kind === 'number' || isStepInvariant(arg));
    default:
      return children(expr).every((child) => child.kind === 'string' || child.kind === 'number' || isStepInvariant(child));
  }
}
