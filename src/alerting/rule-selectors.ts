import { selectorsOf, type Expr } from '../monitoring/index.ts';
import { selectorText } from '../objectives/index.ts';

/** What an expression reads. */
export interface Reads {
  /** Its selectors as queries, without range, offset and @: asked for how fresh their series are. */
  readonly selectors: readonly string[];
  /** The metrics whose samples can change the result; `any` where a selector names none. */
  readonly metrics: ReadonlySet<string> | 'any';
  /** How far back it looks for a sample, in milliseconds, shortest first: so long after its last sample a series goes out of its sight. */
  readonly reaches: readonly number[];
}

export function readsOf(expr: Expr): Reads {
  const uses = selectorsOf(expr);
  const names = uses.map(
    ({ matchers }) => matchers.find(({ name, op, value }) => name === '__name__' && op === '=' && value !== '')?.value,
  );
  return {
    selectors: [...new Set(uses.map(({ matchers }) => selectorText(matchers)))],
    metrics: names.includes(undefined) ? 'any' : new Set(names.filter((name) => name !== undefined)),
    reaches: [...new Set(uses.filter(({ fixed }) => !fixed).map(({ reach }) => reach))].sort((a, b) => a - b),
  };
}
