import { children, type Expr } from '../promql/index.ts';

/** How an expression reads a metric. */
export interface SelectorUse {
  readonly metric: string;
  /** The function that its range is handed to, such as `rate`; `subquery` within one; empty where its samples are used as they are. */
  readonly through: string;
}

/** How an expression reads the metrics that it names. */
export function selectorUses(expr: Expr): SelectorUse[] {
  const uses: SelectorUse[] = [];
  const visit = (node: Expr, through: string): void => {
    if (node.kind === 'selector') {
      const name = node.matchers.find((matcher) => matcher.name === '__name__' && matcher.op === '=')?.value;
      if (name) uses.push({ metric: name, through });
      return;
    }
    const inside = node.kind === 'call' ? node.name : node.kind === 'subquery' ? 'subquery' : through;
    for (const child of children(node))
      visit(
        child,
        node.kind === 'range' || node.kind === 'paren' || node.kind === 'unary'
          ? through
          : node.kind === 'call' || node.kind === 'subquery'
            ? inside
            : '',
      );
  };
  visit(expr, '');
  return uses;
}
