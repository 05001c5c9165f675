import type { SampleColumns } from '../series.ts';

/** Samples on their way to the store, in arrays that grow. */
export class SampleBatch {
  /** For readers that write to them in place: up to `size` they are taken. `reserve` may change them. */
  ids: Uint32Array;
  times: Float64Array;
  values: Float64Array;
  size = 0;

  /** @param room for so many samples to begin with */
  constructor(room = 1024) {
    const length = Math.max(room, 16);
    this.ids = new Uint32Array(length);
    this.times = new Float64Array(length);
    this.values = new Float64Array(length);
  }

  /** @param value a number: stale markers don't go this way */
  add(id: number, time: number, value: number): void {
    const at = this.size;
    if (at === this.ids.length) this.reserve(1);
    this.ids[at] = id;
    this.times[at] = time;
    this.values[at] = value;
    this.size = at + 1;
  }

  /** Gives the samples from index `from` on this time. */
  setTimes(from: number, time: number): void {
    // They are few, and a call of `fill` takes longer than all of them.
    for (let i = from; i < this.size; i++) this.times[i] = time;
  }

  /** So many samples fit in without asking for memory. */
  get room(): number {
    return this.ids.length;
  }

  /** What was added since the last call, in the arrays that it goes on writing to. */
  lend(): SampleColumns {
    const { size } = this;
    this.size = 0;
    return { ids: this.ids.subarray(0, size), times: this.times.subarray(0, size), values: this.values.subarray(0, size) };
  }

  /** What was added since the last call, in arrays that it doesn't write to again. */
  take(): SampleColumns {
    const { size } = this;
    this.size = 0;
    return { ids: this.ids.slice(0, size), times: this.times.slice(0, size), values: this.values.slice(0, size) };
  }

  /** Makes room for so many more. */
  reserve(more: number): void {
    if (this.size + more <= this.ids.length) return;
    const length = Math.max(this.ids.length * 2, this.size + more);
    const [ids, times, values] = [new Uint32Array(length), new Float64Array(length), new Float64Array(length)];
    ids.set(this.ids);
    times.set(this.times);
    values.set(this.values);
    this.ids = ids;
    this.times = times;
    this.values = values;
  }
}
