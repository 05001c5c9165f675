import type { ProtobufReader } from '../protobuf-reader.ts';
import type { Labels } from '../series.ts';
import { readAttributes } from './attributes.ts';
import { readExemplar } from './exemplars.ts';
import { COARSEST, nativeHistogram } from './exponential-histogram.ts';
import { boundaryText, type HistogramFamily } from './histogram-family.ts';
import type { Metric, MetricMessage, RequestState } from './request-state.ts';
import {
  newNumberPoint,
  readExponentialPoint,
  readHistogramPoint,
  readNumberPoint,
  readSummaryPoint,
  type AttributeRange,
  type ExponentialHistogramPoint,
  type HistogramPoint,
  type NumberPoint,
  type SummaryPoint,
} from './points.ts';
import { labelsOf } from './resource.ts';

/** Fields that hold a point's attributes, by the kind of metric. */
const ATTRIBUTES = { gauge: 58, sum: 58, histogram: 74, exponential: 10, summary: 58 } as const;
const DELTA = 1;
const numberPoint = newNumberPoint();

/** Turns the points of one metric into samples. */
export class MetricReader {
  readonly #request: RequestState;
  readonly #metric: Metric;
  readonly #message: MetricMessage;
  readonly #reader: ProtobufReader;
  readonly #delta: boolean;
  readonly #attributeTag: number;

  constructor(request: RequestState, metric: Metric, message: MetricMessage) {
    this.#request = request;
    this.#metric = metric;
    this.#message = message;
    this.#reader = request.reader;
    this.#delta = message.temporality === DELTA && message.kind !== 'gauge';
    this.#attributeTag = ATTRIBUTES[message.kind ?? 'gauge'];
  }

  /** Nobody else uses the reader meanwhile, so a pause leaves it as it stands. */
  *read(): Generator<void> {
    const reader = this.#reader;
    const after = reader.at;
    const outer = reader.enterAt(this.#message.from, this.#message.to);
    while (!reader.done) {
      const tag = reader.tag();
      if (tag !== 10) {
        reader.skip(tag);
        continue;
      }
      this.#point();
      if (this.#request.countPoint()) yield;
    }
    reader.leave(outer, after);
  }

  #point(): void {
    const reader = this.#reader;
    switch (this.#message.kind) {
      case 'histogram':
        return this.#histogram(readHistogramPoint(reader));
      case 'exponential':
        return this.#exponential(readExponentialPoint(reader));
      case 'summary':
        return this.#summary(readSummaryPoint(reader));
      default:
        readNumberPoint(reader, numberPoint);
        return this.#number(numberPoint);
    }
  }

  #number(point: NumberPoint): void {
    if (!this.#timely(point.time)) return;
    const id = this.#series(point.attributes);
    if (id === 0) return this.#request.reject(`a point of '${this.#message.name}' was left out`);
    if (point.absent) return this.#request.batch.addStale(id, point.time);
    this.#add(id, point.time, point.start, point.value);
    if (point.exemplars.length > 0) this.#exemplars(point.exemplars, () => id);
  }

  #histogram(point: HistogramPoint): void {
    if (!this.#timely(point.time)) return;
    const { counts, bounds } = point;
    if (counts.length > 0 && counts.length !== bounds.length + 1) {
      return this.#request.reject(`a histogram '${this.#message.name}' has ${counts.length} buckets and ${bounds.length} boundaries`);
    }
    if (bounds.some((bound, i) => !(i === 0 || bound > (bounds[i - 1] as number)))) {
      return this.#request.reject(`the boundaries of a histogram '${this.#message.name}' do not ascend`);
    }
    const family = this.#family(point.attributes, point.boundsFrom, point.boundsTo, 'le', [...bounds, Infinity]);
    if (!family) return this.#request.reject(`a histogram '${this.#message.name}' was left out`);
    if (point.absent) return this.#stale(family, point.time);
    let below = 0;
    for (const [i, id] of family.parts.entries()) {
      below = i === bounds.length ? point.count : below + (counts[i] ?? 0);
      this.#add(id, point.time, point.start, below);
    }
    this.#add(family.count, point.time, point.start, point.count);
    if (point.hasSum) this.#add(family.sum, point.time, point.start, point.sum);
    const bucketOf = (value: number): number => {
      const i = bounds.findIndex((bound) => value <= bound);
      return family.parts[i < 0 ? bounds.length : i] as number;
    };
    if (point.exemplars.length > 0) this.#exemplars(point.exemplars, bucketOf);
  }

  #exponential(point: ExponentialHistogramPoint): void {
    if (!this.#timely(point.time)) return;
    if (point.scale < COARSEST) {
      return this.#request.reject(`a histogram '${this.#message.name}' has scale ${point.scale}; the coarsest that is kept is ${COARSEST}`);
    }
    const id = this.#series(point.attributes);
    if (id === 0) return this.#request.reject(`a histogram '${this.#message.name}' was left out`);
    if (point.absent) return this.#request.batch.addStale(id, point.time);
    const { memory } = this.#request.deps;
    const own = nativeHistogram(point);
    const histogram = this.#delta ? memory.histogramTotals.add(id, point.time, own, this.#request.outcome.journal) : own;
    if (histogram) this.#request.batch.addHistogram(id, point.time, histogram);
    if (point.exemplars.length > 0) this.#exemplars(point.exemplars, () => id);
  }

  #summary(point: SummaryPoint): void {
    if (!this.#timely(point.time)) return;
    const family = this.#family(point.attributes, 0, 0, 'quantile', point.quantiles);
    if (!family) return this.#request.reject(`a summary '${this.#message.name}' was left out`);
    if (point.absent) return this.#stale(family, point.time);
    const { batch } = this.#request;
    for (const [i, id] of family.parts.entries()) batch.add(id, point.time, point.values[i] ?? NaN);
    batch.add(family.count, point.time, point.count);
    batch.add(family.sum, point.time, point.sum);
  }

  /** A sample; of a difference, the total so far, which starts from zero where the sender says that it began. */
  #add(id: number, time: number, start: number, value: number): void {
    const { batch, deps, outcome } = this.#request;
    if (!this.#delta) return batch.add(id, time, value);
    const isNew = !deps.memory.totals.has(id);
    const total = deps.memory.totals.add(id, time, value, outcome.journal);
    if (total === undefined) return;
    if (isNew && start > 0 && start < time && start >= deps.bounds.oldest) batch.add(id, start, 0);
    batch.add(id, time, total);
  }

  #stale(family: HistogramFamily, time: number): void {
    for (const id of [...family.parts, family.count, family.sum]) this.#request.batch.addStale(id, time);
  }

  #timely(time: number): boolean {
    const { bounds } = this.#request.deps;
    if (time >= bounds.oldest && time <= bounds.newest) {
      if (time > this.#request.newest) this.#request.newest = time;
      return true;
    }
    this.#request.reject(`a point of '${this.#message.name}' has the time ${time}, outside of what is kept (milliseconds)`);
    return false;
  }

  /** The id of the series with these attributes, or 0. */
  #series(range: AttributeRange): number {
    const { series } = this.#request.deps.memory;
    const { bytes } = this.#reader;
    if (!range.together) return this.#request.resolve(this.#labels(range, this.#metric.name));
    const known = series.begin(this.#metric.number).bytes(bytes, range.from, range.to).get();
    if (known !== undefined) return known;
    const id = this.#request.resolve(this.#labels(range, this.#metric.name));
    return id === 0 ? 0 : series.set(id);
  }

  /** The series of a histogram or a summary; undefined when one is refused. */
  #family(range: AttributeRange, from: number, to: number, label: string, parts: readonly number[]): HistogramFamily | undefined {
    const { families } = this.#request.deps.memory;
    const { bytes } = this.#reader;
    const key = families.begin(this.#metric.number).bytes(bytes, range.from, range.to).bytes(bytes, from, to);
    if (label === 'quantile') for (const part of parts) key.text(String(part));
    const known = range.together ? key.get() : undefined;
    if (known) return known;
    const made = this.#makeFamily(this.#labels(range, this.#metric.name), label, parts);
    return made && range.together ? families.set(made) : made;
  }

  #makeFamily(labels: Labels, label: string, parts: readonly number[]): HistogramFamily | undefined {
    const request = this.#request;
    const { name } = this.#metric;
    const part = label === 'le' ? `${name}_bucket` : name;
    const ids = Uint32Array.from(parts, (value) => request.resolve({ ...labels, __name__: part, [label]: boundaryText(value) }));
    const count = request.resolve({ ...labels, __name__: `${name}_count` });
    const sum = request.resolve({ ...labels, __name__: `${name}_sum` });
    return ids.includes(0) || count === 0 || sum === 0 ? undefined : { parts: ids, count, sum };
  }

  #labels(range: AttributeRange, name: string): Labels {
    const own = labelsOf(readAttributes(this.#reader, range.from, range.to, this.#attributeTag), this.#request.deps.settings);
    return { ...own, ...this.#metric.labels, __name__: name };
  }

  #exemplars(places: readonly number[], idOf: (value: number) => number): void {
    const { batch, deps } = this.#request;
    for (let i = 0; i < places.length; i += 2) {
      const exemplar = readExemplar(this.#reader, places[i] as number, places[i + 1] as number, idOf, deps.settings);
      if (exemplar) batch.exemplars.push(exemplar);
    }
  }
}
