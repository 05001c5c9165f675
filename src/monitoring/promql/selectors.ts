import type { Matcher } from '../series.ts';
import { children, type Expr } from './syntax/ast.ts';
import { resolveDuration } from './syntax/duration.ts';

export interface SelectorUse {
  readonly matchers: readonly Matcher[];
  /** How far back from the evaluation time it looks, in milliseconds, subqueries around it included; lookback where it has no range. */
  readonly reach: number;
  /** Whether an `@` fixes it to a time of its own. */
  readonly fixed: boolean;
}

/**
 * The selectors of an expression, in the order of the text: which metrics it depends on, and how old the samples may be
 * that it still looks at. `step()` and `range()` in durations count as 0, as in an instant query.
 */
export function selectorsOf(expr: Expr, lookback = 300_000): SelectorUse[] {
  const uses: SelectorUse[] = [];
  const ms = (duration: Parameters<typeof resolveDuration>[0]): number => resolveDuration(duration, { step: 0, range: 0 }) || 0;
  const visit = (node: Expr, before: number, fixed: boolean, range: number | undefined): void => {
    if (node.kind === 'selector') {
      const reach = Math.max(0, before + (range ?? lookback) + ms(node.offset));
      uses.push({ matchers: node.matchers, reach, fixed: fixed || node.at !== undefined });
    } else if (node.kind === 'range') visit(node.selector, before, fixed, ms(node.range));
    else if (node.kind === 'subquery')
      visit(node.expr, before + ms(node.range) + ms(node.offset), fixed || node.at !== undefined, undefined);
    else for (const child of children(node)) visit(child, before, fixed, undefined);
  };
  visit(expr, 0, false, undefined);
  return uses;
}
