import type { Sample } from './values.ts';

/** What a query in a template found, or what is wrong with it. */
export type QueryAnswer = readonly Sample[] | string;

/** Different queries that the templates of one evaluation may ask. */
const MOST = 1_000;
/** A template may build a query from another's answer, so often. */
const MOST_ROUNDS = 50;

/** The queries of the templates of one evaluation: what is known, and what is to be found out before they are worked out again. */
export class Queries {
  readonly #answers = new Map<string, QueryAnswer>();
  #missing = new Set<string>();
  #rounds = 0;
  #misses = 0;

  /** Undefined where it isn't known yet. */
  answer(expr: string): QueryAnswer | undefined {
    const known = this.#answers.get(expr);
    if (known !== undefined) return known;
    if (this.#answers.size + this.#missing.size >= MOST && !this.#missing.has(expr))
      return `the templates of one evaluation ask more than ${MOST} queries`;
    if (this.#rounds >= MOST_ROUNDS) return `queries that are made of others' answers more than ${MOST_ROUNDS} deep`;
    this.#missing.add(expr);
    this.#misses++;
    return undefined;
  }

  /** How often an answer was missing. */
  get misses(): number {
    return this.#misses;
  }

  /** Finds out what is missing. Whether there was anything. */
  async resolve(ask: (expr: string) => Promise<QueryAnswer>): Promise<boolean> {
    if (this.#missing.size === 0) return false;
    this.#rounds++;
    const missing = [...this.#missing];
    this.#missing = new Set();
    // A few at a time: a rule's queries must not push out those of others.
    for (let i = 0; i < missing.length; i += 4) {
      const some = missing.slice(i, i + 4);
      const answers = await Promise.all(some.map(ask));
      for (const [j, expr] of some.entries()) this.#answers.set(expr, answers[j]!);
    }
    return true;
  }
}
