import { Breath } from '../../platform/columns/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { LimitError } from '../../platform/problem.ts';
import { Gate } from '../promql/index.ts';
import type { SeriesIndex, SeriesSource } from '../series.ts';
import { Evaluation, type Question } from './evaluate/evaluation.ts';
import type { EventBook } from './events/event-book.ts';
import type { FoundNode } from './find/path-index.ts';
import { SeriesFinder } from './find/series-finder.ts';
import { DEFAULT_GRAPHITE_SETTINGS, type GraphiteSettings } from './settings.ts';
import type { SeriesList } from './time-series.ts';

export interface GraphiteDeps {
  readonly source: SeriesSource;
  readonly index: SeriesIndex;
  readonly clock: Clock;
  readonly settings?: Partial<GraphiteSettings> | undefined;
  /** What `events()` counts. */
  readonly events?: Pick<EventBook, 'find'> | undefined;
  /** Told which metrics a target reads. */
  readonly onRead?: ((names: ReadonlySet<string>) => void) | undefined;
  /** Those of queries in general: how many at a time, how long, how many samples. */
  readonly limits: { readonly maxConcurrency: number; readonly timeout: number; readonly maxSamples: number };
}

/** Answers Graphite's questions about the series that nines has. */
export class Graphite {
  readonly #deps: GraphiteDeps;
  readonly #settings: GraphiteSettings;
  readonly #finder: SeriesFinder;
  readonly #gate: Gate;

  constructor(deps: GraphiteDeps) {
    this.#deps = deps;
    this.#settings = { ...DEFAULT_GRAPHITE_SETTINGS, ...deps.settings };
    this.#finder = new SeriesFinder({ source: deps.source, index: deps.index, settings: this.#settings, onRead: deps.onRead });
    this.#gate = new Gate(deps.limits.maxConcurrency);
  }

  /** The series of all targets. @throws GraphiteError, LimitError */
  async render(targets: readonly string[], question: Question, signal?: AbortSignal): Promise<SeriesList> {
    return await this.#limited(signal, async (limited) => {
      const { maxSamples } = this.#deps.limits;
      const { events } = this.#deps;
      const deps = { finder: this.#finder, settings: this.#settings, maxSamples, signal: limited, events };
      return await new Evaluation(deps, question).targets(targets);
    });
  }

  /** The leaves and branches that a glob matches. @throws GraphiteError, LimitError */
  async nodes(pattern: string, signal?: AbortSignal): Promise<FoundNode[]> {
    return await this.#limited(signal, async () => await this.#finder.nodes(pattern, new Breath()));
  }

  async #limited<T>(signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { timeout } = this.#deps.limits;
    const controller = new AbortController();
    const timer = this.#deps.clock.after(timeout, () => controller.abort(timedOut(timeout)));
    const limited = signal === undefined ? controller.signal : AbortSignal.any([signal, controller.signal]);
    try {
      const leave = await this.#gate.enter(limited);
      try {
        return await work(limited);
      } finally {
        leave();
      }
    } finally {
      timer.cancel();
    }
  }
}

const timedOut = (timeout: number): LimitError =>
  new LimitError(422, `The request took longer than ${timeout} ms: ask for a shorter time or fewer series.`, {
    limit: timeout,
    setting: 'query.timeout',
  });
