import type { SampleColumns } from '../series.ts';

/** Samples on their way to the store, in arrays that grow. */
export class SampleBatch {
  #ids = new Uint32Array(1024);
  #times = new Float64Array(1024);
  #values = new Float64Array(1024);
  size = 0;

  /** @param value a number: stale markers don't go this way */
  add(id: number, time: number, value: number): void {
    const at = this.size;
    if (at === this.#ids.length) this.#grow();
    this.#ids[at] = id;
    this.#times[at] = time;
    this.#values[at] = value;
    this.size = at + 1;
  }

  /** What was added since the last call, in arrays of their own. */
  take(): SampleColumns {
    const { size } = this;
    this.size = 0;
    return { ids: this.#ids.slice(0, size), times: this.#times.slice(0, size), values: this.#values.slice(0, size) };
  }

  #grow(): void {
    const length = this.#ids.length * 2;
    const [ids, times, values] = [new Uint32Array(length), new Float64Array(length), new Float64Array(length)];
    ids.set(this.#ids);
    times.set(this.#times);
    values.set(this.#values);
    this.#ids = ids;
    this.#times = times;
    this.#values = values;
  }
}
