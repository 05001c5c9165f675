import type { Clock } from '../../platform/clock.ts';
import { LimitError } from '../../platform/problem.ts';
import { Gate } from './gate.ts';
import type { QuerySettings } from './settings.ts';

export interface RunOptions {
  /** Gives the query up. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds; the setting is the most that is taken. */
  readonly timeout?: number | undefined;
  /** Told what the evaluation took, once it is done. */
  readonly onStats?: ((stats: QueryStats) => void) | undefined;
}

export interface QueryStats {
  /** Milliseconds that it waited for a place. */
  readonly queueMs: number;
  /** Milliseconds of the evaluation itself. */
  readonly evalMs: number;
  /** Samples touched or made. */
  readonly samples: number;
}

/** Filled by the evaluation. */
export interface Spent {
  samples: () => number;
}

export interface ActiveQuery {
  readonly id: number;
  readonly query: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** What is being evaluated or waits to be: so many at a time, each for so long. */
export class RunningQueries {
  private readonly clock: Clock;
  private readonly timeout: number;
  private readonly gate: Gate;
  private readonly active = new Map<number, ActiveQuery>();
  private nextId = 1;

  constructor(clock: Clock, settings: QuerySettings) {
    this.clock = clock;
    this.timeout = settings.timeout;
    this.gate = new Gate(settings.maxConcurrency);
  }

  list(): ActiveQuery[] {
    return [...this.active.values()];
  }

  /** Waits for a place, runs, and gives up after the timeout or where the caller does. */
  async run<T>(query: string, options: RunOptions, evaluate: (signal: AbortSignal, spent: Spent) => Promise<T>): Promise<T> {
    const asked = performance.now();
    const id = this.nextId++;
    this.active.set(id, { id, query, startedAt: this.clock.now() });
    const timeout = Math.min(options.timeout ?? this.timeout, this.timeout);
    const controller = new AbortController();
    const timer = this.clock.after(timeout, () => controller.abort(timedOut(timeout)));
    const stop = (): void => controller.abort(options.signal?.reason);
    options.signal?.addEventListener('abort', stop);
    if (options.signal?.aborted === true) stop();
    try {
      const leave = await this.gate.enter(controller.signal);
      try {
        const spent: Spent = { samples: () => 0 };
        const began = performance.now();
        const value = await evaluate(controller.signal, spent);
        options.onStats?.({ queueMs: began - asked, evalMs: performance.now() - began, samples: spent.samples() });
        return value;
      } finally {
        leave();
      }
    } finally {
      timer.cancel();
      options.signal?.removeEventListener('abort', stop);
      this.active.delete(id);
    }
  }
}

const timedOut = (timeout: number): LimitError =>
  new LimitError(422, `The query took longer than ${timeout} ms: ask for a shorter time or fewer series.`, {
    limit: timeout,
    setting: 'query.timeout',
  });
