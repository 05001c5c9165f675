import type { Logger } from 'pino';
import type { Clock } from '../../../platform/clock.ts';
import type { Columns } from '../../../platform/columns/index.ts';
import type { Rollups } from '../../rollups/index.ts';
import type { HistogramSide } from '../histograms/histogram-side.ts';
import type { IntakeLog } from '../log/intake-log.ts';
import { ReusedBytes } from '../log/reused-bytes.ts';
import type { SeriesIndex } from '../series/series-index.ts';
import type { StoreSettings } from '../settings.ts';
import type { LateSamples } from '../window/late-samples.ts';
import type { RecentWindow } from '../window/recent-window.ts';
import { cutFor, trimWindow, windowBudget } from '../window/trim-window.ts';
import { insertRecords } from './telemetry-tables.ts';

export interface FlusherParts {
  readonly columns: Columns;
  readonly intake: IntakeLog;
  readonly index: SeriesIndex;
  readonly window: RecentWindow;
  readonly late: LateSamples;
  readonly histograms: HistogramSide;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly settings: StoreSettings;
  readonly rollups: Rollups;
  /** The engine fell ill or recovered. */
  readonly onChange: () => void;
}

const TICK_MS = 250;
/** A segment takes the engine far less than a second: after this long it hangs. */
export const STUCK_MS = 60_000;
/** After a failure the engine is left alone for this long. */
const RETRY_MS = 5000;
/** The window is trimmed when it has filled this part of its memory. */
const FULL = 0.85;
/** Memory that a trim gave back may rest for a while before it counts. */
const TRIM_EVERY_MS = 2000;
const STOP_WITHIN_MS = 10_000;

/** Moves segments of the intake log into the engine, and then what is oldest out of the window. One at a time, in order. */
export class Flusher {
  readonly #parts: FlusherParts;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> | undefined;
  readonly #segmentBytes = new ReusedBytes();
  readonly #blockBytes = new ReusedBytes();
  #retryAt = Number.NEGATIVE_INFINITY;
  #busySince: number | undefined;
  /** When the oldest sample that isn't in a closed segment was appended (monotonic). */
  #waitingSince: number | undefined;
  /** The oldest time among samples that the engine may not have: the window must keep it while the engine is well. */
  #oldestWaiting = Number.POSITIVE_INFINITY;
  #oldestBefore = Number.POSITIVE_INFINITY;
  /** The last segment of which samples have left the window unseen by the engine. */
  #gapThrough = 0;
  #trimmedAt = Number.NEGATIVE_INFINITY;
  #starved = false;
  fault: unknown;
  inserted = 0;
  lastFlush: number | undefined;

  constructor(parts: FlusherParts) {
    this.#parts = parts;
  }

  /** Whether samples have left the window that the engine doesn't have yet. */
  get gap(): boolean {
    return this.#gapThrough > 0;
  }

  /** How long the engine has been at one segment, in milliseconds. */
  get busyMs(): number {
    return this.#busySince === undefined ? 0 : this.#parts.clock.monotonic() - this.#busySince;
  }

  get #stuck(): boolean {
    return this.busyMs > STUCK_MS;
  }

  start(): void {
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  noteAppend(times: Float64Array): void {
    this.#waitingSince ??= this.#parts.clock.monotonic();
    for (let i = 0; i < times.length; i++) if ((times[i] as number) < this.#oldestWaiting) this.#oldestWaiting = times[i] as number;
  }

  /** Look at once instead of at the next tick. */
  wake(): void {
    this.#retryAt = Number.NEGATIVE_INFINITY;
    this.#tick();
  }

  /** @throws what the engine said */
  async flushNow(): Promise<void> {
    while (this.#work) await this.#work;
    await this.#run(true);
    if (this.fault !== undefined) throw this.fault;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    const { clock, log } = this.#parts;
    const timeout = new Promise<void>((resolve) => clock.after(STOP_WITHIN_MS, resolve));
    await Promise.race([this.flushNow(), timeout]).catch((error: unknown) =>
      log.warn({ err: error }, 'stopping with samples in the intake log'),
    );
  }

  #tick(): void {
    if (this.#work) {
      // The window must go on even while the engine hangs.
      if (this.#stuck) void this.#trim();
      return;
    }
    const { clock, intake, settings } = this.#parts;
    const now = clock.monotonic();
    const due = this.#waitingSince !== undefined && now - this.#waitingSince >= settings.flushInterval;
    const full = this.#windowIsFull();
    const ready = intake.closed.length > 0 || due || full;
    if (ready && (full || now >= this.#retryAt)) void this.#run(due || full);
  }

  #run(roll: boolean): Promise<void> {
    this.#work ??= this.#flush(roll)
      .catch((error: unknown) => this.#parts.log.error({ err: error }, 'moving samples into the column store failed'))
      .finally(() => (this.#work = undefined));
    return this.#work;
  }

  async #flush(roll: boolean): Promise<void> {
    const { intake, clock } = this.#parts;
    if (roll) {
      this.#oldestBefore = Math.min(this.#oldestBefore, this.#oldestWaiting);
      this.#oldestWaiting = Number.POSITIVE_INFINITY;
      this.#waitingSince = undefined;
      await intake.roll();
    }
    if (clock.monotonic() >= this.#retryAt) await this.#moveSegments();
    if (intake.closed.length === 0 && roll) this.#oldestBefore = Number.POSITIVE_INFINITY;
    await this.#trim();
  }

  async #moveSegments(): Promise<void> {
    const { columns, intake, late, histograms, clock, log, rollups } = this.#parts;
    const through = rollups.insert.bind(rollups);
    for (let segment = intake.closed[0]; segment !== undefined; segment = intake.closed[0]) {
      this.#busySince = clock.monotonic();
      try {
        const scan = await intake.read(segment, this.#segmentBytes);
        this.inserted += await insertRecords(columns, scan.records, intake.tokenOf(segment), through, this.#blockBytes);
        await intake.drop(segment);
      } catch (error) {
        if (this.fault === undefined) log.error({ err: error }, 'the column store does not take samples; the intake log keeps them');
        this.#retryAt = clock.monotonic() + RETRY_MS;
        this.#setFault(error);
        return;
      } finally {
        this.#busySince = undefined;
      }
      late.drop(segment);
      histograms.drop(segment);
      if (segment >= this.#gapThrough) this.#gapThrough = 0;
      if (this.fault !== undefined) log.info('the column store takes samples again');
      this.#setFault(undefined);
    }
    this.lastFlush = clock.now();
  }

  #windowIsFull(): boolean {
    const { slab } = this.#parts.window;
    if (this.#parts.clock.monotonic() - this.#trimmedAt < TRIM_EVERY_MS) return false;
    this.#starved ||= slab.takeStarved();
    return this.#starved || slab.usedBytes > windowBudget(this.#parts.index.size, slab.capacityBytes) * FULL;
  }

  async #trim(): Promise<void> {
    const { window, index, intake, clock } = this.#parts;
    if (!this.#windowIsFull()) return;
    this.#trimmedAt = clock.monotonic();
    this.#starved = false;
    let cut = Math.max(cutFor(window, index.end), window.completeSince);
    const waiting = Math.min(this.#oldestWaiting, this.#oldestBefore);
    if (this.fault === undefined && !this.#stuck) cut = Math.min(cut, waiting - 1);
    else if (cut >= waiting) this.#gapThrough = intake.newest;
    window.completeSince = Math.max(cut, window.completeSince);
    await trimWindow(window, index.end, cut);
    this.#parts.histograms.trim(cut);
  }

  #setFault(fault: unknown): void {
    const changed = (this.fault === undefined) !== (fault === undefined);
    this.fault = fault;
    if (changed) this.#parts.onChange();
  }
}
