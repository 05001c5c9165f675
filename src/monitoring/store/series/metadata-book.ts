import type { MetricMetadata } from '../../series.ts';

const MOST_METRICS = 100_000;
const LONGEST_TEXT = 4096;

/** What senders say about their metrics: type, help and unit. Bounded, because senders fill it. */
export class MetadataBook {
  readonly #metrics = new Map<string, MetricMetadata>();

  /** Types of metrics that were described with more than one. */
  readonly #types = new Map<string, Set<string>>();

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
      if (known && known.type !== one.type) this.#noteTypes(one.metric, known.type, one.type);
      this.#metrics.set(one.metric, one);
      news.push(one);
    }
    return news;
  }

  /** More than one where its senders don't agree. */
  typesOf(metric: string): string[] {
    return [...(this.#types.get(metric) ?? [])];
  }

  list(metric?: string): readonly MetricMetadata[] {
    if (metric === undefined) return [...this.#metrics.values()];
    const one = this.#metrics.get(metric);
    return one ? [one] : [];
  }

  #noteTypes(metric: string, ...types: string[]): void {
    const known = this.#types.get(metric) ?? new Set();
    // What isn't known contradicts nothing.
    for (const type of types) if (type !== 'unknown') known.add(type);
    if (known.size > 1) this.#types.set(metric, known);
  }
}
