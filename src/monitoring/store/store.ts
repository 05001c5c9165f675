/**
 * The telemetry store: one way in (log, window, engine) and one way out. Longer than most: each step of a write and of a start hands on to the next,
 * and the order in which they happen is what it promises.
 */
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '../../platform/clock.ts';
import { openChdb, type Columns } from '../../platform/columns/index.ts';
import { Problem } from '../../platform/problem.ts';
import { longest, Rollups, tableSizes } from '../rollups/index.ts';
import type {
  Changes,
  Exemplar,
  ExemplarSource,
  SeriesExemplars,
  Labels,
  Matcher,
  MetricMetadata,
  SampleColumns,
  SampleSink,
  SelectOptions,
  Series,
  SeriesIndex as SeriesQuestions,
  SeriesSource,
  Source,
} from '../series.ts';
import { FURTHEST_AHEAD_MS } from '../time-bounds.ts';
import { Flusher } from './engine/flusher.ts';
import { select } from './engine/select.ts';
import { loadMetadata } from './engine/telemetry-tables.ts';
import { askExemplars } from './exemplars/ask-exemplars.ts';
import { ExemplarBook } from './exemplars/exemplar-book.ts';
import { exemplarEntry } from './exemplars/exemplar-table.ts';
import { encodeHistograms, markHistograms } from './histograms/histogram-record.ts';
import { HistogramSide } from './histograms/histogram-side.ts';
import { IntakeLog } from './log/intake-log.ts';
import { LentBytes } from './log/lent-bytes.ts';
import { diskFiles, type LogFiles } from './log/log-files.ts';
import {
  encodeExemplars,
  encodeMetadata,
  encodeSamples,
  encodeSeries,
  histogramsBefore,
  samplesOf,
  type SeriesEntry,
} from './log/log-record.ts';
import { hasLosses, recover, type Recovered } from './recovery/recover.ts';
import { askLabelNames, askLabelValues, askSeries, type Alternatives } from './series/ask-series.ts';
import { MetadataBook } from './series/metadata-book.ts';
import { RetentionClasses } from './series/retention-classes.ts';
import { SeriesIndex } from './series/series-index.ts';
import { SourceBook, type SourceStats } from './series/source-book.ts';
import { DEFAULT_STORE_SETTINGS, type StoreSettings } from './settings.ts';
import { StoreShape } from './store-shape.ts';
import { healthOf, keptOf, tablesOf, type Losses, type StoreHealth, type StoreStats } from './store-stats.ts';
import { LateSamples } from './window/late-samples.ts';
import { DUPLICATE, INSERTED, NO_ROOM, RecentWindow, incompleteUntil } from './window/recent-window.ts';
import { SampleSlab } from './window/sample-slab.ts';
import { copyOf, siftSamples, wholeMilliseconds } from './window/sift-samples.ts';

export interface StoreOptions {
  /** The store's own directory: `engine/` and `intake/` are made in it. One process at a time. */
  readonly dir: string;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly settings?: Partial<StoreSettings>;
  /** The folder that backups are made in. */
  readonly backups?: string;
  /** For tests: a disk that fails. */
  readonly files?: LogFiles;
  /** For tests: an engine that fails. */
  readonly openColumns?: (dir: string) => Promise<Columns>;
}

/** Called once samples can be queried. `ids` may hold an id more than once and is for the call alone; `newest` is the newest time among them. */
export type ArrivalListener = (ids: Uint32Array, newest: number) => void;

/** A query reads the window's memory in place for as long as it may run; freed memory isn't used again before. */
const QUARANTINE_MS = 60_000;
/** Samples are taken again with so much free on a disk that was full. */
const ROOM_AGAIN = 32 * 1024 ** 2;
/** Late samples take 60 bytes each: beyond this many the engine has to catch up first. */
const MOST_LATE = 2_000_000;

/**
 * Every sample of nines: takes them, keeps them, finds them. Longer than most: it is the front of the store's rooms, and mostly hands on
 * to them; what is left here is the one order in which a sample becomes kept, seen and told of.
 */
export class Store implements SampleSink, SeriesSource, SeriesQuestions, ExemplarSource, Changes {
  readonly #options: StoreOptions;
  readonly #settings: StoreSettings;
  readonly #index: SeriesIndex;
  readonly #sources: SourceBook;
  readonly #window: RecentWindow;
  readonly #late = new LateSamples();
  /** For records between their samples' arrival and the end of their write. */
  readonly #records = new LentBytes();
  readonly #histograms = new HistogramSide();
  readonly #metadata = new MetadataBook();
  readonly #exemplars = new ExemplarBook();
  readonly #arrivals = new Set<ArrivalListener>();
  readonly #changes = new Set<(oldest: number) => void>();
  readonly #health = new Set<(health: StoreHealth) => void>();
  /** For what counts the cost of metrics. */
  readonly shape: StoreShape;
  #columns: Columns | undefined;
  #intake: IntakeLog | undefined;
  #flusher: Flusher | undefined;
  #rollups: Rollups | undefined;
  readonly #classes: RetentionClasses;
  /** Series that have an id, but no record in the log yet. */
  #unlogged: SeriesEntry[] = [];
  #logFault: unknown;
  /** Why samples are refused until there is room on the disk to speak of. */
  #full: Problem | undefined;
  #appended = 0;
  #duplicates = 0;
  #refused = 0;
  /** What the start found. */
  #recovered: Recovered | undefined;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#settings = { ...DEFAULT_STORE_SETTINGS, ...options.settings };
    this.#index = new SeriesIndex(this.#settings.maxSeries);
    this.#classes = new RetentionClasses(this.#index, this.#settings);
    const { clock } = options;
    this.#sources = new SourceBook({ limit: this.#settings.maxSeriesPerSource, now: () => clock.monotonic() });
    this.#window = new RecentWindow(
      new SampleSlab({ bytes: this.#settings.recentMemory, quarantineMs: QUARANTINE_MS, monotonic: () => clock.monotonic() }),
    );
    this.shape = new StoreShape({ index: this.#index, window: this.#window, sources: this.#sources, engine: () => this.#columns });
  }

  /** @throws Problem 409 when another process has the directory */
  async start(): Promise<void> {
    const { dir, clock, log, backups } = this.#options;
    const limits = { maxMemory: this.#settings.engineMemory };
    const open = this.#options.openColumns ?? ((path) => openChdb({ dir: path, limits, ...(backups !== undefined && { backups }) }));
    this.#columns = await open(join(dir, 'engine'));
    this.#intake = await IntakeLog.open({
      files: this.#options.files ?? diskFiles(join(dir, 'intake')),
      maxBytes: this.#settings.maxLogBytes,
      segmentBytes: this.#settings.flushBytes,
      syncMs: this.#settings.syncInterval,
      onFault: (fault) => this.#onLogFault(fault),
    });
    const { keeps } = this.#classes;
    this.#rollups = new Rollups({
      columns: this.#columns,
      clock,
      log,
      keeps,
      without: () => this.#classes.without(),
      members: (place) => this.#classes.members(place),
      flush: () => this.flush(),
      onExpired: () => this.#changed(Number.NEGATIVE_INFINITY),
    });
    const engine = { columns: this.#columns, rollups: this.#rollups };
    const parts = {
      ...engine,
      intake: this.#intake,
      index: this.#index,
      window: this.#window,
      late: this.#late,
      histograms: this.#histograms,
    };
    const recovered = await recover({ ...parts, sources: this.#sources, keep: longest(keeps), now: clock.now(), log });
    this.#metadata.restore(await loadMetadata(this.#columns));
    this.#recovered = recovered;
    log.info({ ...recovered, series: this.#index.size, completeSince: this.#window.completeSince }, 'telemetry store open');
    this.#flusher = new Flusher({ ...parts, clock, log, settings: this.#settings, onChange: () => this.#tellHealth() });
    this.#flusher.start();
    this.#rollups.start();
  }

  /** Gives the engine what it hasn't, as far as that is quick; the log keeps the rest. */
  async stop(): Promise<void> {
    await this.#rollups?.stop();
    await this.#flusher?.stop();
    await this.#intake?.close();
    await this.#columns?.close();
    this.#intake = undefined;
    this.#columns = undefined;
  }

  resolve(labels: Labels): number {
    return this.#resolve(labels, 0);
  }

  /** The way in for one source: series that are seen first through it count as its own, and against its limit. */
  sinkFor(source: Source): SampleSink {
    const owner = this.#sources.numberOf(source);
    return {
      resolve: (labels) => this.#resolve(labels, owner),
      append: (columns) => this.append(columns),
      describe: (metadata) => this.describe(metadata),
      exemplars: (exemplars) => this.exemplars(exemplars),
    };
  }

  /** Who sends how many series, the most first. */
  sources(): SourceStats[] {
    return this.#sources.list();
  }

  #resolve(labels: Labels, owner: number): number {
    const known = this.#index.find(labels);
    if (known !== 0) return known;
    this.#sources.check(owner, (id) => this.#index.labelsOf(id));
    const id = this.#index.add(labels);
    this.#sources.own(id, owner);
    this.#window.reserve(id + 1);
    this.#unlogged.push([id, this.#index.labelsOf(id) as Labels, this.#sources.textOf(owner)]);
    return id;
  }

  newest(id: number): number {
    return this.#window.newest(id);
  }

  async append(columns: SampleColumns): Promise<void> {
    const intake = this.#intake;
    if (!intake) throw new Problem(503, 'not-started', 'The telemetry store is not running.', { retryAfter: 5 });
    const wasFull = this.#full !== undefined;
    if (wasFull) {
      // The caller's arrays are its own again when this waits for the first time.
      columns = copyOf(columns);
      await this.#lookForRoom();
    }
    if (this.#late.count > MOST_LATE) {
      this.#flusher?.wake();
      throw new Problem(503, 'intake-behind', 'Old samples arrive faster than the column store takes them.', { retryAfter: 5 });
    }
    const fresh = this.#worthKeeping(columns);
    if (fresh.ids.length === 0) return;
    if (this.#unlogged.length > 0) {
      intake.precede(encodeSeries(this.#unlogged));
      this.#unlogged = [];
    }
    const { histograms } = fresh;
    const record = encodeSamples(histograms ? markHistograms(fresh, histograms) : fresh, this.#records);
    try {
      await this.#keep(intake, record, fresh, wasFull);
    } finally {
      this.#records.giveBack(record.buffer as ArrayBuffer);
    }
  }

  /** Writes the record of these samples to the log and shows them. */
  async #keep(intake: IntakeLog, record: Buffer, { ids, times, histograms }: SampleColumns, wasFull: boolean): Promise<void> {
    let segment: number;
    try {
      segment = await intake.append(histograms ? histogramsBefore(encodeHistograms({ ids, times }, histograms), record) : record);
    } catch (error) {
      this.#refused += ids.length;
      if (error instanceof Problem && error.slug === 'disk-full') this.#full = error;
      throw error;
    }
    // Only who began when it was full, and found room, says so: a few bytes that were on their way may fit in still.
    if (wasFull && this.#full !== undefined) {
      this.#full = undefined;
      this.#tellHealth();
    }
    // The record's own arrays: the caller has its again.
    const stored = samplesOf(record);
    this.#apply(histograms ? { ...stored, histograms } : stored, segment);
  }

  /**
   * Shows samples that could not be stored to queries and rules, for as long as memory lasts: people must be paged for what
   * is seen now, though the disk takes nothing. Nobody was told that they are kept.
   */
  observe(columns: SampleColumns): void {
    const { ids, times, values, histograms } = this.#worthKeeping(columns);
    const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
    let newest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < ids.length; i++) {
      const time = times[i] as number;
      if (time > newest) newest = time;
      if (!(time > this.#window.completeSince)) continue;
      const outcome = this.#window.insert(ids[i] as number, times, words, i);
      const histogram = histograms?.get(i);
      if (histogram && outcome === INSERTED) this.#histograms.add(ids[i] as number, time, histogram);
    }
    this.#tellChange(times);
    if (ids.length > 0) this.#tellArrivals(ids, newest);
  }

  exemplars(exemplars: readonly Exemplar[]): void {
    const news = this.#exemplars.add(exemplars.filter(({ id }) => this.#index.labelsOf(id) !== undefined));
    if (news.length > 0) this.#intake?.precede(encodeExemplars(news.map(exemplarEntry)));
  }

  exemplarsOf(matchers: Alternatives, from: number, to: number): Promise<SeriesExemplars[]> {
    return askExemplars({ index: this.#index, book: this.#exemplars, columns: this.#columns }, matchers, from, to);
  }

  describe(metadata: readonly MetricMetadata[]): void {
    const news = this.#metadata.add(metadata);
    if (news.length > 0) this.#intake?.precede(encodeMetadata(news));
  }

  select(matchers: readonly Matcher[], from: number, to: number, options: SelectOptions = {}): Promise<Series[]> | Series[] {
    const parts = { index: this.#index, window: this.#window, late: this.#late, columns: this.#columns, classes: this.#classes };
    const histograms = this.#histograms;
    const now = this.#options.clock.now();
    const engine = { maxRead: this.#settings.maxReadSamples, gap: this.#flusher?.gap ?? false, rollups: this.#rollups, now };
    const found = select({ ...parts, ...engine, histograms }, matchers, from, to, options);
    if (histograms.empty) return found;
    if (Array.isArray(found)) return histograms.fill(found);
    return found.then((series) => histograms.fillOlder(series, this.#columns, this.#window.completeSince, this.#settings.maxReadSamples));
  }

  /** Calls the listener after each append, once its samples can be queried. Returns what ends that. */
  onArrival(listener: ArrivalListener): () => void {
    this.#arrivals.add(listener);
    return () => this.#arrivals.delete(listener);
  }

  /** Calls the listener when the engine or the log falls ill or recovers. Returns what ends that. */
  onHealth(listener: (health: StoreHealth) => void): () => void {
    this.#health.add(listener);
    return () => this.#health.delete(listener);
  }

  /** Calls the listener in the same turn in which samples begin to be seen, or to go. Returns what ends that. */
  onChange(listener: (oldest: number) => void): () => void {
    this.#changes.add(listener);
    return () => this.#changes.delete(listener);
  }

  eraOf(time: number): number {
    return this.#classes.eraOf(this.#options.clock.now() - time);
  }

  nameOf(id: number): string {
    return this.#index.labelsOf(id)?.['__name__'] ?? '';
  }

  labelsOf(id: number): Labels | undefined {
    return this.#index.labelsOf(id);
  }

  labelNames(matchers: Alternatives, from: number, to: number, limit = Number.POSITIVE_INFINITY): string[] {
    return askLabelNames({ index: this.#index, window: this.#window }, matchers, from, to, limit);
  }

  labelValues(name: string, matchers: Alternatives, from: number, to: number, limit = Number.POSITIVE_INFINITY): string[] {
    return askLabelValues({ index: this.#index, window: this.#window }, name, matchers, from, to, limit);
  }

  series(matchers: Alternatives, from: number, to: number, limit = Number.POSITIVE_INFINITY): Labels[] {
    return askSeries({ index: this.#index, window: this.#window }, matchers, from, to, limit);
  }

  /** Every type that senders gave the metric since the start, where they differ. */
  typesOf(metric: string): readonly string[] {
    return this.#metadata.typesOf(metric);
  }

  metadata(metric?: string): readonly MetricMetadata[] {
    return this.#metadata.list(metric);
  }

  /** The engine, where it is open: for what asks it and writes nothing. */
  get engine(): Columns | undefined {
    return this.#columns;
  }

  /** Waits until the engine has everything that was appended before. For tests and for a clean stop. */
  async flush(): Promise<void> {
    await this.#flusher?.flushNow();
  }

  /** Rolls up, and lets go, at once what else the background would. For tests. */
  async rollUp(): Promise<void> {
    const now = this.#options.clock.now();
    await this.#rollups?.catchUp(now);
    await this.#rollups?.expire(now);
  }

  /** Copies everything that was acknowledged so far to a folder below `backups` that isn't there yet. */
  async backup(folder: string): Promise<void> {
    if (!this.#columns) throw new Problem(503, 'not-started', 'The telemetry store is not running.', { retryAfter: 5 });
    await this.flush();
    await this.#columns.backup(folder);
  }

  /** What the start found lost of the intake log; undefined where nothing was. */
  get losses(): Losses | undefined {
    return this.#recovered && hasLosses(this.#recovered.damage) ? this.#recovered : undefined;
  }

  health(): StoreHealth {
    const flusher = this.#flusher;
    return healthOf({
      engineFault: flusher?.fault,
      engineBusyMs: flusher?.busyMs ?? 0,
      logFault: this.#logFault ?? this.#full,
      logBytes: this.#intake?.bytes ?? 0,
      maxLogBytes: this.#settings.maxLogBytes,
      damage: this.losses,
    });
  }

  async stats(): Promise<StoreStats> {
    const disk = await statfs(this.#options.dir).catch(() => undefined);
    const sizes = this.#columns ? await tableSizes(this.#columns).catch(() => new Map<string, never>()) : new Map<string, never>();
    return {
      series: this.#index.size,
      appended: this.#appended,
      duplicates: this.#duplicates,
      refused: this.#refused,
      late: this.#late.count,
      damagedBytes: this.#recovered?.damagedBytes ?? 0,
      tornBytes: this.#recovered?.tornBytes ?? 0,
      damage: this.#recovered?.damage ?? {},
      namelessSamples: this.#recovered?.nameless ?? 0,
      windowSamples: this.#window.samples,
      windowBytes: this.#window.slab.usedBytes,
      completeSince: this.#window.completeSince,
      logBytes: this.#intake?.bytes ?? 0,
      logSegments: this.#intake?.closed.length ?? 0,
      engineSamples: this.#flusher?.inserted ?? 0,
      kept: keptOf(sizes),
      tables: tablesOf(sizes),
      rolledThrough: this.#rollups?.through('5m'),
      rollupSeconds: (this.#rollups?.busyMs ?? 0) / 1000,
      lateHours: this.#rollups?.lateHours.length ?? 0,
      lastFlush: this.#flusher?.lastFlush,
      diskFree: disk ? disk.bavail * disk.bsize : undefined,
      health: this.health(),
    };
  }

  #worthKeeping(columns: SampleColumns): SampleColumns {
    const now = this.#options.clock.now();
    const oldest = now - this.#settings.retention;
    const { kept, duplicates, impossible } = siftSamples(wholeMilliseconds(columns), this.#window, {
      oldest,
      newest: now + FURTHEST_AHEAD_MS,
      end: this.#index.end,
    });
    this.#duplicates += duplicates;
    this.#refused += impossible;
    return kept;
  }

  #apply({ ids, times, values, histograms }: SampleColumns, segment: number): void {
    const now = this.#options.clock.now();
    const window = this.#window;
    const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
    let newest = Number.NEGATIVE_INFINITY;
    this.#rollups?.note(times);
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i] as number;
      const time = times[i] as number;
      if (time > newest) newest = time;
      const outcome = time > window.completeSince ? window.insert(id, times, words, i) : NO_ROOM;
      const histogram = histograms?.get(i);
      if (histogram && outcome === INSERTED) this.#histograms.add(id, time, histogram);
      else if (histogram && outcome === NO_ROOM) this.#histograms.addLate(segment, id, time, histogram);
      if (outcome === DUPLICATE) this.#duplicates++;
      else if (outcome === NO_ROOM) {
        this.#late.add(segment, id, time, words, i);
        window.noteNewest(id, time);
        window.completeSince = incompleteUntil(time, now, window.completeSince);
      }
    }
    this.#appended += ids.length;
    this.#flusher?.noteAppend(times);
    this.#tellChange(times);
    this.#tellArrivals(ids, newest);
  }

  #tellChange(times: Float64Array): void {
    if (this.#changes.size === 0) return;
    let oldest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < times.length; i++) if ((times[i] as number) < oldest) oldest = times[i] as number;
    this.#changed(oldest);
  }

  #changed(oldest: number): void {
    for (const listener of this.#changes) listener(oldest);
  }

  /** The samples are stored: whatever goes wrong in a listener must not tell their sender otherwise. */
  #tellArrivals(ids: Uint32Array, newest: number): void {
    for (const listener of this.#arrivals) {
      try {
        listener(ids, newest);
      } catch (error) {
        this.#options.log.error({ err: error }, 'a listener for new samples failed');
      }
    }
  }

  /** Once the disk was full, its last bytes are not for samples: what pages people needs them. */
  async #lookForRoom(): Promise<void> {
    const disk = await statfs(this.#options.dir).catch(() => undefined);
    if (this.#full !== undefined && disk !== undefined && disk.bavail * disk.bsize < ROOM_AGAIN) throw this.#full;
  }

  #onLogFault(fault: unknown): void {
    const before = this.#logFault;
    this.#logFault = fault;
    // What fitted in still leaves the disk full: it is well once an append says so.
    if (fault === undefined && this.#full !== undefined) return;
    if (fault === undefined) this.#options.log.info('the intake log can be written again');
    else if (before === undefined) this.#options.log.error({ err: fault }, 'the intake log cannot be written: samples are refused');
    this.#tellHealth();
  }

  #tellHealth(): void {
    const health = this.health();
    for (const listener of this.#health) listener(health);
  }
}

export const createStore = (options: StoreOptions): Store => new Store(options);
