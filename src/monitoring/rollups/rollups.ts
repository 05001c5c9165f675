import type { Logger } from 'pino';
import type { Column, Columns } from '../../platform/columns/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { expireClasses } from './expire.ts';
import { kept, type Keep } from './keep.ts';
import { LateHours } from './late-hours.ts';
import { HOUR, type Resolution } from './resolutions.ts';
import {
  clearWork,
  countBlocks,
  nextSample,
  noteLate,
  notedHours,
  readState,
  rollUp,
  takeLate,
  writeState,
  type Unit,
} from './rollup-tables.ts';

export interface RollupParts {
  readonly columns: Columns;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** What each class keeps, that of all others first. */
  readonly keeps: readonly Keep[];
  /** The series that are not rolled up, by what their class says. */
  readonly without: () => Uint32Array;
  /** The series of a class, by its place in `keeps`. */
  readonly members: (place: number) => Uint32Array;
  /** Waits until the engine has every sample that was appended before. */
  readonly flush: () => Promise<void>;
  /** Told after samples or buckets of some class were deleted. */
  readonly onExpired: () => void;
}

/** A stride is rolled up so long after its end, so that most of what is late has come. */
const SETTLE_MS = 600_000;
/**
 * So much is rolled up at once, and a day where it is there: samples lie by day and series, so that an hour of them costs the reading
 * of a day. What isn't rolled up yet is mostly in memory.
 */
const STRIDE = 6 * HOUR;
const DAY = 24 * HOUR;
/** Late samples are rolled up when none came for so long, */
const QUIET_MS = 20_000;
/** or when they have waited so long. */
const PATIENCE_MS = 600_000;
const LOOK_MS = 5000;
const RETRY_MS = 30_000;
const EXPIRE_EVERY_MS = 6 * HOUR;
/** Samples, or named hours of series, that one statement takes: it holds up what else writes for a fraction of a second. */
const UNIT_SAMPLES = 1_000_000;
const UNIT_NAMED = 10_000;
/** After a statement it rests so many times as long as that took: catching up takes half of one core. */
const REST = 1;
/** Where so much of all series and hours of a span is named, all of it is rolled up: that is quicker than looking for the names. */
const DENSE = 0.3;
/** Rollups of one minute are made of samples that are about to go: until then they would double what is kept, and serve nothing. */
const BEFORE_EXPIRY_MS = 86_400_000;

/** What is rolled up together, and how far: everything at or before `through` that isn't late. */
interface Layer {
  readonly name: string;
  readonly resolutions: readonly Resolution[];
  through: number | undefined;
}

/**
 * Rolls samples up in the background, an hour at a time, out of the samples' own table; and again where samples came late. What is
 * done is written down after it is done and all of it can be done twice, so a crash at any point loses nothing.
 */
export class Rollups {
  readonly #parts: RollupParts;
  readonly #late = new LateHours();
  readonly #layers: readonly Layer[];
  /** Samples up to here count as late: their hour may be being rolled up. */
  #closing = Number.NEGATIVE_INFINITY;
  #lock: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> | undefined;
  #stopped = false;
  #lateSince: number | undefined;
  #seen = 0;
  #seenAt = 0;
  #expiredAt = Number.NEGATIVE_INFINITY;
  #expiring: Promise<unknown> = Promise.resolve();
  /** Statements' time so far, in milliseconds: what rolling up costs. */
  busyMs = 0;
  fault: unknown;

  constructor(parts: RollupParts) {
    this.#parts = parts;
    const wanted = new Set(parts.keeps.flatMap(kept));
    const layer = (name: string, resolutions: readonly Resolution[]): Layer => ({
      name,
      resolutions: resolutions.filter((one) => wanted.has(one)),
      through: undefined,
    });
    this.#layers = [layer('coarse', ['5m', '1h']), layer('fine', ['1m'])].filter(({ resolutions }) => resolutions.length > 0);
  }

  /** Brings back how far the last process came. Before any sample is inserted. */
  async restore(): Promise<void> {
    const state = await readState(this.#parts.columns);
    for (const layer of this.#layers) layer.through = state.get(layer.name);
    this.#closing = Math.max(...this.#layers.map(({ through = Number.NEGATIVE_INFINITY }) => through));
    for (const hour of await notedHours(this.#parts.columns)) this.#late.touch(hour);
    if (this.#late.size > 0) this.#lateSince = this.#parts.clock.monotonic();
  }

  start(): void {
    this.#stopped = false;
    this.#later(LOOK_MS);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#work;
  }

  /** Everything up to here is in the rollups of this resolution, but for the late hours. `-Infinity` before there are any. */
  through(resolution: Resolution): number {
    return this.#layers.find(({ resolutions }) => resolutions.includes(resolution))?.through ?? Number.NEGATIVE_INFINITY;
  }

  /** The ends of hours that have to be read from the samples. */
  get lateHours(): readonly number[] {
    return this.#late.list();
  }

  /** Samples of these times were appended: called before the append is answered. */
  note(times: Float64Array): void {
    const closing = this.#closing;
    // A batch is mostly of one hour.
    let [after, until] = [Number.NaN, Number.NaN];
    for (let i = 0; i < times.length; i++) {
      const time = times[i]!;
      if (time > closing || (time > after && time <= until)) continue;
      until = this.#late.touch(time);
      after = until - HOUR;
    }
  }

  /**
   * Inserts samples that were noted, and first writes down those that are late. Notes aren't taken up in between: that would roll up
   * what isn't there yet.
   */
  insert(block: readonly Column[], oldest: number, insert: () => Promise<void>): Promise<void> {
    if (oldest > this.#closing) return insert();
    return this.#alone(async () => {
      await noteLate(this.#parts.columns, block, this.#closing);
      await insert();
    });
  }

  /** Does at once all there is to do up to `now`. For tests and tools. */
  async catchUp(now: number): Promise<void> {
    // One at a time: two would write down each other's progress.
    while (this.#work) await this.#work;
    clearTimeout(this.#timer);
    try {
      while (this.#late.size > 0 || this.#layers.some((layer) => this.#target(layer, now) > (layer.through ?? -Infinity))) {
        if (this.#late.size > 0) await this.#redo(0);
        else if (!(await this.#advance(now, 0))) return;
      }
    } finally {
      this.#later(LOOK_MS);
    }
  }

  /** Deletes what is older than its class keeps it, where that is shorter than for others. One at a time: each takes the other's list of series away. */
  expire(now: number): Promise<void> {
    const turn = this.#expiring.then(() => this.#expire(now));
    this.#expiring = turn.catch(() => undefined);
    return turn;
  }

  async #expire(now: number): Promise<void> {
    const { columns, keeps, members } = this.#parts;
    const rolledUp = Math.min(
      ...this.#layers.map(({ through = Number.NEGATIVE_INFINITY }) => through),
      ...this.#late.list().map((hour) => hour - HOUR),
    );
    if (keeps.length < 2) return;
    await expireClasses(columns, keeps, members, now, rolledUp);
    this.#parts.onExpired();
  }

  #later(ms: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#work = this.#turn()
        .then(
          () => {
            this.fault = undefined;
            this.#later(LOOK_MS);
          },
          (error: unknown) => {
            if (this.fault === undefined) this.#parts.log.warn({ err: error }, 'rolling up failed; it is tried again');
            this.fault = error;
            this.#later(RETRY_MS);
          },
        )
        .finally(() => (this.#work = undefined));
    }, ms).unref();
  }

  async #turn(): Promise<void> {
    if (this.#lateIsDue()) await this.#redo(REST);
    const { clock } = this.#parts;
    while (!this.#stopped && !this.#lateIsDue()) {
      if (await this.#advance(clock.now(), REST)) continue;
      if (clock.monotonic() - this.#expiredAt > EXPIRE_EVERY_MS) {
        await this.expire(clock.now());
        this.#expiredAt = clock.monotonic();
      }
      return;
    }
  }

  #lateIsDue(): boolean {
    const now = this.#parts.clock.monotonic();
    if (this.#late.size === 0) {
      this.#lateSince = undefined;
      return false;
    }
    this.#lateSince ??= now;
    if (this.#late.touches !== this.#seen) {
      this.#seen = this.#late.touches;
      this.#seenAt = now;
    }
    return now - this.#seenAt >= QUIET_MS || now - this.#lateSince >= PATIENCE_MS;
  }

  /** How far a layer should be by now. */
  #target({ name }: Layer, now: number): number {
    const raw = Math.min(...this.#parts.keeps.filter((keep) => keep['1m'] > keep.raw).map((keep) => keep.raw));
    const until = name === 'fine' ? now - Math.max(raw - BEFORE_EXPIRY_MS, raw / 2) : now - SETTLE_MS;
    return Math.floor(until / STRIDE) * STRIDE;
  }

  /** Rolls up the next day, or part of it, of a layer that is behind. False when none is. */
  async #advance(now: number, rest: number): Promise<boolean> {
    for (const layer of this.#layers) {
      const target = this.#target(layer, now);
      if (layer.through !== undefined && layer.through >= target) continue;
      // From here on what arrives for these hours counts as late; what arrived before is in the engine after the flush.
      if (target > this.#closing) {
        this.#closing = target;
        await this.#parts.flush();
      }
      const { through } = layer;
      let until = through === undefined ? Number.NEGATIVE_INFINITY : Math.min(nextDay(through), target);
      const span = through === undefined ? undefined : { after: through, until, named: false };
      if (span === undefined || !(await this.#each(span, UNIT_SAMPLES, layer.resolutions, rest, true))) {
        // Nothing there, or it isn't known where to begin: on to the next sample's day.
        const next = await nextSample(this.#parts.columns, through ?? 0);
        if (next === undefined && through === undefined) continue;
        until = Math.max(until, Math.min(target, next === undefined ? target : nextDay(next - 1) - DAY));
      }
      if (this.#stopped && rest > 0) return false;
      await writeState(this.#parts.columns, layer.name, until);
      layer.through = until;
      return true;
    }
    return false;
  }

  /** Rolls up again what samples came late to. */
  async #redo(rest: number): Promise<void> {
    const { columns } = this.#parts;
    const { touches } = this.#late;
    await this.#parts.flush();
    await this.#alone(() => takeLate(columns));
    const hours = await notedHours(columns, ['rollup_work']);
    const days = new Map<number, number[]>();
    for (const hour of hours) {
      const day = Math.ceil(hour / DAY) * DAY;
      const list = days.get(day);
      if (list) list.push(hour);
      else days.set(day, [hour]);
    }
    // From here on no sample is gone for its age.
    const oldest = this.#parts.clock.now() - Math.min(...this.#parts.keeps.map(({ raw }) => raw));
    for (const layer of this.#layers) {
      for (const [, list] of days) {
        const done = list.filter((hour) => hour <= (layer.through ?? Number.NEGATIVE_INFINITY));
        const [first, last] = [done[0], done.at(-1)];
        if (first === undefined || last === undefined) continue;
        await this.#each({ after: first - HOUR, until: last, named: true }, UNIT_NAMED, layer.resolutions, rest, first - HOUR > oldest);
        if (this.#stopped && rest > 0) return;
      }
    }
    await clearWork(columns);
    this.#late.settle(touches);
    this.#lateSince = undefined;
  }

  /** Rolls up a span of hours, some series after the other, and rests in between. False where there is nothing. */
  async #each(
    span: Omit<Unit, 'from' | 'to'>,
    most: number,
    resolutions: readonly Resolution[],
    rest: number,
    complete: boolean,
  ): Promise<boolean> {
    const { columns, without } = this.#parts;
    const excluded = without();
    const hours = (span.until - span.after) / HOUR;
    const ranges = rangesOf(await countBlocks(columns, span), most);
    for (const { from, to, rows } of ranges) {
      const named = span.named && rows < DENSE * (to - from) * hours;
      const began = performance.now();
      await rollUp(columns, { ...span, from, to, named }, resolutions, excluded, complete);
      const took = performance.now() - began;
      this.busyMs += took;
      if (this.#stopped && rest > 0) break;
      if (rest > 0) await new Promise((next) => setTimeout(next, took * rest).unref());
    }
    return ranges.length > 0;
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lock.then(work);
    this.#lock = turn.catch(() => undefined);
    return turn;
  }
}

/** The end of the day after a time that may be the end of one. */
const nextDay = (time: number): number => (Math.floor(time / DAY) + 1) * DAY;

/** Thousands of ids as ranges of about so many rows: joined where they are few, parted where they are many. */
function rangesOf(blocks: readonly (readonly [block: number, rows: number])[], most: number): { from: number; to: number; rows: number }[] {
  const ranges: { from: number; to: number; rows: number }[] = [];
  for (const [block, rows] of blocks) {
    const current = ranges.at(-1);
    const [from, to] = [block * 1000, (block + 1) * 1000];
    if (current && current.rows + rows <= most) {
      current.to = to;
      current.rows += rows;
      continue;
    }
    const parts = Math.min(1000, Math.max(1, Math.ceil(rows / most)));
    const edge = (part: number): number => from + Math.floor((part * 1000) / parts);
    for (let part = 0; part < parts; part++) ranges.push({ from: edge(part), to: edge(part + 1), rows: Math.ceil(rows / parts) });
  }
  return ranges;
}
