import { selectorsOf, type Expr } from '../promql/index.ts';
import type { MetricUse } from './metric-use.ts';
import { nameMatchers } from './metric-use.ts';

/** One kind of asker's questions for one name, or for one expression of names. */
export interface QueryUse {
  /** `=` and a name, or another operator and its value: `=~http_.*`. */
  readonly name: string;
  readonly asker: string;
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly lastAt: number;
}

interface Tally {
  count: number;
  lastAt: number;
}

/** Beyond so many names, those that nobody asked for the longest go. */
const MOST_NAMES = 20_000;
const LONGEST_NAME = 500;
const NOTHING: readonly string[] = [];

/**
 * Which metrics people ask queries for: name by name, by the kind of asker. A query costs a look-up for each of its selectors;
 * what an expression selects is worked out once.
 */
export class QueryBook {
  readonly #names = new Map<string, Map<string, Tally>>();
  readonly #selected = new WeakMap<Expr, readonly string[]>();

  note(expr: Expr, asker: string, now: number): void {
    for (const name of this.#namesOf(expr)) this.#add(name, asker, 1, now);
  }

  /** What another language asked for, by the metrics' names. */
  noteNames(names: Iterable<string>, asker: string, now: number): void {
    for (const name of names) if (name !== '' && name.length <= LONGEST_NAME) this.#add(`=${name}`, asker, 1, now);
  }

  /** What was known before a restart. */
  restore(uses: readonly QueryUse[]): void {
    for (const { name, asker, count, lastAt } of uses) this.#add(name, asker, count, lastAt);
  }

  list(): QueryUse[] {
    return [...this.#names].flatMap(([name, askers]) => [...askers].map(([asker, tally]) => ({ name, asker, ...tally })));
  }

  uses(): MetricUse[] {
    return this.list().map(({ name, asker, count, lastAt }) => {
      const [, op = '=', value = ''] = /^(=~|!~|!=|=)(.*)$/s.exec(name) ?? [];
      return { kind: 'query', name: asker, link: null, selectors: [[{ name: '__name__', op: op as '=', value }]], count, lastAt };
    });
  }

  #namesOf(expr: Expr): readonly string[] {
    const known = this.#selected.get(expr);
    if (known) return known;
    const names = new Set<string>();
    for (const { matchers } of selectorsOf(expr)) {
      const [first] = nameMatchers(matchers).filter(({ op, value }) => value !== '' && (op === '=' || op === '=~'));
      if (first && first.value.length <= LONGEST_NAME) names.add(`${first.op}${first.value}`);
    }
    const list = names.size === 0 ? NOTHING : [...names];
    this.#selected.set(expr, list);
    return list;
  }

  #add(name: string, asker: string, count: number, at: number): void {
    let askers = this.#names.get(name);
    // The first in the map is the one that nobody asked for the longest.
    if (askers) this.#names.delete(name);
    else if (this.#names.size >= MOST_NAMES) this.#names.delete(this.#names.keys().next().value as string);
    askers ??= new Map();
    this.#names.set(name, askers);
    const tally = askers.get(asker);
    if (!tally) askers.set(asker, { count, lastAt: at });
    else {
      tally.count += count;
      tally.lastAt = Math.max(tally.lastAt, at);
    }
  }
}
