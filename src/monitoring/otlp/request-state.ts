import { LimitError } from '../../platform/problem.ts';
import { checkLabels, type LabelLimits } from '../label-limits.ts';
import type { ProtobufReader } from '../protobuf-reader.ts';
import type { Labels, MetricMetadata, SampleSink } from '../series.ts';
import { Batch } from './batch.ts';
import type { DeltaTotals, Journal } from './delta-totals.ts';
import type { HistogramFamily } from './histogram-family.ts';
import type { HistogramTotals } from './histogram-totals.ts';
import type { Resource } from './resource.ts';
import type { SeriesCache } from './series-cache.ts';
import type { OtlpSettings } from './settings.ts';

/** What is remembered from request to request. */
export interface OtlpMemory {
  readonly resources: SeriesCache<Resource>;
  readonly metrics: SeriesCache<Metric>;
  readonly series: SeriesCache<number>;
  readonly families: SeriesCache<HistogramFamily>;
  readonly totals: DeltaTotals;
  readonly histogramTotals: HistogramTotals;
  numbers: number;
}

/** One metric of one resource, and of one scope where scopes are labels. */
export interface Metric {
  /** Names it in keys. */
  readonly number: number;
  readonly name: string;
  /** What all its series have in common, `__name__` aside. */
  readonly labels: Labels;
}

export type MetricKind = 'gauge' | 'sum' | 'histogram' | 'exponential' | 'summary';

/** A metric's message, looked through once: its data comes before what says how to read it. */
export interface MetricMessage {
  kind: MetricKind | undefined;
  name: string;
  unit: string;
  description: string;
  /** Of the data message. */
  from: number;
  to: number;
  temporality: number;
  monotonic: boolean;
}

/** What became of a request, besides its samples. */
export interface Outcome {
  points: number;
  rejected: number;
  /** What was wrong with the first few. */
  readonly wrong: string[];
  limit: LimitError | undefined;
  readonly metadata: MetricMetadata[];
  readonly journal: Journal;
}

export interface RequestDeps {
  readonly sink: SampleSink;
  readonly memory: OtlpMemory;
  readonly settings: OtlpSettings;
  readonly limits: LabelLimits;
  /** Times outside are refused (milliseconds since the epoch). */
  readonly bounds: { readonly oldest: number; readonly newest: number };
}

const MOST_WRONG = 5;
const POINTS_PER_TURN = 4000;

/** One request on its way: what is read of it, and what became of it. */
export class RequestState {
  readonly batch = new Batch();
  readonly outcome: Outcome = { points: 0, rejected: 0, wrong: [], limit: undefined, metadata: [], journal: { undo: [] } };
  readonly deps: RequestDeps;
  readonly reader: ProtobufReader;
  readonly described = new Set<string>();
  /** The newest time among the points of the resource. */
  newest = 0;
  #turnEnds = POINTS_PER_TURN;

  constructor(reader: ProtobufReader, deps: RequestDeps) {
    this.reader = reader;
    this.deps = deps;
  }

  describe(metadata: MetricMetadata): void {
    this.described.add(metadata.metric);
    if (metadata.metric.length <= this.deps.limits.maxNameLength) this.outcome.metadata.push(metadata);
  }

  /** The id of the series, or 0 when it is refused. */
  resolve(labels: Labels): number {
    const checked = checkLabels(Object.entries(labels), this.deps.limits);
    if (typeof checked === 'string') {
      this.note(checked);
      return 0;
    }
    try {
      return this.deps.sink.resolve(checked);
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      this.outcome.limit = error;
      return 0;
    }
  }

  reject(why: string): void {
    this.outcome.rejected++;
    this.note(why);
  }

  note(what: string): void {
    if (this.outcome.wrong.length < MOST_WRONG && !this.outcome.wrong.includes(what)) this.outcome.wrong.push(what);
  }

  /** Counts a point; true when it is time to let others have their turn. */
  countPoint(): boolean {
    if (++this.outcome.points < this.#turnEnds) return false;
    this.#turnEnds = this.outcome.points + POINTS_PER_TURN;
    return true;
  }
}
