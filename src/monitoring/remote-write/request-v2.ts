import { LimitError } from '../../platform/problem.ts';
import { LabelCache } from '../label-cache.ts';
import { checkLabels, type LabelLimits } from '../label-limits.ts';
import { ProtobufReader } from '../protobuf-reader.ts';
import type { Histogram } from '../histogram.ts';
import type { Exemplar, MetricMetadata, SampleColumns, SampleSink } from '../series.ts';
import { exemplarProblem } from './exemplar-limits.ts';
import { placeholderOf, readHistogram } from './histogram-message.ts';
import { ReferenceList } from './reference-list.ts';
import type { SampleScratch } from './sample-scratch.ts';
import { StartTimes } from './start-times.ts';
import { MOST_SYMBOLS, SymbolNumbers, SymbolTable } from './symbol-table.ts';
import type { TimeBounds } from './time-bounds.ts';
import { METRIC_TYPES } from './write-request.ts';

/** What became of a request, besides its samples. */
export interface FindingsV2 {
  series: number;
  badSeries: number;
  outOfBounds: number;
  badExemplars: number;
  badHistograms: number;
  /** Zeros that were put where counters began. */
  zeros: number;
  /** What was wrong with the first few. */
  readonly wrong: string[];
  limit: LimitError | undefined;
}

/** What is known from request to request. */
export class KnownSeries {
  readonly #bytes: number;
  readonly starts = new StartTimes();
  symbols!: SymbolNumbers;
  ids!: LabelCache;

  /** @param bytes memory for what the texts and the series of requests looked like */
  constructor(bytes: number) {
    this.#bytes = bytes;
    this.#forget();
  }

  /** Call before each request. */
  refresh(): void {
    if (this.symbols.spent) this.#forget();
  }

  #forget(): void {
    this.symbols = new SymbolNumbers(this.#bytes >> 1);
    this.ids = new LabelCache(this.#bytes >> 1);
  }
}

const MOST_WRONG = 5;
const MOST_EXEMPLARS = 100_000;
const MOST_METADATA = 100_000;
const MOST_LABELS = 10_000;

export interface RequestV2Options {
  readonly sink: Pick<SampleSink, 'resolve' | 'newest'>;
  readonly known: KnownSeries;
  readonly limits: LabelLimits;
  readonly bounds: TimeBounds;
  /** Used until `columns`: share one among requests that are read in one turn of the event loop. */
  readonly scratch: SampleScratch;
}

/**
 * Reads `io.prometheus.write.v2.Request` without making an object for a series or a sample. In parts, so that a large request
 * doesn't hold up everyone else. Longer than most: the messages inside share the cursor and what it counted.
 * Source: https://github.com/prometheus/prometheus/blob/main/prompb/io/prometheus/write/v2/types.proto
 */
export class RequestV2Reader {
  readonly findings: FindingsV2 = {
    series: 0,
    badSeries: 0,
    outOfBounds: 0,
    badExemplars: 0,
    badHistograms: 0,
    zeros: 0,
    wrong: [],
    limit: undefined,
  };
  readonly metadata: MetricMetadata[] = [];
  readonly exemplars: Exemplar[] = [];
  readonly #reader: ProtobufReader;
  readonly #options: RequestV2Options;
  readonly #symbols: SymbolTable;
  readonly #ids: LabelCache;
  readonly #labels = new ReferenceList();
  readonly #exemplarLabels = new ReferenceList();
  /** By reference of a metric's name: whether its metadata were read. */
  readonly #described = new Set<number>();
  /** Exemplars of the series that is read, whose id is not known yet. */
  #pending: Omit<Exemplar, 'id'>[] = [];
  /** The start times of the series' samples, by place from its first one; empty where it has none. */
  #starts: number[] = [];
  #count = 0;
  /** By the place of the sample. */
  readonly #histograms = new Map<number, Histogram>();

  /** @throws RangeError when it is no protobuf, LimitError when it has too many symbols */
  constructor(bytes: Uint8Array, options: RequestV2Options) {
    this.#reader = new ProtobufReader(bytes);
    this.#options = options;
    this.#ids = options.known.ids;
    this.#symbols = new SymbolTable(this.#reader, options.known.symbols);
    this.#readSymbols();
  }

  /** Reads some of the request; false when all of it is read. @throws RangeError when it is no protobuf */
  readSome(series: number): boolean {
    const reader = this.#reader;
    while (!reader.done) {
      const tag = reader.tag();
      if (tag !== 42) reader.skip(tag);
      else if (series-- === 0) {
        reader.back();
        return true;
      } else this.#readSeries();
    }
    return false;
  }

  /** Samples that were read, the zeros that were put among them left out. */
  get samples(): number {
    return this.#count - this.findings.zeros;
  }

  /** The samples that were read, in the scratch's arrays. */
  columns(): SampleColumns {
    const { ids, times, words } = this.#options.scratch;
    const count = this.#count;
    const columns = { ids: ids.subarray(0, count), times: times.subarray(0, count), values: new Float64Array(words.buffer, 0, count) };
    return this.#histograms.size > 0 ? { ...columns, histograms: this.#histograms } : columns;
  }

  /** Symbols may come after the series that use them: fields of a message have no order. */
  #readSymbols(): void {
    const reader = this.#reader;
    while (!reader.done) {
      const tag = reader.tag();
      if (tag !== 34) reader.skip(tag);
      else if (!this.#symbols.take()) {
        throw new LimitError(413, 'The request has too many symbols.', { limit: MOST_SYMBOLS, setting: 'smaller requests' });
      }
    }
    reader.at = 0;
  }

  #readSeries(): void {
    const reader = this.#reader;
    const outer = reader.enter();
    const end = reader.end;
    const first = this.#count;
    let metadataAt = -1;
    let created = 0;
    this.findings.series++;
    this.#labels.clear();
    this.#pending = [];
    if (this.#starts.length > 0) this.#starts = [];
    while (!reader.done) {
      const tag = reader.tag();
      if (tag === 10 || tag === 8) this.#labels.read(reader, tag);
      else if (tag === 18) this.#readSample(first);
      else if (tag === 26) this.#readHistogram();
      else if (tag === 34) this.#readExemplar();
      else if (tag === 48) created = reader.varint();
      else {
        if (tag === 42) metadataAt = reader.at;
        reader.skip(tag);
      }
    }
    const id = this.#known();
    if (metadataAt >= 0 && id !== 0) this.#readMetadata(metadataAt);
    reader.leave(outer, end);
    this.#finish(id, first, created);
  }

  /** Gives what was read its series, or forgets it where the series was refused. */
  #finish(id: number, first: number, created: number): void {
    if (id === 0) {
      for (let i = first; i < this.#count; i++) this.#histograms.delete(i);
      this.#count = first;
      return;
    }
    this.#options.scratch.ids.fill(id, first, this.#count);
    for (const exemplar of this.#pending) this.exemplars.push({ id, ...exemplar });
    if (created > 0 || this.#starts.length > 0) this.#putZeros(id, first, created);
  }

  #readHistogram(): void {
    const { time, histogram, problem } = readHistogram(this.#reader);
    if (problem !== undefined) {
      this.findings.badHistograms++;
      this.#note(`a native histogram can't be: ${problem}`);
      return;
    }
    const at = this.#count;
    const { scratch } = this.#options;
    scratch.reserve(at + 1);
    if (!this.#keep(time)) return;
    [scratch.words[2 * at], scratch.words[2 * at + 1]] = placeholderOf(histogram);
    if (histogram) this.#histograms.set(at, histogram);
  }

  /** Takes note of the next sample's time, if it is one that may be kept. */
  #keep(time: number): boolean {
    const { scratch, bounds } = this.#options;
    if (time >= bounds.oldest && time <= bounds.newest) {
      scratch.times[this.#count++] = time;
      return true;
    }
    this.findings.outOfBounds++;
    this.#note(`a sample has the time ${time}, outside of what is kept (${bounds.oldest} to ${bounds.newest}, in milliseconds)`);
    return false;
  }

  #readSample(first: number): void {
    const reader = this.#reader;
    const { scratch } = this.#options;
    const outer = reader.enter();
    const at = this.#count;
    scratch.reserve(at + 1);
    const { words } = scratch;
    let time = 0;
    let start = 0;
    words[2 * at] = 0;
    words[2 * at + 1] = 0;
    while (!reader.done) {
      const tag = reader.tag();
      if (tag === 9) {
        words[2 * at] = reader.fixed32();
        words[2 * at + 1] = reader.fixed32();
      } else if (tag === 16) time = reader.varint();
      else if (tag === 24) start = reader.varint();
      else reader.skip(tag);
    }
    reader.leave(outer, reader.at);
    if (this.#keep(time) && start > 0) this.#starts[at - first] = start;
  }

  /**
   * A zero where a counter began, so that what it counted before its first sample is not lost to `rate`: only after the newest
   * sample that is known and before the sample that names the start.
   * Source: Prometheus' AppendSTZeroSample (https://github.com/prometheus/prometheus/blob/main/tsdb/head_append.go)
   */
  #putZeros(id: number, first: number, created: number): void {
    const { scratch, known, sink, bounds } = this.#options;
    const end = this.#count;
    let before = sink.newest?.(id) ?? Number.NEGATIVE_INFINITY;
    for (let i = first; i < end; i++) {
      const time = scratch.times[i] as number;
      const start = this.#starts[i - first] ?? created;
      // A histogram does not begin with a number.
      const number = !this.#histograms.has(i);
      if (number && start > before && start < time && start >= bounds.oldest && known.starts.isNew(id, start)) {
        const at = this.#count++;
        scratch.reserve(at + 1);
        scratch.ids[at] = id;
        scratch.times[at] = start;
        scratch.words[2 * at] = 0;
        scratch.words[2 * at + 1] = 0;
        this.findings.zeros++;
      }
      if (time > before) before = time;
    }
  }

  #readExemplar(): void {
    const reader = this.#reader;
    const outer = reader.enter();
    const end = reader.end;
    this.#exemplarLabels.clear();
    let value = 0;
    let time = 0;
    while (!reader.done) {
      const tag = reader.tag();
      if (tag === 10 || tag === 8) this.#exemplarLabels.read(reader, tag);
      else if (tag === 17) value = reader.double();
      else if (tag === 24) time = reader.varint();
      else reader.skip(tag);
    }
    reader.leave(outer, end);
    const pairs = this.#pairs(this.#exemplarLabels);
    const problem = typeof pairs === 'string' ? pairs : exemplarProblem(pairs, time, this.#options.bounds);
    if (problem !== undefined || this.exemplars.length + this.#pending.length >= MOST_EXEMPLARS) {
      this.findings.badExemplars++;
      return;
    }
    this.#pending.push({ labels: Object.fromEntries(pairs as [string, string][]), value, time });
  }

  /** The series' id by the numbers of its labels' texts, or 0 when it is refused. */
  #known(): number {
    const symbols = this.#symbols;
    const labels = this.#labels;
    const wrong = labels.problem(symbols.size);
    if (wrong !== undefined) return this.#refuse(wrong);
    if (labels.size > 2 * MOST_LABELS) return this.#refuse(`a series has ${labels.size / 2} labels`);
    const view = labels.numbers((ref) => symbols.numberOf(ref));
    const id = this.#ids.find(view, 0, labels.size * 4);
    if (id !== 0) return id;
    const fresh = this.#resolve();
    if (fresh !== 0) this.#ids.add(view, 0, labels.size * 4, fresh);
    return fresh;
  }

  #resolve(): number {
    const { sink, limits } = this.#options;
    const pairs = this.#pairs(this.#labels);
    const labels = typeof pairs === 'string' ? pairs : checkLabels(pairs, limits);
    if (typeof labels === 'string') return this.#refuse(labels);
    try {
      return sink.resolve(labels);
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      this.findings.badSeries++;
      this.findings.limit = error;
      return 0;
    }
  }

  /** The labels that the references stand for, or what is wrong with them. */
  #pairs(references: ReferenceList): [string, string][] | string {
    const wrong = references.problem(this.#symbols.size);
    if (wrong !== undefined) return wrong;
    const pairs: [string, string][] = [];
    for (let i = 0; i < references.size; i += 2) {
      const name = this.#symbols.textOf(references.at(i));
      const value = this.#symbols.textOf(references.at(i + 1));
      if (name === undefined || value === undefined) return 'a series has a label that is not UTF-8';
      pairs.push([name, value]);
    }
    return pairs;
  }

  #readMetadata(at: number): void {
    const name = this.#nameRef();
    if (name < 0 || this.#described.has(name) || this.metadata.length >= MOST_METADATA) return;
    this.#described.add(name);
    const reader = this.#reader;
    reader.at = at;
    const outer = reader.enter();
    let type = 0;
    let help = 0;
    let unit = 0;
    while (!reader.done) {
      const tag = reader.tag();
      if (tag === 8) type = reader.varint();
      else if (tag === 24) help = reader.varint();
      else if (tag === 32) unit = reader.varint();
      else reader.skip(tag);
    }
    reader.leave(outer, reader.at);
    const text = (ref: number): string => (ref >= 0 && ref < this.#symbols.size ? (this.#symbols.textOf(ref) ?? '') : '').slice(0, 8192);
    if (type <= 0 && help === 0 && unit === 0) return;
    this.metadata.push({ metric: text(name), type: METRIC_TYPES[type] ?? 'unknown', help: text(help), unit: text(unit) });
  }

  /** The reference of the metric's name in the labels that were read last, or -1. */
  #nameRef(): number {
    const labels = this.#labels;
    for (let i = 0; i < labels.size; i += 2) if (this.#symbols.is(labels.at(i), '__name__')) return labels.at(i + 1);
    return -1;
  }

  #refuse(why: string): 0 {
    this.findings.badSeries++;
    this.#note(why);
    return 0;
  }

  #note(what: string): void {
    if (this.findings.wrong.length < MOST_WRONG) this.findings.wrong.push(what);
  }
}
