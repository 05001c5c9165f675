import { DEFAULT_ROLLUPS, type Resolution, type RetentionClass } from '../rollups/index.ts';

/** Settings of the telemetry store, under `store:` in nines.yaml. */
export interface StoreSettings {
  /** The most memory for the recent window, in bytes. It takes 1,000 bytes a series, but no less than 64 MB where it may. */
  readonly recentMemory: number;
  /** How long samples are kept, in milliseconds. */
  readonly retention: number;
  /** How long rollups are kept, in milliseconds; 0 for none. */
  readonly rollups: Readonly<Record<Resolution, number>>;
  /** Metrics that are kept for other times: the first class that fits a series counts. */
  readonly classes: readonly RetentionClass[];
  /** How many series there may be. */
  readonly maxSeries: number;
  /** How many series one source (a token, a scrape, a sender's address) may be the first to send. */
  readonly maxSeriesPerSource: number;
  /** How large the intake log may grow while the engine is behind, in bytes. */
  readonly maxLogBytes: number;
  /** How often what was written is synced to the disk, in milliseconds: the most that a loss of power can take. */
  readonly syncInterval: number;
  /** The longest that samples wait in the log before the engine gets them, in milliseconds. */
  readonly flushInterval: number;
  /** Bytes of log at which the engine gets them at once. A sample takes 20. */
  readonly flushBytes: number;
  /** The most samples that one selector of a query may read from the engine. A sample takes about 60 bytes while it is read. */
  readonly maxReadSamples: number;
  /** The most memory that the engine may take, in bytes. */
  readonly engineMemory: number;
}

const MB = 1024 ** 2;
export const DEFAULT_STORE_SETTINGS: StoreSettings = {
  recentMemory: 256 * MB,
  retention: 30 * 86_400_000,
  rollups: DEFAULT_ROLLUPS,
  classes: [],
  maxSeries: 2_000_000,
  maxSeriesPerSource: 1_500_000,
  maxLogBytes: 1024 * MB,
  syncInterval: 1000,
  flushInterval: 30_000,
  flushBytes: 4 * MB,
  maxReadSamples: 20_000_000,
  engineMemory: 1024 * MB,
};
