import type { Exemplar } from '../../series.ts';

/** Of all series together: the latest, about a hundred bytes each and their labels. */
const MOST = 100_000;
/** Of one series, so that none crowds out the others. */
const MOST_EACH = 100;

const same = (a: Exemplar, b: Exemplar): boolean => {
  if (a.time !== b.time || !Object.is(a.value, b.value)) return false;
  const names = Object.keys(a.labels);
  return names.length === Object.keys(b.labels).length && names.every((name) => a.labels[name] === b.labels[name]);
};

/** Recent exemplars, until the engine has them and somewhat longer: a scraped page shows the same one again and again. */
export class ExemplarBook {
  readonly #bySeries = new Map<number, Exemplar[]>();
  readonly #mostEach: number;
  #count = 0;

  constructor(mostEach = MOST_EACH) {
    this.#mostEach = mostEach;
  }

  /** Returns what is new. */
  add(exemplars: readonly Exemplar[]): Exemplar[] {
    const news: Exemplar[] = [];
    for (const one of exemplars) {
      const known = this.#bySeries.get(one.id);
      if (known?.some((other) => same(one, other))) continue;
      news.push(one);
      this.#keep(one, known);
    }
    return news;
  }

  /** Those of the series with `from <= time <= to`. */
  of(id: number, from: number, to: number): Exemplar[] {
    return (this.#bySeries.get(id) ?? []).filter(({ time }) => time >= from && time <= to);
  }

  #keep(one: Exemplar, known: Exemplar[] | undefined): void {
    if (known) {
      known.push(one);
      if (known.length > this.#mostEach) known.shift();
      else this.#count++;
      // The series that was added to last is the last to be forgotten.
      this.#bySeries.delete(one.id);
      this.#bySeries.set(one.id, known);
    } else {
      this.#bySeries.set(one.id, [one]);
      this.#count++;
    }
    for (const [id, oldest] of this.#bySeries) {
      if (this.#count <= MOST || id === one.id) break;
      this.#count -= oldest.length;
      this.#bySeries.delete(id);
    }
  }
}
