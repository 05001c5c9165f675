import { LimitError } from '../../platform/problem.ts';
import { SampleBatch, type Intake } from '../intakes/index.ts';
import type { LabelCache } from '../label-cache.ts';
import type { LabelLimits } from '../label-limits.ts';
import type { SampleColumns, SampleSink } from '../series.ts';
import { FURTHEST_AHEAD_MS } from '../time-bounds.ts';
import { parseGraphitePath } from './graphite-path.ts';

export interface PathSamplesDeps {
  /** The sender's: series that are new belong to it. */
  readonly sink: Pick<SampleSink, 'resolve'>;
  /** By the bytes of a path; shared by all senders. */
  readonly cache: LabelCache;
  readonly intake: Intake;
  readonly limits: LabelLimits;
  readonly now: () => number;
  /** Samples older than this (milliseconds) are refused: as long as the store keeps them. */
  readonly retention: number;
}

const NOT_A_NUMBER = /^[+-]?(nan|none)$/i;

/** Gathers samples of Graphite paths; what is wrong goes to the book of the intake. */
export class PathSamples {
  readonly #deps: PathSamplesDeps;
  readonly #batch = new SampleBatch();

  #sink: Pick<SampleSink, 'resolve'>;

  constructor(deps: PathSamplesDeps) {
    this.#deps = deps;
    this.#sink = deps.sink;
  }

  /** What is read from now on is another sender's. */
  from(sink: Pick<SampleSink, 'resolve'>): void {
    this.#sink = sink;
  }

  get size(): number {
    return this.#batch.size;
  }

  /** @param seconds since the epoch; below zero means now */
  addBytes(view: DataView, from: number, to: number, value: number, seconds: number): void {
    const { cache } = this.#deps;
    let id = cache.find(view, from, to);
    if (id === 0) {
      const path = Buffer.from(view.buffer, view.byteOffset + from, to - from).toString('utf8');
      id = this.#resolve(path);
      if (id === 0) return;
      cache.add(view, from, to, id);
    }
    this.#add(id, value, seconds, view, from, to);
  }

  addText(path: string, value: number, seconds: number): void {
    const bytes = Buffer.from(path);
    this.addBytes(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, bytes.length, value, seconds);
  }

  refuseValue(value: string, example: string): void {
    if (NOT_A_NUMBER.test(value)) this.refuse('nan', 'NaN says that there is no value, and is not stored', example);
    else this.refuse('bad-value', `the value '${value}' is not a number`, example);
  }

  refuse(reason: string, detail: string, example: string): void {
    this.#deps.intake.refuse(reason, detail, example);
  }

  take(): SampleColumns {
    return this.#batch.take();
  }

  #add(id: number, value: number, seconds: number, view: DataView, from: number, to: number): void {
    const now = this.#deps.now();
    const time = seconds < 0 ? now : Math.trunc(seconds) * 1000;
    if (time >= now - this.#deps.retention && time <= now + FURTHEST_AHEAD_MS) return this.#batch.add(id, time, value);
    const path = Buffer.from(view.buffer, view.byteOffset + from, to - from).toString('utf8');
    const which = time > now ? 'more than a day ahead' : 'older than samples are kept (store.retention)';
    this.refuse('out-of-bounds', `the time ${seconds} is ${which}: it must be in seconds`, `${path} ${value} ${seconds}`);
  }

  #resolve(path: string): number {
    const { limits } = this.#deps;
    const labels = parseGraphitePath(path, limits);
    if (typeof labels === 'string') {
      this.refuse('bad-path', labels, path);
      return 0;
    }
    try {
      return this.#sink.resolve(labels);
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      this.refuse('series-limit', error.message, path);
      return 0;
    }
  }
}
