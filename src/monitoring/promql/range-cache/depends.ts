import { DEFAULT_QUERY_SETTINGS } from '../settings.ts';
import { children, type Expr } from '../syntax/ast.ts';

/** What an answer at a time depends on: samples from so long before it to so long after it, in milliseconds. */
export interface Dependence {
  /** How far back each selector looks, in the order of the text. */
  readonly reaches: readonly number[];
  readonly ahead: number;
  /** By how much less or more it may be: subqueries begin at multiples of their steps. */
  readonly slack: number;
}

/** Of a subquery that names none. */
const SUBQUERY_STEP = DEFAULT_QUERY_SETTINGS.subqueryStep;

/**
 * Undefined where an answer at a step hangs on more than that step and the samples about it: fixed by `@`, measured by the query's own
 * range, or taken from whichever series come first.
 */
export function dependenceOf(expr: Expr, lookback: number): Dependence | undefined {
  const reaches: number[] = [];
  let [ahead, slack] = [0, 0];
  /** `before`: how much earlier than the step the node is asked at, and with `range` how far its window reaches back from there. */
  const visit = (node: Expr, before: number, range: number, inner: number): boolean => {
    switch (node.kind) {
      case 'selector':
        if (node.at !== undefined || node.edge !== undefined || typeof node.offset !== 'number') return false;
        reaches.push(before + node.offset + range + inner);
        ahead = Math.max(ahead, -(before + node.offset));
        return true;
      case 'range':
        return typeof node.range === 'number' && visit(node.selector, before, range, node.range);
      case 'subquery':
        if (node.at !== undefined || typeof node.offset !== 'number' || typeof node.range !== 'number') return false;
        if (node.step !== undefined && typeof node.step !== 'number') return false;
        slack += node.step ?? SUBQUERY_STEP;
        return visit(node.expr, before + node.offset, range + node.range, lookback);
      default:
        if (node.kind === 'aggregation' && node.op === 'limitk') return false;
        if (node.kind === 'call' && node.name === 'info') return false;
        return children(node).every((child) => visit(child, before, range, lookback));
    }
  };
  return visit(expr, 0, 0, lookback) ? { reaches, ahead, slack } : undefined;
}
