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
    const inside = passes(node) ? through : throughOf(node);
    for (const child of children(node)) visit(child, inside);
  };
  visit(expr, '');
  return uses;
}

const passes = ({ kind }: Expr): boolean => kind === 'range' || kind === 'paren' || kind === 'unary';

function throughOf(node: Expr): string {
  if (node.kind === 'call') return node.name;
  if (node.kind === 'subquery') return 'subquery';
  // How many there are says nothing of their values.
  return node.kind === 'aggregation' && (node.op === 'count' || node.op === 'group') ? node.op : '';
}
