import type { Columns } from '../../../platform/columns/index.ts';
import type { Exemplar, Labels } from '../../series.ts';
import type { ExemplarEntry } from '../log/log-record.ts';

/** The engine's table of exemplars and the statements on it. */

const MOST_READ = 10_000;

export async function createExemplarTable(columns: Columns, retentionMs: number): Promise<void> {
  const ttl = `toDateTime(time) + INTERVAL ${Math.ceil(retentionMs / 1000)} SECOND`;
  await columns.exec(`CREATE TABLE IF NOT EXISTS exemplars (
      series UInt32, time DateTime64(3, 'UTC'), value Float64, labels Map(String, String)
    ) ENGINE = ReplacingMergeTree PARTITION BY toYYYYMMDD(time) ORDER BY (series, time, value) TTL ${ttl}
    SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1`);
  await columns.exec(`ALTER TABLE exemplars MODIFY TTL ${ttl} SETTINGS materialize_ttl_after_modify = 0`);
}

/** The engine parses the records' JSON. `settings` make it safe to repeat. */
export function insertExemplars(columns: Columns, records: readonly Buffer[], settings: string): Promise<void> {
  const entries = "arrayJoin(JSONExtract(json, 'Array(Tuple(UInt32, Int64, String, Map(String, String)))'))";
  return columns.withInput(
    [{ name: 'json', type: 'String', data: records }],
    (input) => `INSERT INTO exemplars (series, time, value, labels)
      SELECT entry.1, fromUnixTimestamp64Milli(entry.2, 'UTC'), toFloat64OrDefault(entry.3, nan), entry.4
      FROM (SELECT ${entries} AS entry FROM ${input}) ${settings}`,
  );
}

/** JSON has no infinities: values are texts, as the engine reads them. */
export const exemplarEntry = ({ id, time, value, labels }: Exemplar): ExemplarEntry => [
  id,
  Math.floor(time),
  Number.isNaN(value) ? 'nan' : value === Infinity ? 'inf' : value === -Infinity ? '-inf' : String(value),
  labels,
];

/** The newest of these series with `from <= time <= to`. */
export async function readExemplars(columns: Columns, ids: readonly number[], from: number, to: number): Promise<Exemplar[]> {
  if (ids.length === 0) return [];
  const blocks = await columns.blocksWithInput(
    [{ name: 'id', type: 'UInt32', data: Uint32Array.from(ids) }],
    (input) => `SELECT series, toFloat64(toUnixTimestamp64Milli(time)) AS t, value, toJSONString(labels) AS labels FROM exemplars
      WHERE series IN (SELECT id FROM ${input}) AND time >= fromUnixTimestamp64Milli(toInt64(${bound(from)}))
        AND time <= fromUnixTimestamp64Milli(toInt64(${bound(to)})) ORDER BY time DESC LIMIT ${MOST_READ}`,
  );
  return blocks.flatMap(({ rows, columns: [id, time, value, labels] }) =>
    Array.from({ length: rows }, (_, i) => ({
      id: id?.data[i] as number,
      time: time?.data[i] as number,
      value: value?.data[i] as number,
      labels: JSON.parse(labels?.data[i] as string) as Labels,
    })),
  );
}

/** The engine's times go from 1900 to 2299. */
const bound = (time: number): number => Math.floor(Math.max(-2_208_988_800_000, Math.min(10_413_791_999_000, time)));
