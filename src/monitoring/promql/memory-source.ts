/** Series in plain arrays, for tests, the conformance runner and small tools. */
import type { Histogram } from '../histogram.ts';
import { withKnownHint } from '../histogram/index.ts';
import { isStale, writeStale, type Labels, type Matcher, type Series, type SeriesSource } from '../series.ts';
import { labelKey } from './labels.ts';
import { compileMatcher, matchesAll } from './matchers.ts';

interface Stored {
  readonly id: number;
  readonly labels: Labels;
  times: Float64Array;
  values: Float64Array;
  histograms: (Histogram | undefined)[] | undefined;
  count: number;
}

let nextId = 0;

export class MemorySource implements SeriesSource {
  private readonly series = new Map<string, Stored>();

  /** Adds samples to a series, oldest first and later than those it has; later ones of the same time replace. */
  add(
    labels: Labels,
    times: readonly number[] | Float64Array,
    values: readonly number[] | Float64Array,
    histograms?: ReadonlyMap<number, Histogram>,
  ): void {
    const stored = this.find(labels);
    const from = values instanceof Float64Array ? values : Float64Array.from(values);
    for (let i = 0; i < times.length; i++) this.append(stored, times[i]!, from, i, histograms?.get(i));
  }

  select(matchers: readonly Matcher[], from: number, to: number): Series[] {
    const compiled = matchers.map(compileMatcher);
    const found: Series[] = [];
    for (const { id, labels, times, values, histograms, count } of this.series.values()) {
      if (!matchesAll(compiled, labels)) continue;
      const first = lowerBound(times, count, from, false);
      const end = lowerBound(times, count, to, true);
      if (first >= end) continue;
      // Written out: a shape of their own for the few costs the many nothing.
      if (histograms === undefined) found.push({ id, labels, times, values, from: first, to: end });
      else found.push({ id, labels, times, values, histograms, from: first, to: end });
    }
    return found;
  }

  private find(labels: Labels): Stored {
    const key = labelKey(labels);
    let stored = this.series.get(key);
    if (stored === undefined) {
      const filled = Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
      stored = {
        id: nextId++,
        labels: Object.freeze(filled),
        times: new Float64Array(16),
        values: new Float64Array(16),
        histograms: undefined,
        count: 0,
      };
      this.series.set(key, stored);
    }
    return stored;
  }

  private append(stored: Stored, time: number, values: Float64Array, i: number, histogram?: Histogram): void {
    const last = stored.times[stored.count - 1];
    if (stored.count > 0 && time < last!) return;
    if (stored.count === 0 || time > last!) {
      if (stored.count === stored.times.length) grow(stored);
      stored.times[stored.count++] = time;
    }
    const at = stored.count - 1;
    if (histogram !== undefined) (stored.histograms ??= [])[at] = withKnownHint(histogram, stored.histograms[at - 1]);
    else if (stored.histograms !== undefined) stored.histograms[at] = undefined;
    if (isStale(values, i)) writeStale(stored.values, stored.count - 1);
    else stored.values[stored.count - 1] = values[i]!;
  }
}

function grow(stored: Stored): void {
  for (const field of ['times', 'values'] as const) {
    const bytes = new Uint8Array(stored[field].length * 16);
    // Bytes, not numbers: a stale marker must keep its bits.
    bytes.set(new Uint8Array(stored[field].buffer));
    stored[field] = new Float64Array(bytes.buffer);
  }
}

/** The first index whose time is at least `time`, or beyond it with `after`. */
function lowerBound(times: Float64Array, count: number, time: number, after: boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < time || (after && times[middle] === time)) low = middle + 1;
    else high = middle;
  }
  return low;
}
