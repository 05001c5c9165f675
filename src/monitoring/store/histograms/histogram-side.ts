import { Breath, type Columns } from '../../../platform/columns/index.ts';
import { LimitError } from '../../../platform/problem.ts';
import type { Histogram } from '../../histogram.ts';
import { decodeHistogram, withKnownHint } from '../../histogram/index.ts';
import type { Series } from '../../series.ts';
import type { HistogramEntry } from './histogram-record.ts';
import { readHistograms } from './histogram-table.ts';

type ByTime = Map<number, Histogram>;

/**
 * The histograms that samples of the recent window and late samples stand for. The samples themselves are where all samples are; this is
 * asked only for series that are known to have histograms, and costs the others nothing.
 */
export class HistogramSide {
  readonly #recent = new Map<number, ByTime>();
  /** By segment of the log: what the engine doesn't have yet and the window doesn't hold. */
  readonly #late = new Map<number, Map<number, ByTime>>();
  /** Every series that has any, wherever it is. */
  readonly #series = new Set<number>();

  has(id: number): boolean {
    return this.#series.has(id);
  }

  get empty(): boolean {
    return this.#series.size === 0;
  }

  /** The engine has some of these series. */
  know(ids: readonly number[]): void {
    for (const id of ids) this.#series.add(id);
  }

  add(id: number, time: number, histogram: Histogram): void {
    this.#series.add(id);
    put(this.#recent, id, time, histogram);
  }

  addLate(segment: number, id: number, time: number, histogram: Histogram): void {
    this.#series.add(id);
    let bySeries = this.#late.get(segment);
    if (!bySeries) this.#late.set(segment, (bySeries = new Map<number, ByTime>()));
    put(bySeries, id, time, histogram);
  }

  /** The engine has the segment's. */
  drop(segment: number): void {
    this.#late.delete(segment);
  }

  /** The window has forgotten its samples up to and including `cut`. */
  trim(cut: number): void {
    for (const [id, byTime] of this.#recent) {
      for (const time of byTime.keys()) if (time <= cut) byTime.delete(time);
      if (byTime.size === 0) this.#recent.delete(id);
    }
  }

  find(id: number, time: number): Histogram | undefined {
    const recent = this.#recent.get(id)?.get(time);
    if (recent) return recent;
    for (const bySeries of this.#late.values()) {
      const late = bySeries.get(id)?.get(time);
      if (late) return late;
    }
    return undefined;
  }

  /** The series with their histograms, as far as they are in memory. */
  fill(series: Series[]): Series[] {
    if (this.empty) return series;
    return series.map((one) => (this.#series.has(one.id) ? withHistograms(one, (time) => this.find(one.id, time)) : one));
  }

  /** Likewise, and from the engine where a series begins before `boundary`: no more than `most`. What leaves memory meanwhile is there. */
  async fillOlder(series: Series[], columns: Columns | undefined, boundary: number, most: number): Promise<Series[]> {
    const ours = this.empty ? [] : series.filter(({ id, from, to, rolled }) => this.#series.has(id) && from < to && !rolled);
    const older = ours.filter(({ times, from }) => (times[from] as number) <= boundary);
    if (!columns || older.length === 0) return this.fill(series);
    const from = Math.min(...older.map((one) => one.times[one.from] as number));
    const to = Math.max(...older.map((one) => one.times[one.to - 1] as number));
    const ids = older.map(({ id }) => id);
    const entries = await readHistograms(columns, ids, from, to, most + 1);
    if (entries.length > most)
      throw new LimitError(422, 'The query touches too many histograms: ask for fewer series or a shorter time.', {
        limit: most,
        setting: 'store.maxReadSamples',
      });
    const stored = await byId(entries);
    const find = (id: number, time: number): Histogram | undefined => stored.get(id)?.get(time) ?? this.find(id, time);
    return series.map((one) => (this.#series.has(one.id) && !one.rolled ? withHistograms(one, (time) => find(one.id, time)) : one));
  }
}

function put(bySeries: Map<number, ByTime>, id: number, time: number, histogram: Histogram): void {
  let byTime = bySeries.get(id);
  if (!byTime) bySeries.set(id, (byTime = new Map<number, Histogram>()));
  if (!byTime.has(time)) byTime.set(time, histogram);
}

/** The first of a time stays, as with samples. */
async function byId(entries: readonly HistogramEntry[]): Promise<Map<number, ByTime>> {
  const stored = new Map<number, ByTime>();
  const breath = new Breath();
  for (const { id, time, data } of entries) {
    put(stored, id, time, decodeHistogram(data));
    if (breath.due) await breath.take();
  }
  return stored;
}

function withHistograms(series: Series, find: (time: number) => Histogram | undefined): Series {
  const { times, values, from, to } = series;
  let histograms: (Histogram | undefined)[] | undefined;
  let before: Histogram | undefined;
  for (let i = from; i < to; i++) {
    const value = values[i] as number;
    const now = value === value ? undefined : find(times[i] as number);
    if (now) (histograms ??= Array.from({ length: to - from }))[i - from] = withKnownHint(now, before);
    before = now;
  }
  if (!histograms) return series;
  const words = new Uint32Array(values.buffer, values.byteOffset + from * 8, (to - from) * 2).slice();
  return { ...series, times: times.slice(from, to), values: new Float64Array(words.buffer), histograms, from: 0, to: to - from };
}
