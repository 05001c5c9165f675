import { selectorsOf, type Expr } from '../../monitoring/index.ts';
import { selectorText } from '../../objectives/index.ts';

/** What an expression reads. */
export interface Reads {
  readonly selectors: readonly SelectorRead[];
  /** The metrics whose samples can change the result; `any` where a selector names none. */
  readonly metrics: ReadonlySet<string> | 'any';
  /** How far back it looks for a sample, in milliseconds, shortest first: so long after its last sample a series goes out of its sight. */
  readonly reaches: readonly number[];
  /** Whether it looks at several samples of a series at once. */
  readonly ranged: boolean;
}

export interface SelectorRead {
  /** The selector as a query, without range, offset and @: asked for how fresh its series are. */
  readonly text: string;
  readonly metric: string | undefined;
}

const STRING = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g;

export function readsOf(text: string, expr: Expr): Reads {
  const uses = selectorsOf(expr);
  const byText = new Map<string, SelectorRead>();
  for (const { matchers } of uses) {
    const metric = matchers.find(({ name, op, value }) => name === '__name__' && op === '=' && value !== '')?.value;
    const text = selectorText(matchers);
    byText.set(text, { text, metric });
  }
  const selectors = [...byText.values()];
  const named = selectors.map(({ metric }) => metric).filter((metric) => metric !== undefined);
  return {
    selectors,
    metrics: named.length < selectors.length ? 'any' : new Set(named),
    reaches: [...new Set(uses.filter(({ fixed }) => !fixed).map(({ reach }) => reach))].sort((a, b) => a - b),
    // Outside strings a bracket is a range.
    ranged: text.replaceAll(STRING, '').includes('['),
  };
}
