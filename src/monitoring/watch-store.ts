import type { Clock } from '../platform/clock.ts';
import type { Health } from '../platform/health.ts';
import type { Registry } from '../platform/metrics.ts';
import type { DiskForecast } from './usage/index.ts';
import type { Store } from './store/index.ts';

const GB = 1024 ** 3;
/** Below these, somebody has to make room: soon, and now. */
const LITTLE = 2 * GB;
/** Sources that have a figure of their own in the metrics. */
const MOST_SOURCES = 50;
/** So long before the disk is full, somebody has to know. */
const SOON_MS = 7 * 86_400_000;
const TOO_LITTLE = 200 * 1024 ** 2;

/** Reports the store's state to health and its numbers to the metrics. Returns what looks once; it never rejects. */
export function watchStore({
  store,
  health,
  metrics,
  clock,
  forecast,
}: {
  readonly store: Store;
  readonly health: Health;
  readonly metrics: Registry;
  readonly clock: Clock;
  /** When the disk is full, from what is free now. */
  readonly forecast: (free: number | undefined) => Promise<DiskForecast | undefined>;
}): () => Promise<void> {
  const gauge = (name: string, help: string) => metrics.gauge({ name: `nines_store_${name}`, help });
  const gauges = {
    series: gauge('series', 'Series known.'),
    windowSamples: gauge('window_samples', 'Samples in the recent window.'),
    windowBytes: gauge('window_bytes', 'Memory of the recent window.'),
    logBytes: gauge('log_bytes', 'Size of the intake log.'),
    late: gauge('late_samples', 'Samples older than the window that the engine has yet to take.'),
    appended: gauge('appended_samples', 'Samples acknowledged since the start.'),
    duplicates: gauge('duplicate_samples', 'Samples dropped because their series had one of that time.'),
    refused: gauge('refused_samples', 'Samples not taken.'),
    rollupSeconds: gauge('rollup_seconds', 'Seconds that rolling samples up took since the start.'),
    lateHours: gauge('late_rollups', 'Hours that samples came to after they were rolled up, read from the samples until they are again.'),
    damagedBytes: gauge('damaged_bytes', 'Bytes of the intake log that were damaged and lost, as the start found them.'),
    tornBytes: gauge('torn_bytes', 'Bytes of unfinished writes at the end of the intake log, as the start found them.'),
    namelessSamples: gauge('nameless_samples', 'Samples that lost their labels with a damaged part of the intake log.'),
    diskFree: gauge('disk_free_bytes', 'Free bytes on the disk of the data folder.'),
  };
  const byResolution = (name: string, help: string) =>
    metrics.gauge({ name: `nines_store_${name}`, help: `${help}, by resolution (raw: samples).`, labels: ['resolution'] });
  const [bytes, rows, each] = [
    byResolution('engine_bytes', 'Bytes on disk'),
    byResolution('engine_rows', 'Samples or buckets on disk'),
    byResolution('engine_bytes_per_row', 'Bytes on disk of a sample or a bucket'),
  ];
  const byTable = (name: string, help: string) =>
    metrics.gauge({ name: `nines_store_table_${name}`, help: `${help}, by table of the engine.`, labels: ['table'] });
  const [tableBytes, tableRows] = [byTable('bytes', 'Bytes on disk'), byTable('rows', 'Rows on disk')];
  const rolled = metrics.gauge({ name: 'nines_store_rolled_up_seconds', help: 'The time (Unix) up to which samples are rolled up.' });
  const sourceSeries = metrics.gauge({
    name: 'nines_store_source_series',
    help: 'Series by the source that sent them first, of those with the most.',
    labels: ['source'],
  });
  const full = gauge(
    'disk_full_timestamp_seconds',
    'When the disk of the data folder is full if all grows on as it did (Unix); +Inf for never.',
  );
  const shown = new Set<string>();
  store.onHealth(({ state, detail }) => health.report('store', state, detail));
  return async () => {
    const stats = await store.stats().catch(() => undefined);
    if (!stats) return;
    for (const [name, one] of Object.entries(gauges)) {
      const value = stats[name as keyof typeof gauges];
      if (value !== undefined) one.set(value);
    }
    for (const { resolution, ...size } of stats.kept) {
      bytes.set(size.bytes, { resolution });
      rows.set(size.rows, { resolution });
      if (size.rows > 0) each.set(size.bytes / size.rows, { resolution });
    }
    for (const { table, ...size } of stats.tables) {
      tableBytes.set(size.bytes, { table });
      tableRows.set(size.rows, { table });
    }
    if (stats.rolledThrough !== undefined && Number.isFinite(stats.rolledThrough)) rolled.set(stats.rolledThrough / 1000);
    const largest = new Map(
      store
        .sources()
        .slice(0, MOST_SOURCES)
        .map((one) => [`${one.protocol}/${one.name}`, one.series]),
    );
    // One that isn't among the largest any more has no figure: zero says that it isn't shown.
    for (const source of shown) if (!largest.has(source)) sourceSeries.set(0, { source });
    for (const [source, series] of largest) {
      shown.add(source);
      sourceSeries.set(series, { source });
    }
    health.report('store', stats.health.state, stats.health.detail);
    const free = stats.diskFree ?? Infinity;
    const outlook = await forecast(stats.diskFree);
    full.set(outlook?.fullAt == null ? Number.POSITIVE_INFINITY : outlook.fullAt / 1000);
    const soon = outlook?.fullAt != null && outlook.fullAt - clock.now() < SOON_MS;
    const date = soon ? `At the pace of the last days (${size(outlook.bytesPerDay)} a day) it is full on ${day(outlook.fullAt)}. ` : '';
    const left = `${(free / GB).toFixed(1)} GB are left on the disk of the data folder. ${date}Make room, or shorten store.retention.`;
    health.report('store.disk', free < TOO_LITTLE ? 'down' : soon || free < LITTLE ? 'degraded' : 'ok', left);
  };
}

const size = (bytes: number): string => (bytes < GB ? `${(bytes / 1024 ** 2).toFixed(0)} MB` : `${(bytes / GB).toFixed(1)} GB`);
const day = (time: number): string => `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
