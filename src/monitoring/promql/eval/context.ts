import { LimitError, Problem } from '../../../platform/problem.ts';
import type { Lease, SeriesSource } from '../../series.ts';
import type { Span } from '../syntax/ast.ts';
import { placeOf } from '../syntax/syntax-error.ts';
import type { Grid } from './block.ts';
import type { SharedResults } from './shared-results.ts';
import { grouperFor, type Grouper, type Grouping } from './grouper.ts';

/** The query was well formed but can't be answered: many-to-many matches, duplicate labels and the like. */
export class ExecutionError extends Problem {
  constructor(detail: string) {
    super(422, 'promql-execution', detail);
    this.name = 'ExecutionError';
  }
}

export interface ContextOptions {
  readonly source: SeriesSource;
  /** The query's text, for the places in annotations; undefined leaves them out. */
  readonly text: string | undefined;
  readonly grid: Grid;
  /** The query's own end, which the last step may fall short of. */
  readonly end: number;
  readonly instant: boolean;
  /** Milliseconds. */
  readonly lookback: number;
  readonly maxSamples: number;
  /** Milliseconds of a subquery that names no step, by its range. */
  readonly subqueryStep: (rangeMs: number) => number;
  readonly signal: AbortSignal | undefined;
  /** Parts of other queries of the same time. */
  readonly shared?: SharedResults;
  /** Ends with the evaluation. */
  readonly lease?: Lease;
  /** Where the query began so long before the grid, for the steps until then are known already: milliseconds. */
  readonly skipped?: number;
  /** Which rollups may answer: `auto`, `raw`, or one by name. */
  readonly resolution?: string;
  /** What can't change the result need not be evaluated. */
  readonly resultOnly?: boolean;
}

/** How long evaluation may hold the thread: pages leave from it too. */
const SLICE_MS = 8;

/** One evaluation: what it reads from, what it has used up, what it has to tell. */
export class Context {
  readonly options: ContextOptions;
  readonly warnings = new Set<string>();
  readonly infos = new Set<string>();
  private samples = 0;
  private sliceEnd = performance.now() + SLICE_MS;

  constructor(options: ContextOptions) {
    this.options = options;
  }

  /** What `step()` and `range()` stand for, in milliseconds. */
  get query(): { step: number; range: number } {
    const { instant, grid, end } = this.options;
    return { step: instant ? 0 : grid.step, range: end - grid.start };
  }

  grouper(grouping: Grouping): Grouper {
    return grouperFor(this.options.source, grouping);
  }

  /** Takes note of samples touched or made. Throws `LimitError` beyond the limit. */
  spend(samples: number): void {
    this.samples += samples;
    if (this.samples > this.options.maxSamples) {
      throw new LimitError(422, 'The query touches too many samples: ask for a shorter time, a longer step or fewer series.', {
        limit: this.options.maxSamples,
        setting: 'query.maxSamples',
      });
    }
  }

  get samplesLeft(): number {
    return this.options.maxSamples - this.samples;
  }

  get samplesTouched(): number {
    return this.samples;
  }

  /** Whether it is time to let others run: then `await pause()`. */
  due(): boolean {
    return performance.now() > this.sliceEnd;
  }

  /** Lets the event loop run; throws where the query was given up meanwhile. */
  async pause(): Promise<void> {
    await new Promise<void>((resolve) => void setImmediate(resolve));
    this.options.signal?.throwIfAborted();
    this.sliceEnd = performance.now() + SLICE_MS;
  }

  warn(text: string, span: Span): void {
    this.warnings.add(`PromQL warning: ${text}${this.place(span)}`);
  }

  inform(text: string, span: Span): void {
    this.infos.add(`PromQL info: ${text}${this.place(span)}`);
  }

  private place(span: Span): string {
    if (this.options.text === undefined) return '';
    const { line, column } = placeOf(this.options.text, span.from);
    return ` (${line}:${column})`;
  }
}

export const fail = (detail: string): never => {
  throw new ExecutionError(detail);
};
