import { keepOf, type Keep, type RetentionClass } from '../../rollups/index.ts';
import type { StoreSettings } from '../settings.ts';
import type { SeriesIndex } from './series-index.ts';

/** Which class each series is of: the first whose matchers it fits, else class 0. */
export class RetentionClasses {
  readonly #index: SeriesIndex;
  readonly #classes: readonly RetentionClass[];
  /** What each class keeps; that of everything else first. */
  readonly keeps: readonly [Keep, ...Keep[]];
  /** The class by series id, as of a number of series. */
  #of = new Uint8Array(0);
  #series = 0;

  constructor(index: SeriesIndex, { retention, rollups, classes }: Pick<StoreSettings, 'retention' | 'rollups' | 'classes'>) {
    this.#index = index;
    this.#classes = classes;
    const base: Keep = { ...rollups, raw: retention };
    this.keeps = [base, ...classes.map((one) => keepOf(base, one))];
  }

  /** Of how many of the times for which something is kept an age is beyond. */
  eraOf(age: number): number {
    return this.keeps.reduce((sum, keep) => sum + Object.values(keep).filter((ms) => age > ms).length, 0);
  }

  /** The series by class; classes without any are left out. */
  group(ids: Uint32Array): { readonly keep: Keep; readonly ids: Uint32Array }[] {
    if (this.#classes.length === 0) return [{ keep: this.keeps[0], ids }];
    this.#look();
    return this.keeps.map((keep, i) => ({ keep, ids: ids.filter((id) => this.#of[id] === i) })).filter((group) => group.ids.length > 0);
  }

  /** The series of a class. */
  members(i: number): Uint32Array {
    if (this.#classes.length === 0) return i === 0 ? this.#index.select([]).slice() : new Uint32Array(0);
    this.#look();
    return this.#index.select([]).filter((id) => this.#of[id] === i);
  }

  /** The series whose class keeps no rollups at all. */
  without(): Uint32Array {
    const none = this.keeps.flatMap((keep, i) => (keep['1m'] + keep['5m'] + keep['1h'] === 0 ? [i] : []));
    const lists = none.filter((i) => i > 0).map((i) => this.members(i));
    const all = new Uint32Array(lists.reduce((sum, list) => sum + list.length, 0));
    let at = 0;
    for (const list of lists) {
      all.set(list, at);
      at += list.length;
    }
    return all;
  }

  #look(): void {
    if (this.#series === this.#index.size && this.#of.length === this.#index.end) return;
    const of = new Uint8Array(this.#index.end);
    for (let i = this.#classes.length; i > 0; i--) for (const id of this.#index.select(this.#classes[i - 1]!.match)) of[id] = i;
    this.#of = of;
    this.#series = this.#index.size;
  }
}
