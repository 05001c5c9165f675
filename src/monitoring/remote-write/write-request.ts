import { LimitError } from '../../platform/problem.ts';
import type { Histogram } from '../histogram.ts';
import type { Exemplar, MetricMetadata, SampleColumns, SampleSink } from '../series.ts';
import type { LabelCache } from '../label-cache.ts';
import { checkLabels, type LabelLimits } from '../label-limits.ts';
import { exemplarProblem } from './exemplar-limits.ts';
import { ProtobufReader } from '../protobuf-reader.ts';
import type { TimeBounds } from './time-bounds.ts';
import { placeholderOf, readHistogram } from './histogram-message.ts';
import type { SampleScratch } from './sample-scratch.ts';

/** What became of a request, besides its samples. */
export interface Findings {
  series: number;
  badSeries: number;
  outOfBounds: number;
  badHistograms: number;
  exemplars: number;
  /** What was wrong with the first few. */
  readonly wrong: string[];
  limit: LimitError | undefined;
}

const MOST_WRONG = 5;
const MOST_EXEMPLARS = 100_000;
/** With a character each they are as long as they may be. */
const MOST_EXEMPLAR_LABELS = 128;
const NONE: number[] = [];
/** By their number in remote write, in 1.0 and in 2.0. */
export const METRIC_TYPES: readonly MetricMetadata['type'][] = [
  'unknown',
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
];

/**
 * Reads `prometheus.WriteRequest` (remote write 1.0) without making an object for a series or a sample. In parts, so that a large
 * request doesn't hold up everyone else.
 * Source: https://github.com/prometheus/prometheus/blob/main/prompb/types.proto
 */
export class WriteRequestReader {
  readonly findings: Findings = { series: 0, badSeries: 0, outOfBounds: 0, badHistograms: 0, exemplars: 0, wrong: [], limit: undefined };
  readonly metadata: MetricMetadata[] = [];
  readonly exemplars: Exemplar[] = [];
  readonly #reader: ProtobufReader;
  readonly #sink: Pick<SampleSink, 'resolve'>;
  readonly #cache: LabelCache;
  readonly #limits: LabelLimits;
  readonly #bounds: TimeBounds;
  readonly #scratch: SampleScratch;
  #count = 0;
  /** By the place of the sample. */
  readonly #histograms = new Map<number, Histogram>();

  /** @param scratch used until what `columns` gave is appended: share one among requests that are read in one turn of the event loop */
  constructor(
    bytes: Uint8Array,
    sink: Pick<SampleSink, 'resolve'>,
    cache: LabelCache,
    limits: LabelLimits,
    bounds: TimeBounds,
    scratch: SampleScratch,
  ) {
    this.#reader = new ProtobufReader(bytes);
    this.#scratch = scratch;
    this.#sink = sink;
    this.#cache = cache;
    this.#limits = limits;
    this.#bounds = bounds;
  }

  /** Reads some of the request; false when all of it is read. @throws RangeError when it is no protobuf */
  readSome(series: number): boolean {
    const reader = this.#reader;
    while (!reader.done) {
      const tag = reader.tag();
      if (tag === 10) {
        if (series-- === 0) {
          reader.back();
          return true;
        }
        this.#readSeries();
      } else if (tag === 26) this.#readMetadata();
      else reader.skip(tag);
    }
    return false;
  }

  /** The samples that were read, in the scratch's arrays. */
  columns(): SampleColumns {
    const { ids, times, words } = this.#scratch;
    const count = this.#count;
    const histograms = this.#histograms;
    const columns = { ids: ids.subarray(0, count), times: times.subarray(0, count), values: new Float64Array(words.buffer, 0, count) };
    return histograms.size > 0 ? { ...columns, histograms } : columns;
  }

  #readSeries(): void {
    const reader = this.#reader;
    const outer = reader.enter();
    const first = this.#count;
    const begin = reader.at;
    let labelsFrom = -1;
    let labelsTo = -1;
    let together = true;
    let exemplars: number[] = NONE;
    this.findings.series++;
    // Senders keep the order of their series: mostly the labels that are expected stand here, and need not be read to be known.
    let expected = this.#cache.findNext(reader.view, begin, reader.end);
    if (expected !== 0) {
      labelsFrom = begin;
      labelsTo = this.#cache.end;
      reader.at = labelsTo;
    }
    while (!reader.done) {
      const before = reader.at;
      const tag = reader.tag();
      if (tag === 10) {
        reader.skip(tag);
        // It has more labels than were expected: it is another series.
        expected = 0;
        if (labelsFrom < 0) labelsFrom = before;
        else if (labelsTo !== before) together = false;
        labelsTo = reader.at;
      } else if (tag === 18) this.#readSample();
      else {
        if (tag === 26) (exemplars === NONE ? (exemplars = []) : exemplars).push(reader.at);
        else if (tag === 34) {
          this.#readHistogram();
          continue;
        }
        reader.skip(tag);
      }
    }
    const end = reader.at;
    const id = expected || (together ? this.#known(labelsFrom, labelsTo) : this.#resolve(begin, end));
    if (id !== 0) for (const at of exemplars) this.#readExemplar(at, id);
    reader.leave(outer, end);
    if (id === 0) {
      for (let i = first; i < this.#count; i++) this.#histograms.delete(i);
      this.#count = first;
    } else {
      // Mostly there is one, and a call of `fill` takes longer than that.
      const { ids } = this.#scratch;
      for (let i = first; i < this.#count; i++) ids[i] = id;
    }
  }

  #readHistogram(): void {
    const { time, histogram, problem } = readHistogram(this.#reader);
    if (problem !== undefined) {
      this.findings.badHistograms++;
      this.#note(`a native histogram can't be: ${problem}`);
      return;
    }
    const at = this.#count;
    this.#scratch.reserve(at + 1);
    const { times, words } = this.#scratch;
    times[at] = time;
    if (!this.#keep()) return;
    [words[2 * at], words[2 * at + 1]] = placeholderOf(histogram);
    if (histogram) this.#histograms.set(at, histogram);
  }

  /** Counts the sample behind those that there are, if its time is one that may be kept. */
  #keep(): boolean {
    const time = this.#scratch.times[this.#count] as number;
    if (time >= this.#bounds.oldest && time <= this.#bounds.newest) {
      this.#count++;
      return true;
    }
    this.findings.outOfBounds++;
    this.#note(
      `a sample has the time ${time}, outside of what is kept (${this.#bounds.oldest} to ${this.#bounds.newest}, in milliseconds)`,
    );
    return false;
  }

  #readSample(): void {
    const reader = this.#reader;
    const outer = reader.enter();
    const at = this.#count;
    this.#scratch.reserve(at + 1);
    const { times, words } = this.#scratch;
    if (reader.sampleTime(times, at)) {
      words[2 * at] = reader.view.getUint32(reader.at + 1, true);
      words[2 * at + 1] = reader.view.getUint32(reader.at + 5, true);
      reader.leave(outer, reader.end);
      this.#keep();
      return;
    }
    times[at] = 0;
    words[2 * at] = 0;
    words[2 * at + 1] = 0;
    while (!reader.done) {
      const tag = reader.tag();
      if (tag === 9) {
        words[2 * at] = reader.fixed32();
        words[2 * at + 1] = reader.fixed32();
      } else if (tag === 16) times[at] = reader.varint();
      else reader.skip(tag);
    }
    reader.leave(outer, reader.at);
    this.#keep();
  }

  #readExemplar(at: number, id: number): void {
    const reader = this.#reader;
    reader.at = at;
    const outer = reader.enter();
    const pairs: ([string, string] | undefined)[] = [];
    let value = 0;
    let time = 0;
    while (!reader.done) {
      const tag = reader.tag();
      if (tag === 10 && pairs.length <= MOST_EXEMPLAR_LABELS) pairs.push(this.#readLabel(false));
      else if (tag === 17) value = reader.double();
      else if (tag === 24) time = reader.varint();
      else reader.skip(tag);
    }
    reader.leave(outer, reader.at);
    const labels = pairs.filter((pair) => pair !== undefined);
    const good = labels.length === pairs.length && exemplarProblem(labels, time, this.#bounds) === undefined;
    if (!good || this.exemplars.length >= MOST_EXEMPLARS) return;
    this.exemplars.push({ id, labels: Object.fromEntries(labels), value, time });
    this.findings.exemplars++;
  }

  #known(from: number, to: number): number {
    const { view } = this.#reader;
    const known = this.#cache.find(view, from, to);
    if (known !== 0) return known;
    const id = this.#resolve(from, to);
    if (id !== 0) this.#cache.add(view, from, to, id);
    return id;
  }

  /** Reads the labels among the fields from `from` to `to`. 0 when they are refused. */
  #resolve(from: number, to: number): number {
    const pairs = from < 0 ? [] : this.#readLabels(from, to);
    const labels = typeof pairs === 'string' ? pairs : checkLabels(pairs, this.#limits);
    if (typeof labels === 'string') {
      this.findings.badSeries++;
      this.#note(labels);
      return 0;
    }
    try {
      return this.#sink.resolve(labels);
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      this.findings.badSeries++;
      this.findings.limit = error;
      return 0;
    }
  }

  #readLabels(from: number, to: number): [string, string][] | string {
    const reader = this.#reader;
    const after = reader.at;
    // Tags, and lengths below 128, are ASCII: mostly all of it is UTF-8 when the texts are. Where it isn't, each text is looked at.
    const known = reader.isUtf8(from, to);
    const pairs: [string, string][] = [];
    const outer = reader.enterAt(from, to);
    let bad = false;
    while (!reader.done) {
      const tag = reader.tag();
      // Far more labels than may be are not worth the memory.
      if (tag === 10 && pairs.length <= 10_000) {
        const pair = this.#readLabel(known);
        bad ||= pair === undefined;
        if (pair) pairs.push(pair);
      } else reader.skip(tag);
    }
    reader.leave(outer, after);
    return bad ? 'a series has a label that is not UTF-8' : pairs;
  }

  #readLabel(known: boolean): [string, string] | undefined {
    const reader = this.#reader;
    const outer = reader.enter();
    const pair: [string, string] = ['', ''];
    let good = true;
    while (!reader.done) {
      const tag = reader.tag();
      if (tag !== 10 && tag !== 18) {
        reader.skip(tag);
        continue;
      }
      const before = reader.at;
      pair[tag === 10 ? 0 : 1] = reader.text();
      if (!known) good &&= reader.textIsUtf8(before);
    }
    reader.leave(outer, reader.at);
    return good ? pair : undefined;
  }

  #readMetadata(): void {
    const reader = this.#reader;
    const outer = reader.enter();
    let type = 0;
    const texts: Record<number, string> = {};
    while (!reader.done) {
      const tag = reader.tag();
      if (tag === 8) type = reader.varint();
      else if (tag === 18 || tag === 34 || tag === 42) texts[tag] = reader.text().slice(0, 8192);
      else reader.skip(tag);
    }
    reader.leave(outer, reader.at);
    const metric = texts[18] ?? '';
    if (metric === '' || metric.length > this.#limits.maxNameLength || this.metadata.length >= 100_000) return;
    this.metadata.push({ metric, type: METRIC_TYPES[type] ?? 'unknown', help: texts[34] ?? '', unit: texts[42] ?? '' });
  }

  #note(what: string): void {
    if (this.findings.wrong.length < MOST_WRONG) this.findings.wrong.push(what);
  }
}
