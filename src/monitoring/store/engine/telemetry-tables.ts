import { Breath, type Block, type Column, type Columns } from '../../../platform/columns/index.ts';
import { RESOLUTIONS, tableOf } from '../../rollups/index.ts';
import type { Labels, MetricMetadata } from '../../series.ts';
import { createExemplarTable, insertExemplars } from '../exemplars/exemplar-table.ts';
import { parseHistograms } from '../histograms/histogram-record.ts';
import { createHistogramTable, insertHistograms } from '../histograms/histogram-table.ts';
import type { LogRecord } from '../log/log-record.ts';
import { ReusedBytes } from '../log/reused-bytes.ts';
import { sampleBlock } from './sample-block.ts';

/** The telemetry's tables and the statements on them. The only place in the store that knows SQL. */

/** A place in an intake log segment is inserted once, however often it is tried: the engine remembers this many tokens. */
const REMEMBERED_INSERTS = 10_000;

/**
 * A day that is over, and that nothing came to for so long, becomes one part: left to itself the engine keeps five or so, and reads the weeks three
 * times more slowly for it.
 */
const WHOLE_DAYS = 'min_age_to_force_merge_seconds = 1800, min_age_to_force_merge_on_partition_only = 1';

export async function createTables(columns: Columns, retentionMs: number): Promise<void> {
  const ttl = `toDateTime(time) + INTERVAL ${Math.ceil(retentionMs / 1000)} SECOND`;
  const safe = `non_replicated_deduplication_window = ${REMEMBERED_INSERTS}, fsync_after_insert = 1, fsync_part_directory = 1`;
  await columns.exec(`CREATE TABLE IF NOT EXISTS samples (
      series UInt32 CODEC(Delta, LZ4),
      time DateTime64(3, 'UTC') CODEC(DoubleDelta, LZ4),
      value Float64 CODEC(Gorilla, LZ4)
    ) ENGINE = MergeTree PARTITION BY toYYYYMMDD(time) ORDER BY (series, time) TTL ${ttl}
    SETTINGS ttl_only_drop_parts = 1, ${safe}`);
  await columns.exec(`ALTER TABLE samples MODIFY TTL ${ttl} SETTINGS materialize_ttl_after_modify = 0`);
  await columns.exec(`ALTER TABLE samples MODIFY SETTING ${WHOLE_DAYS}`);
  await createExemplarTable(columns, retentionMs);
  await createHistogramTable(columns, retentionMs, safe);
  await columns.exec(`CREATE TABLE IF NOT EXISTS series (
      id UInt32, labels Map(LowCardinality(String), String), first_seen DateTime64(3, 'UTC') DEFAULT now64(3),
      source LowCardinality(String) DEFAULT ''
    ) ENGINE = MergeTree ORDER BY id SETTINGS ${safe}`);
  // A folder from before sources were counted has no such column.
  const [has] = await columns.query<{ n: string }>(
    "SELECT count() AS n FROM system.columns WHERE database = currentDatabase() AND table = 'series' AND name = 'source'",
  );
  if (has?.n === '0') await columns.exec("ALTER TABLE series ADD COLUMN source LowCardinality(String) DEFAULT ''");
  await columns.exec(`CREATE TABLE IF NOT EXISTS metadata (
      metric String, type String, help String, unit String, seen DateTime64(3, 'UTC') DEFAULT now64(3)
    ) ENGINE = ReplacingMergeTree(seen) ORDER BY metric SETTINGS ${safe}`);
}

/** One block a statement, so that the token covers all of it, and no thread but one: the senders need the others. */
const insertSettings = (token: string): string =>
  `SETTINGS insert_deduplication_token = '${token}', max_threads = 1, max_insert_threads = 1, max_block_size = 100000000,
    min_insert_block_size_rows = 100000000, min_insert_block_size_bytes = 0, max_partitions_per_insert_block = 0`;

/** Runs the insertion of a block of samples (columns `series`, `time`, `value`), whose oldest time is given. */
export type InsertSamples = (block: readonly Column[], oldest: number, insert: () => Promise<void>) => Promise<void>;

/** Puts a segment's records into the tables. Safe to repeat with the same token. Returns the number of samples. */
export async function insertRecords(
  columns: Columns,
  records: readonly LogRecord[],
  token: string,
  through: InsertSamples = (_block, _oldest, insert) => insert(),
  memory = new ReusedBytes(),
): Promise<number> {
  const series = records.flatMap((record) => (record.kind === 'series' ? [record.json] : []));
  if (series.length > 0) await insertSeries(columns, series, token);
  const metadata = records.flatMap((record) => (record.kind === 'metadata' ? record.metadata : []));
  if (metadata.length > 0) await insertMetadata(columns, metadata, token);
  const exemplars = records.flatMap((record) => (record.kind === 'exemplars' ? [record.json] : []));
  if (exemplars.length > 0) await insertExemplars(columns, exemplars, insertSettings(`exemplars-${token}`));
  const histograms = records.flatMap((record) => (record.kind === 'histograms' ? parseHistograms(record.payload) : []));
  if (histograms.length > 0) await insertHistograms(columns, histograms, insertSettings(`histograms-${token}`));
  const { columns: block, rows, oldest } = sampleBlock(records, memory);
  if (rows === 0) return 0;
  const insert = (): Promise<void> =>
    columns.withInput(
      block,
      (input) =>
        `INSERT INTO samples SELECT series, fromUnixTimestamp64Milli(toInt64(time), 'UTC'), value FROM ${input} ${insertSettings(`samples-${token}`)}`,
    );
  await through(block, oldest, insert);
  return rows;
}

/** The engine parses the records' JSON, `[[id, labels, source], …]`, on a thread of its own. */
function insertSeries(columns: Columns, records: readonly Buffer[], token: string): Promise<void> {
  // Records from before sources were counted have two parts each.
  const entries =
    "arrayJoin(arrayMap(entry -> (JSONExtract(entry, 1, 'UInt32'), JSONExtract(entry, 2, 'Map(String, String)'), JSONExtract(entry, 3, 'String')), JSONExtractArrayRaw(json)))";
  return columns.withInput(
    [{ name: 'json', type: 'String', data: records }],
    (input) =>
      `INSERT INTO series (id, labels, source) SELECT entry.1, entry.2, entry.3 FROM (SELECT ${entries} AS entry FROM ${input}) ${insertSettings(`series-${token}`)}`,
  );
}

function insertMetadata(columns: Columns, metadata: readonly MetricMetadata[], token: string): Promise<void> {
  const texts = (name: keyof MetricMetadata): Column => ({ name, type: 'String', data: metadata.map((one) => one[name]) });
  const block = [texts('metric'), texts('type'), texts('help'), texts('unit')];
  return columns.withInput(
    block,
    (input) =>
      `INSERT INTO metadata (metric, type, help, unit) SELECT metric, type, help, unit FROM ${input} ${insertSettings(`metadata-${token}`)}`,
  );
}

export async function loadSeries(columns: Columns, each: (id: number, labels: Labels, source: string) => void): Promise<void> {
  for (const block of await columns.blocks(
    'SELECT id, toJSONString(labels) AS labels, CAST(source AS String) AS source FROM series ORDER BY id',
    {},
    { timeoutMs: 600_000 },
  )) {
    const ids = block.columns[0]?.data as Uint32Array;
    const labels = block.columns[1]?.data as readonly string[];
    const sources = block.columns[2]?.data as readonly string[];
    for (let i = 0; i < block.rows; i++) each(ids[i] as number, JSON.parse(labels[i] as string) as Labels, sources[i] as string);
  }
}

/**
 * Deletes series from before the time that have no samples, once they are a tenth of all. Only while no process knows them: their
 * ids may be given again.
 */
export async function forgetSeries(columns: Columns, before: number): Promise<void> {
  const old = `first_seen < fromUnixTimestamp64Milli(${engineTime(before)})`;
  const [row] = await columns.query<{ old: string; n: string }>(`SELECT countIf(${old}) AS old, count() AS n FROM series`);
  if (Number(row?.old ?? 0) <= Number(row?.n ?? 0) / 10) return;
  const rolled = RESOLUTIONS.map((one) => ` AND id NOT IN (SELECT DISTINCT series FROM ${tableOf(one)})`).join('');
  await columns.exec(`DELETE FROM series WHERE ${old} AND id NOT IN (SELECT DISTINCT series FROM samples)${rolled}`);
}

/** Samples of series whose labels nobody knows. */
export async function countNameless(columns: Columns): Promise<number> {
  const [row] = await columns.query<{ n: string }>('SELECT count() AS n FROM samples WHERE series NOT IN (SELECT id FROM series)');
  return Number(row?.n ?? 0);
}

/** The highest series id that samples or rollups have; 0 without any. */
export async function highestSeries(columns: Columns): Promise<number> {
  let highest = 0;
  for (const table of ['samples', ...RESOLUTIONS.map(tableOf)]) {
    const [row] = await columns.query<{ id: number }>(`SELECT max(series) AS id FROM ${table}`);
    highest = Math.max(highest, row?.id ?? 0);
  }
  return highest;
}

export const loadMetadata = (columns: Columns): Promise<MetricMetadata[]> =>
  columns.query<MetricMetadata>('SELECT metric, type, help, unit FROM metadata FINAL LIMIT 1000000');

/** Rows of (series, time, value), by series and time. */
export interface SampleRows {
  readonly ids: Uint32Array;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

const SAMPLES = 'SELECT series, toFloat64(toUnixTimestamp64Milli(time)) AS t, value FROM samples';
const between = (from: number, to: number): string =>
  `time >= fromUnixTimestamp64Milli(${engineTime(from)}) AND time <= fromUnixTimestamp64Milli(${engineTime(to)})`;

/** The engine's times go from 1900 to 2299: nothing is stored outside, so a query may be cut to it. */
const engineTime = (time: number): string => `toInt64(${Math.floor(Math.max(-2_208_988_800_000, Math.min(10_413_791_999_000, time)))})`;

/** Milliseconds of a sample, for the conditions of `readSamples`. */
export const SAMPLE_TIME = 'toUnixTimestamp64Milli(time)';

/** The samples of these series with `from <= time <= to` and of the condition (SQL of ours), but no more than `most`. */
export async function readSamples(
  columns: Columns,
  ids: Uint32Array,
  from: number,
  to: number,
  most: number,
  condition = '',
): Promise<SampleRows> {
  const tail = `${between(Math.ceil(from), to)}${condition} ORDER BY series, time LIMIT ${Math.min(most, 1e12)}`;
  // Up to here the list is no longer than the engine lets a statement be, and reading works on a full disk.
  if (ids.length <= 20_000) return joinBlocks(await columns.blocks(`${SAMPLES} WHERE series IN (${ids.join(',')}) AND ${tail}`));
  return joinBlocks(
    await columns.blocksWithInput(
      [{ name: 'id', type: 'UInt32', data: ids }],
      (input) => `${SAMPLES} WHERE series IN (SELECT id FROM ${input}) AND ${tail}`,
    ),
  );
}

/** Everything after `since`, for the window. */
export const readRecent = async (columns: Columns, since: number): Promise<SampleRows> =>
  joinBlocks(
    await columns.blocks(
      `${SAMPLES} WHERE time > fromUnixTimestamp64Milli(${engineTime(since)}) ORDER BY series, time`,
      {},
      { timeoutMs: 120_000 },
    ),
  );

/** Samples stored in each of the last minutes, newest first: [minute's start, samples]. */
export async function countRecent(columns: Columns, since: number): Promise<[number, number][]> {
  const rows = await columns.query<{ minute: string; n: string }>(
    `SELECT intDiv(toUnixTimestamp64Milli(time), 60000) AS minute, count() AS n FROM samples
      WHERE time > fromUnixTimestamp64Milli(${engineTime(since)}) GROUP BY minute ORDER BY minute DESC`,
  );
  return rows.map((row) => [Number(row.minute) * 60_000, Number(row.n)]);
}

export async function oldestSample(columns: Columns): Promise<number | undefined> {
  const [row] = await columns.query<{ n: string; t: string }>('SELECT count() AS n, toUnixTimestamp64Milli(min(time)) AS t FROM samples');
  return row && row.n !== '0' ? Number(row.t) : undefined;
}

async function joinBlocks(blocks: readonly Block[]): Promise<SampleRows> {
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  const joined = { ids: new Uint32Array(rows), times: new Float64Array(rows), values: new Float64Array(rows) };
  const breath = new Breath();
  let at = 0;
  for (const block of blocks) {
    const [ids, times, values] = block.columns.map((column) => column.data) as [Uint32Array, Float64Array, Float64Array];
    joined.ids.set(ids, at);
    joined.times.set(times, at);
    joined.values.set(values, at);
    at += block.rows;
    if (breath.due) await breath.take();
  }
  return joined;
}
