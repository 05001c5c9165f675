import type { Clock } from '../../../platform/clock.ts';
import type { Changes } from '../../series.ts';
import type { Grid } from '../eval/block.ts';
import type { InstantResult, MatrixResult } from '../result.ts';
import type { Expr } from '../syntax/ast.ts';
import { dependenceOf, type Dependence } from './depends.ts';
import { rowsOf, splice, type Piece, type Row } from './splice.ts';

export interface RangeCacheParts {
  readonly changes: Changes;
  readonly clock: Pick<Clock, 'now'>;
  /** Bytes that answers may take. */
  readonly room: number;
}

/** A query, without its times. */
export interface Asked {
  readonly expr: Expr;
  /** As it was written: annotations speak of places in it. */
  readonly text: string;
  /** Milliseconds. */
  readonly lookback: number;
  readonly resolution: string;
}

/** Samples of the last minutes may still be on their way, and would take away again what was just remembered. */
const SETTLED_MS = 300_000;
/** No answer may take more than this part of the room. */
const LARGEST = 1 / 4;
const SERIES_BYTES = 200;
const SAMPLE_BYTES = 100;

interface Remembered {
  readonly bytes: number;
  /** Forgets what depends on samples at `oldest` and after. False where nothing is left. */
  cut(oldest: number): boolean;
  /** The newest time whose samples count. */
  readonly newest: number;
}

class Rows implements Remembered {
  readonly start: number;
  readonly step: number;
  readonly rows: readonly Row[];
  readonly infos: readonly string[];
  readonly ahead: number;
  readonly bytes: number;
  /** Steps that still hold. */
  count: number;

  constructor({ start, step }: Grid, count: number, rows: readonly Row[], infos: readonly string[], ahead: number) {
    [this.start, this.step, this.count, this.rows, this.infos, this.ahead] = [start, step, count, rows, infos, ahead];
    this.bytes = rows.reduce(
      (sum, { values, present }) => sum + values.byteLength + (present?.byteLength ?? 0) + SERIES_BYTES,
      SERIES_BYTES,
    );
  }

  get newest(): number {
    return this.start + (this.count - 1) * this.step + this.ahead;
  }

  cut(oldest: number): boolean {
    this.count = Math.min(this.count, stepsBefore(this, oldest - this.ahead));
    return this.count > 0;
  }
}

class Moment implements Remembered {
  readonly result: InstantResult;
  readonly newest: number;
  readonly bytes: number;

  constructor(result: InstantResult, newest: number) {
    this.result = result;
    this.newest = newest;
    this.bytes = SAMPLE_BYTES * (1 + (result.kind === 'vector' ? result.samples.length : 1));
  }

  cut(oldest: number): boolean {
    return this.newest < oldest;
  }
}

/** How many steps of the grid are before a time. */
const stepsBefore = ({ start, step }: Pick<Grid, 'start' | 'step'>, time: number): number => Math.max(0, Math.ceil((time - start) / step));

/**
 * Remembers what range queries answered: dashboards ask them again and again, a step later each time. Only the steps that aren't
 * known are worked out. An answer at a step is forgotten when a sample arrives that it may depend on, however late; that of the last
 * minutes isn't remembered at all.
 */
export class RangeCache {
  readonly #parts: RangeCacheParts;
  /** The one used longest ago first. */
  readonly #entries = new Map<string, Remembered>();
  /** Queries under way: the oldest time at which samples arrived since they began. */
  readonly #running = new Set<{ changed: number }>();
  #newest = Number.NEGATIVE_INFINITY;
  bytes = 0;
  hits = 0;
  misses = 0;

  constructor(parts: RangeCacheParts) {
    this.#parts = parts;
    parts.changes.onChange((oldest) => this.#forget(oldest));
  }

  /** `evaluate` answers at some of the grid's steps; `skipped` says how long after its start they begin, in milliseconds. */
  async range(asked: Asked, grid: Grid, evaluate: (grid: Grid, skipped: number) => Promise<MatrixResult>): Promise<MatrixResult> {
    const depends = dependenceOf(asked.expr, asked.lookback);
    const settled = depends === undefined ? 0 : stepsBefore(grid, this.#parts.clock.now() - SETTLED_MS - depends.ahead);
    if (depends === undefined || grid.count < 2 || settled * 2 < grid.count) return await evaluate(grid, 0);
    const source = this.#keyOf(asked, depends, grid.start);
    if (source === undefined) return await evaluate(grid, 0);
    const key = `${source} ${grid.step} ${grid.start % grid.step} ${Math.floor(Math.log2(grid.count))}`;
    return await this.#watched(async (watch) => {
      const known = this.#entries.get(key) as Rows | undefined;
      const part = known && overlapOf(known, grid);
      this.#count(part !== undefined);
      if (known) this.#touch(key, known);
      if (known && part && part.from === 0 && part.to === grid.count)
        return { kind: 'matrix', series: splice(grid, [part]), warnings: [], infos: known.infos };
      const result = known && part ? await complete(known, part, grid, evaluate) : await evaluate(grid, 0);
      const count = Math.min(grid.count, settled, stepsBefore(grid, watch.changed - depends.ahead));
      const rows = result.warnings.length === 0 && count > 0 ? rowsOf(result.series, grid, count) : undefined;
      if (rows) this.#remember(key, new Rows(grid, count, rows, result.infos, depends.ahead));
      return result;
    });
  }

  /** An answer at one time. */
  async instant(asked: Asked, time: number, evaluate: () => Promise<InstantResult>): Promise<InstantResult> {
    const depends = dependenceOf(asked.expr, asked.lookback);
    if (depends === undefined || time + depends.ahead >= this.#parts.clock.now() - SETTLED_MS) return await evaluate();
    const source = this.#keyOf(asked, depends, time);
    if (source === undefined) return await evaluate();
    const key = `${source} at ${time}`;
    return await this.#watched(async (watch) => {
      const known = this.#entries.get(key) as Moment | undefined;
      this.#count(known !== undefined);
      if (known) {
        this.#touch(key, known);
        return known.result;
      }
      const result = await evaluate();
      const plain =
        result.kind === 'scalar' || (result.kind === 'vector' && result.samples.every(({ histogram }) => histogram === undefined));
      const moment = new Moment(result, time + depends.ahead);
      if (plain && result.warnings.length === 0 && moment.cut(watch.changed)) this.#remember(key, moment);
      return result;
    });
  }

  /** Answers are of the same source only as long as each selector's oldest samples are kept in the same way. */
  #keyOf({ text, lookback, resolution }: Asked, { reaches, slack }: Dependence, start: number): string | undefined {
    const { changes } = this.#parts;
    const eras = reaches.map((reach) => changes.eraOf(start - reach - slack));
    if (reaches.some((reach, i) => changes.eraOf(start - reach + slack) !== eras[i])) return undefined;
    return `${text}\n${lookback} ${resolution} ${eras.join(',')}`;
  }

  async #watched<T>(work: (watch: { readonly changed: number }) => Promise<T>): Promise<T> {
    const watch = { changed: Number.POSITIVE_INFINITY };
    this.#running.add(watch);
    try {
      return await work(watch);
    } finally {
      this.#running.delete(watch);
    }
  }

  #count(hit: boolean): void {
    if (hit) this.hits++;
    else this.misses++;
  }

  #touch(key: string, entry: Remembered): void {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
  }

  #remember(key: string, entry: Remembered): void {
    this.#drop(key);
    if (entry.bytes > this.#parts.room * LARGEST) return;
    this.#entries.set(key, entry);
    this.bytes += entry.bytes;
    this.#newest = Math.max(this.#newest, entry.newest);
    for (const oldest of this.#entries.keys()) {
      if (this.bytes <= this.#parts.room) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }

  /** Samples changed, the oldest of them at this time. Called for every append: mostly that is one comparison. */
  #forget(oldest: number): void {
    for (const watch of this.#running) watch.changed = Math.min(watch.changed, oldest);
    if (oldest > this.#newest) return;
    this.#newest = Number.NEGATIVE_INFINITY;
    for (const [key, entry] of this.#entries) {
      if (!entry.cut(oldest)) this.#drop(key);
      else this.#newest = Math.max(this.#newest, entry.newest);
    }
  }
}

/** The steps of the grid that are known; not so that a single one is left at an end, for a single step may be read otherwise. */
function overlapOf(known: Rows, grid: Grid): Piece | undefined {
  const shift = Math.round((known.start - grid.start) / grid.step);
  let from = Math.max(0, shift);
  let to = Math.min(grid.count, shift + known.count);
  if (from === 1) from++;
  if (to === grid.count - 1) to--;
  return from < to ? { rows: known.rows, shift, from, to } : undefined;
}

/** Works out what is missing before and after. */
async function complete(
  known: Rows,
  part: Piece,
  grid: Grid,
  evaluate: (grid: Grid, skipped: number) => Promise<MatrixResult>,
): Promise<MatrixResult> {
  const missing = [
    { from: 0, to: part.from },
    { from: part.to, to: grid.count },
  ].filter(({ from, to }) => from < to);
  const pieces: Piece[] = [part];
  const infos = new Set(known.infos);
  const warnings = new Set<string>();
  for (const { from, to } of missing) {
    const sub: Grid = { start: grid.start + from * grid.step, step: grid.step, count: to - from };
    const result = await evaluate(sub, from * grid.step);
    const rows = rowsOf(result.series, sub, sub.count);
    if (rows === undefined) return await evaluate(grid, 0);
    pieces.push({ rows, shift: from, from, to });
    for (const info of result.infos) infos.add(info);
    for (const warning of result.warnings) warnings.add(warning);
  }
  pieces.sort((a, b) => a.from - b.from);
  return { kind: 'matrix', series: splice(grid, pieces), warnings: [...warnings], infos: [...infos] };
}
