import { compileMatcher, selectorsOf, type Expr } from '../promql/index.ts';
import type { Matcher } from '../series.ts';

/** Who reads metrics: a rule, an objective, a shared graph, those who ask queries. */
export interface MetricUse {
  /** In a word or two, such as `alerting rule`. */
  readonly kind: string;
  readonly name: string;
  /** A path of the web, where there is one. */
  readonly link: string | null;
  /** What it selects: the matchers of each of its selectors. */
  readonly selectors: readonly (readonly Matcher[])[];
  /** The expressions themselves, where how they read is worth a look. */
  readonly exprs?: readonly Expr[];
  /** How often, where that is counted. */
  readonly count?: number;
  /** When last, milliseconds since the epoch, where that is known. */
  readonly lastAt?: number;
}

/** Asked for anew whenever users are counted. */
export type MetricUses = () => readonly MetricUse[] | Promise<readonly MetricUse[]>;

export type MetricUser = Omit<MetricUse, 'selectors' | 'exprs'>;

/** What an expression selects, as a use has it. */
export const selectionsOf = (expr: Expr): (readonly Matcher[])[] => selectorsOf(expr).map(({ matchers }) => matchers);

/** The matchers of a selector that speak of the metric's name; none, where it reads whatever has certain labels. */
export const nameMatchers = (matchers: readonly Matcher[]): Matcher[] => matchers.filter(({ name }) => name === '__name__');

/**
 * Who uses each of the metrics. A selector that says nothing of the name (`{job="api"}`) uses none by itself: it would make
 * every metric a used one.
 */
export function usersByMetric(uses: readonly MetricUse[], names: ReadonlySet<string>): Map<string, MetricUser[]> {
  const users = new Map<string, MetricUser[]>();
  const fitting = new Map<string, readonly string[]>();
  for (const { selectors, exprs: _, ...user } of uses) {
    const read = new Set<string>();
    for (const selector of selectors) {
      const matchers = nameMatchers(selector);
      const key = matchers.map(({ op, value }) => `${op}${value}`).join('\0');
      let found = fitting.get(key);
      if (found === undefined) fitting.set(key, (found = fittingNames(matchers, names)));
      for (const name of found) read.add(name);
    }
    for (const name of read) {
      const known = users.get(name);
      if (known) known.push(user);
      else users.set(name, [user]);
    }
  }
  return users;
}

function fittingNames(matchers: readonly Matcher[], names: ReadonlySet<string>): string[] {
  // What is only said not to be read names nothing.
  if (!matchers.some(({ op, value }) => value !== '' && (op === '=' || op === '=~'))) return [];
  const [only] = matchers;
  if (matchers.length === 1 && only?.op === '=') return names.has(only.value) ? [only.value] : [];
  const tests = matchers.map(compileMatcher);
  return [...names].filter((name) => tests.every((test) => test.matches(name)));
}
