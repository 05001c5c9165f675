import { parsePromQL, PromQLSyntaxError, type Expr, type Matcher } from '../monitoring/index.ts';

export { parsePromQL, PromQLSyntaxError, type Expr };
export type VectorSelector = Extract<Expr, { kind: 'selector' }>;

const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/** The expression inside any parentheses. */
export const unwrap = (expr: Expr): Expr => (expr.kind === 'paren' ? unwrap(expr.expr) : expr);

/** A selector of these matchers as PromQL, without modifiers. */
export function selectorText(matchers: readonly Matcher[]): string {
  const metric = matchers.find(({ name, op, value }) => name === '__name__' && op === '=' && METRIC.test(value));
  const rest = matchers
    .filter((matcher) => matcher !== metric)
    .map(({ name, op, value }) => `${NAME.test(name) ? name : JSON.stringify(name)}${op}${JSON.stringify(value)}`);
  if (metric === undefined) return `{${rest.join(', ')}}`;
  return rest.length === 0 ? metric.value : `${metric.value}{${rest.join(', ')}}`;
}
