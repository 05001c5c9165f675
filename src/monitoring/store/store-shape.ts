import type { Columns } from '../../platform/columns/index.ts';
import type { Labels } from '../series.ts';
import type { SeriesIndex } from './series/series-index.ts';
import type { SourceBook } from './series/source-book.ts';
import type { RecentWindow } from './window/recent-window.ts';

interface Parts {
  readonly index: SeriesIndex;
  readonly window: RecentWindow;
  readonly sources: SourceBook;
  engine(): Columns | undefined;
}

/** What the store is made of, metric by metric, for whoever works out what each of them costs. All from memory, and cheap. */
export class StoreShape {
  readonly #parts: Parts;
  readonly #place = new Uint32Array(2);

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get engine(): Columns | undefined {
    return this.#parts.engine();
  }

  /** Everything newer (milliseconds) is in memory, and counted by `recent`. */
  get completeSince(): number {
    return this.#parts.window.completeSince;
  }

  /** Metrics, and how many series each has. */
  metrics(): [metric: string, series: number][] {
    return this.#parts.index.metrics();
  }

  /** A metric's series. A copy. */
  idsOf(metric: string): Uint32Array {
    return this.#parts.index.select([{ name: '__name__', op: '=', value: metric }]).slice();
  }

  labelsOf(id: number): Labels | undefined {
    return this.#parts.index.labelsOf(id);
  }

  /** `protocol/name` of who sent the series first; empty where it isn't known. */
  sourceOf(id: number): string {
    return this.#parts.sources.sourceOf(id);
  }

  /** The newest time (milliseconds) of which a sample is known; `-Infinity` where none is. */
  newest(id: number): number {
    return this.#parts.window.newest(id);
  }

  /** Samples of a series in memory with `from <= time <= to`. */
  recent(id: number, from: number, to: number): number {
    const place = this.#place;
    return this.#parts.window.find(id, from, to, place) ? (place[1] as number) - (place[0] as number) : 0;
  }
}
