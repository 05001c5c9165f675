import type { Histogram } from '../histogram.ts';
import { writeStale, type Exemplar, type SampleColumns } from '../series.ts';

/** The samples of a request, in growing columns. */
export class Batch {
  #ids = new Uint32Array(1024);
  #times = new Float64Array(1024);
  #values = new Float64Array(1024);
  readonly #histograms = new Map<number, Histogram>();
  readonly exemplars: Exemplar[] = [];
  count = 0;

  add(id: number, time: number, value: number): void {
    const at = this.#next(id, time);
    this.#values[at] = value;
  }

  /** The series has no value from this time on. */
  addStale(id: number, time: number): void {
    writeStale(this.#values, this.#next(id, time));
  }

  addHistogram(id: number, time: number, histogram: Histogram): void {
    const at = this.#next(id, time);
    this.#values[at] = NaN;
    this.#histograms.set(at, histogram);
  }

  columns(): SampleColumns {
    const { count } = this;
    const columns = { ids: this.#ids.subarray(0, count), times: this.#times.subarray(0, count), values: this.#values.subarray(0, count) };
    return this.#histograms.size > 0 ? { ...columns, histograms: this.#histograms } : columns;
  }

  #next(id: number, time: number): number {
    const at = this.count++;
    if (at === this.#ids.length) this.#grow();
    this.#ids[at] = id;
    this.#times[at] = time;
    return at;
  }

  #grow(): void {
    const ids = new Uint32Array(this.#ids.length * 2);
    ids.set(this.#ids);
    this.#ids = ids;
    this.#times = doubled(this.#times);
    this.#values = doubled(this.#values);
  }
}

/** Copied as bytes: as numbers, a stale marker could lose its bits. */
function doubled(old: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(old.length * 2);
  new Uint8Array(larger.buffer).set(new Uint8Array(old.buffer, old.byteOffset, old.byteLength));
  return larger;
}
