import type { Column } from '../../platform/columns/index.ts';

/**
 * Rows of a table of rollups, a column each, by series and end: what `rollup-tables.ts` says of a bucket. Times are milliseconds here; in
 * the table an end is seconds.
 */
export class BucketRows {
  size = 0;
  series = new Uint32Array(1024);
  end = new Float64Array(1024);
  /** How long before its end the bucket's first and last sample stand. */
  firstBefore = new Uint32Array(1024);
  lastBefore = new Uint32Array(1024);
  count = new Uint32Array(1024);
  sum = new Float64Array(1024);
  min = new Float64Array(1024);
  max = new Float64Array(1024);
  first = new Float64Array(1024);
  last = new Float64Array(1024);
  resets = new Float64Array(1024);
  /** 1: its newest sample is a stale marker; 2: it has native histograms; 3: both. */
  stale = new Uint8Array(1024);
  items = new Uint32Array(1024);

  /** Begins an empty bucket, and returns its place. */
  open(series: number, end: number): number {
    if (this.size === this.series.length) this.#grow();
    const at = this.size++;
    this.series[at] = series;
    this.end[at] = end;
    this.min[at] = this.max[at] = Number.NaN;
    // Nothing else: a place is used once, and is all zeros.
    return at;
  }

  #grow(): void {
    const length = this.size * 2;
    const whole = (old: Uint32Array): Uint32Array<ArrayBuffer> => copied(old, new Uint32Array(length));
    const float = (old: Float64Array): Float64Array<ArrayBuffer> => copied(old, new Float64Array(length));
    [this.series, this.firstBefore, this.lastBefore] = [whole(this.series), whole(this.firstBefore), whole(this.lastBefore)];
    [this.count, this.items] = [whole(this.count), whole(this.items)];
    [this.end, this.sum, this.min, this.max] = [float(this.end), float(this.sum), float(this.min), float(this.max)];
    [this.first, this.last, this.resets] = [float(this.first), float(this.last), float(this.resets)];
    this.stale = copied(this.stale, new Uint8Array(length));
  }

  /** As the engine takes them, in the order of the table's columns. */
  columns(): Column[] {
    const { size } = this;
    const whole = (name: string, data: Uint32Array): Column => ({ name, type: 'UInt32', data: data.subarray(0, size) });
    const float = (name: string, data: Float64Array): Column => ({ name, type: 'Float64', data: data.subarray(0, size) });
    return [
      whole('series', this.series),
      whole(
        'end',
        Uint32Array.from(this.end.subarray(0, size), (end) => end / 1000),
      ),
      whole('first_before', this.firstBefore),
      whole('last_before', this.lastBefore),
      whole('count', this.count),
      float('sum', this.sum),
      float('min', this.min),
      float('max', this.max),
      float('first', this.first),
      float('last', this.last),
      float('resets', this.resets),
      { name: 'stale', type: 'UInt8', data: this.stale.subarray(0, size) },
      whole('items', this.items),
    ];
  }
}

function copied<T extends Uint32Array | Uint8Array | Float64Array>(old: Uint32Array | Uint8Array | Float64Array, larger: T): T {
  larger.set(old);
  return larger;
}
