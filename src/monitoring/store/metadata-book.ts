import type { MetricMetadata } from '../series.ts';

const MOST_METRICS = 100_000;
const LONGEST_TEXT = 4096;

/** What senders say about their metrics: type, help and unit. Bounded, because senders fill it. */
export class MetadataBook {
  readonly #metrics = new Map<string, MetricMetadata>();

  restore(metadata: readonly MetricMetadata[]): void {
    for (const one of metadata) this.#metrics.set(one.metric, one);
  }

  /** Returns what is new. */
  add(metadata: readonly MetricMetadata[]): MetricMetadata[] {
    const news: MetricMetadata[] = [];
    for (const given of metadata) {
      const one = { ...given, help: given.help.slice(0, LONGEST_TEXT), unit: given.unit.slice(0, LONGEST_TEXT) };
      const known = this.#metrics.get(one.metric);
      if (known && known.type === one.type && known.help === one.help && known.unit === one.unit) continue;
      if (!known && this.#metrics.size >= MOST_METRICS) continue;
      this.#metrics.set(one.metric, one);
      news.push(one);
    }
    return news;
  }

  list(metric?: string): readonly MetricMetadata[] {
    if (metric === undefined) return [...this.#metrics.values()];
    const one = this.#metrics.get(metric);
    return one ? [one] : [];
  }
}
