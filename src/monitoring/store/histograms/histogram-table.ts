import type { Columns } from '../../../platform/columns/index.ts';
import type { HistogramEntry } from './histogram-record.ts';

/** The histograms that samples stand for, by series and time. */
export async function createHistogramTable(columns: Columns, retentionMs: number, safe: string): Promise<void> {
  const ttl = `toDateTime(time) + INTERVAL ${Math.ceil(retentionMs / 1000)} SECOND`;
  await columns.exec(`CREATE TABLE IF NOT EXISTS histograms (
      series UInt32 CODEC(Delta, LZ4), time DateTime64(3, 'UTC') CODEC(DoubleDelta, LZ4), data String CODEC(ZSTD(1))
    ) ENGINE = MergeTree PARTITION BY toYYYYMMDD(time) ORDER BY (series, time) TTL ${ttl}
    SETTINGS ttl_only_drop_parts = 1, ${safe}`);
  await columns.exec(`ALTER TABLE histograms MODIFY TTL ${ttl} SETTINGS materialize_ttl_after_modify = 0`);
}

/** `settings`: what makes the insertion safe to repeat. */
export async function insertHistograms(columns: Columns, entries: readonly HistogramEntry[], settings: string): Promise<void> {
  await columns.withInput(
    [
      { name: 'series', type: 'UInt32', data: Uint32Array.from(entries, ({ id }) => id) },
      { name: 'time', type: 'Float64', data: Float64Array.from(entries, ({ time }) => time) },
      // As text: the engine's answers are texts too.
      { name: 'data', type: 'String', data: entries.map(({ data }) => data.toString('base64')) },
    ],
    (input) =>
      `INSERT INTO histograms SELECT series, fromUnixTimestamp64Milli(toInt64(time), 'UTC'), base64Decode(data) FROM ${input} ${settings}`,
  );
}

const ROWS = 'SELECT series, toFloat64(toUnixTimestamp64Milli(time)) AS t, base64Encode(data) AS d FROM histograms';
const after = (time: number): string => `fromUnixTimestamp64Milli(toInt64(${Math.max(-2_208_988_800_000, Math.floor(time))}))`;
const until = (time: number): string => `fromUnixTimestamp64Milli(toInt64(${Math.min(10_413_791_999_000, Math.floor(time))}))`;

/** Histograms of these series (of all without any) with `from <= time <= to`, but no more than `most`. */
export async function readHistograms(
  columns: Columns,
  ids: readonly number[] | undefined,
  from: number,
  to: number,
  most: number,
): Promise<HistogramEntry[]> {
  const entries: HistogramEntry[] = [];
  const of = ids === undefined ? '' : `series IN (${ids.join(',')}) AND `;
  const where = `${of}time >= ${after(from)} AND time <= ${until(to)} ORDER BY series, time LIMIT ${Math.min(most, 1e12)}`;
  for (const block of await columns.blocks(`${ROWS} WHERE ${where}`, {}, { timeoutMs: 120_000 })) {
    const [series, times, data] = block.columns.map((column) => column.data) as [Uint32Array, Float64Array, readonly string[]];
    for (let i = 0; i < block.rows; i++) {
      entries.push({ id: series[i] as number, time: times[i] as number, data: Buffer.from(data[i] as string, 'base64') });
    }
  }
  return entries;
}

/** The series that have any. */
export async function histogramSeries(columns: Columns): Promise<number[]> {
  const rows = await columns.query<{ series: number }>('SELECT DISTINCT series FROM histograms');
  return rows.map(({ series }) => series);
}
