/** A growing list of series ids in ascending order. */
export class Postings {
  #ids = new Uint32Array(4);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** `id` must be above every id that was added before. */
  add(id: number): void {
    if (this.#length === this.#ids.length) {
      const larger = new Uint32Array(this.#length * 2);
      larger.set(this.#ids);
      this.#ids = larger;
    }
    this.#ids[this.#length++] = id;
  }

  /** A view: valid until the next `add`, not to be written to. */
  view(): Uint32Array {
    return this.#ids.subarray(0, this.#length);
  }
}

/** The ids that are in both. */
export function intersect(a: Uint32Array, b: Uint32Array): Uint32Array {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  const out = new Uint32Array(short.length);
  let length = 0;
  let at = 0;
  // Where one list is far shorter, jumping through the long one beats walking it.
  const jump = long.length > short.length * 16;
  for (const id of short) {
    if (jump) at = seek(long, at, id);
    else while (at < long.length && (long[at] as number) < id) at++;
    if (at === long.length) break;
    if (long[at] === id) out[length++] = id;
  }
  return out.subarray(0, length);
}

/** The ids of `a` that aren't in `b`. */
export function subtract(a: Uint32Array, b: Uint32Array): Uint32Array {
  if (b.length === 0) return a;
  const out = new Uint32Array(a.length);
  let length = 0;
  let at = 0;
  for (const id of a) {
    at = seek(b, at, id);
    if (at === b.length || b[at] !== id) out[length++] = id;
  }
  return out.subarray(0, length);
}

/** The ids that are in any of the lists. */
export function union(lists: readonly Uint32Array[]): Uint32Array {
  if (lists.length <= 1) return lists[0] ?? new Uint32Array(0);
  let total = 0;
  for (const list of lists) total += list.length;
  const all = new Uint32Array(total);
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  all.sort();
  let length = 0;
  for (let i = 0; i < total; i++) if (i === 0 || all[i] !== all[i - 1]) all[length++] = all[i] as number;
  return all.subarray(0, length);
}

/** The first place at or after `from` whose id isn't below `id`: doubling steps, then halves. */
function seek(ids: Uint32Array, from: number, id: number): number {
  let step = 1;
  let low = from;
  while (low + step < ids.length && (ids[low + step] as number) < id) {
    low += step;
    step *= 2;
  }
  let high = Math.min(ids.length, low + step + 1);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] as number) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
