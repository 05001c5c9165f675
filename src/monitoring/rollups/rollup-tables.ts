import type { Column, Columns } from '../../platform/columns/index.ts';
import type { Keep } from './keep.ts';
import type { BucketRows } from './bucket-rows.ts';
import { bucketsOf, coarserOf, type SampleBlock } from './make-buckets.ts';
import { HOUR, RESOLUTIONS, WIDTH, type Resolution } from './resolutions.ts';

/**
 * The tables of rollups and the statements on them.
 *
 * A row is a series' bucket: `first`, `last`, `min`, `max`, `sum` and `count` of its samples, how long before its end the first and
 * the last of them stand (ms), `resets` (the sum of the values before each fall, which makes a counter's increase exact), and whether
 * the newest of all is a stale marker (1) and whether there are native histograms (2). Stale markers and histograms count nowhere else; a bucket of nothing but markers has `count` 0. Of a bucket's
 * rows the one made of the most `items` (samples and markers) counts: so a bucket can be computed again at any time, and one whose
 * samples are gone is not lost to a late one.
 *
 * Buckets of five minutes lie by their place in the hour, so that hourly windows of five minutes read a twelfth of them.
 */
export const tableOf = (resolution: Resolution): string => `rollup_${resolution}`;

/** A five-minute bucket's place in its hour, as the engine's key has it. */
export const SLOT = 'intDiv(toUnixTimestamp(end) % 3600, 300)';

const SAFE = 'fsync_after_insert = 1, fsync_part_directory = 1';
const seconds = (ms: number): number => Math.ceil(ms / 1000);
const at = (ms: number): string => `fromUnixTimestamp64Milli(toInt64(${ms}))`;

/** Makes what isn't there; `keep` says when rows may go. */
export async function createRollupTables(columns: Columns, keep: Keep): Promise<void> {
  for (const resolution of RESOLUTIONS) {
    const ttl = `end + INTERVAL ${seconds(Math.max(keep[resolution], WIDTH[resolution]))} SECOND`;
    const float = (name: string): string => `${name} Float64 CODEC(ZSTD(1))`;
    const whole = (name: string): string => `${name} UInt32 CODEC(T64, ZSTD(1))`;
    const values = ['sum', 'min', 'max', 'first', 'last', 'resets'].map(float).join(', ');
    await columns.exec(`CREATE TABLE IF NOT EXISTS ${tableOf(resolution)} (
        series UInt32 CODEC(Delta, ZSTD(1)), end DateTime('UTC') CODEC(DoubleDelta, ZSTD(1)),
        ${whole('first_before')}, ${whole('last_before')}, ${whole('count')}, ${values}, stale UInt8 CODEC(ZSTD(1)), ${whole('items')}
      ) ENGINE = ReplacingMergeTree(items) PARTITION BY ${resolution === '1m' ? 'toMonday(end)' : 'toYYYYMM(end)'} ORDER BY (series, ${resolution === '5m' ? `${SLOT}, ` : ''}end) TTL ${ttl}
      SETTINGS ttl_only_drop_parts = 1, index_granularity = ${resolution === '5m' ? 512 : 8192}, ${SAFE}`);
    await columns.exec(`ALTER TABLE ${tableOf(resolution)} MODIFY TTL ${ttl} SETTINGS materialize_ttl_after_modify = 0`);
  }
  // Buckets that samples came to after they were rolled up: noted before the samples are inserted, moved to `work`, and done from there.
  for (const table of ['rollup_late', 'rollup_work'])
    await columns.exec(
      `CREATE TABLE IF NOT EXISTS ${table} (series UInt32, hour UInt32) ENGINE = MergeTree ORDER BY (hour, series) SETTINGS ${SAFE}`,
    );
  await columns.exec(`CREATE TABLE IF NOT EXISTS rollup_state (name String, value Int64, said DateTime64(6) DEFAULT now64(6))
      ENGINE = ReplacingMergeTree ORDER BY name SETTINGS ${SAFE}`);
}

export async function readState(columns: Columns): Promise<Map<string, number>> {
  const rows = await columns.query<{ name: string; value: string }>('SELECT name, value FROM rollup_state FINAL');
  return new Map(rows.map(({ name, value }) => [name, Number(value)]));
}

/** `name` is one of ours, never a sender's. */
export const writeState = (columns: Columns, name: string, value: number): Promise<void> =>
  columns.exec(`INSERT INTO rollup_state (name, value) SELECT '${name}', ${value}`);

/** Which part of the samples: some hours, some series. */
export interface Unit {
  /** `(after, until]`, both ends of hours. */
  readonly after: number;
  readonly until: number;
  /** `[from, to)` of ids. */
  readonly from: number;
  readonly to: number;
  /** Only the series and hours that `rollup_work` names. */
  readonly named: boolean;
}

const inUnit = ({ from, to, named, after, until }: Unit, hour: string): string =>
  [
    `series >= ${from} AND series < ${to}`,
    ...(named
      ? [
          `(series, ${hour}) IN (SELECT series, hour FROM rollup_work WHERE hour > ${after / HOUR} AND hour <= ${until / HOUR} AND series >= ${from} AND series < ${to})`,
        ]
      : []),
  ].join(' AND ');

/** One thread, and blocks of a size that keeps the statement small: rolling up is work for the background. */
const SETTINGS = 'SETTINGS max_threads = 1, max_insert_threads = 1, max_block_size = 65536';

/** A unit's samples by series and time; of one time there may be several. Undefined where there are more than `most`. */
async function readUnit(columns: Columns, unit: Unit, without: Uint32Array, most: number): Promise<SampleBlock[] | undefined> {
  const sql = (input: string | undefined): string =>
    `SELECT series, toFloat64(toUnixTimestamp64Milli(time)) AS t, value FROM samples
      WHERE time > ${at(unit.after)} AND time <= ${at(unit.until)} AND ${inUnit(unit, `intDiv(toUnixTimestamp64Milli(time) + ${HOUR - 1}, ${HOUR})`)}
      ${input === undefined ? '' : `AND series NOT IN (SELECT id FROM ${input})`}
      ORDER BY series, time LIMIT ${most + 1} SETTINGS max_threads = 1`;
  const patient = { timeoutMs: 600_000 };
  const blocks =
    without.length === 0
      ? await columns.blocks(sql(undefined), {}, patient)
      : await columns.blocksWithInput([{ name: 'id', type: 'UInt32', data: without }], sql, patient);
  if (blocks.reduce((sum, { rows }) => sum + rows, 0) > most) return undefined;
  return blocks.map(({ columns: [ids, times, values] }) => ({
    ids: ids!.data as Uint32Array,
    times: times!.data as Float64Array,
    values: values!.data as Float64Array,
  }));
}

const insertBuckets = (columns: Columns, resolution: Resolution, rows: BucketRows): Promise<void> =>
  columns.withInput(rows.columns(), (input) => `INSERT INTO ${tableOf(resolution)} SELECT * FROM ${input} SETTINGS max_insert_threads = 1`);

/** A unit's finer buckets as coarser ones, by the engine: for buckets whose samples are gone. */
function fromFiner(unit: Unit, finer: Resolution, resolution: Resolution): string {
  const width = WIDTH[resolution] / 1000;
  const any = 'n > 0';
  return `INSERT INTO ${tableOf(resolution)}
    SELECT series, toDateTime(bucket * ${width}, 'UTC'), toUInt32(if(total = 0, 0, bucket * ${width}000 - first_time)),
      toUInt32(if(total = 0, 0, bucket * ${width}000 - last_time)), total, if(isNaN(exact), plain, exact), if(numbers = 0, nan, lowest),
      if(numbers = 0, nan, highest), opening, closing,
      inner + arraySum((next, before) -> if(next < before, before, 0), arrayPopFront(firsts), arrayPopBack(lasts)), ends_stale, every
    FROM (SELECT series, intDiv(ends + ${width - 1}, ${width}) AS bucket, toUInt32(sum(n)) AS total, countIf(${any} AND NOT isNaN(low)) AS numbers,
        sumKahanIf(all, ${any}) AS exact, sumIf(all, ${any}) AS plain, minIf(low, ${any} AND NOT isNaN(low)) AS lowest,
        maxIf(high, ${any} AND NOT isNaN(high)) AS highest, argMinIf(opens, ends, ${any}) AS opening, argMaxIf(closes, ends, ${any}) AS closing,
        minIf(ends * 1000 - f, ${any}) AS first_time, maxIf(ends * 1000 - l, ${any}) AS last_time, sumIf(falls, ${any}) AS inner,
        groupArrayIf(opens, ${any}) AS firsts, groupArrayIf(closes, ${any}) AS lasts, toUInt8(argMax(bitAnd(gone, 1), ends) + 2 * max(bitAnd(gone, 2) > 0)) AS ends_stale, toUInt32(sum(each)) AS every
      FROM (SELECT series, toInt64(toUnixTimestamp(end)) AS ends, first_before AS f, last_before AS l, count AS n, sum AS all, min AS low, max AS high,
          first AS opens, last AS closes, resets AS falls, stale AS gone, items AS each FROM ${tableOf(finer)} FINAL
        WHERE end > toDateTime(${unit.after / 1000}) AND end <= toDateTime(${unit.until / 1000})
          AND ${inUnit(unit, `intDiv(toUnixTimestamp(end) + ${HOUR / 1000 - 1}, ${HOUR / 1000})`)} ORDER BY series, end)
      GROUP BY series, bucket) ${SETTINGS}`;
}

/** A unit in two: half its series, or half its hours where it is of one series. Undefined where it can't be. */
function halves(unit: Unit): [Unit, Unit] | undefined {
  const id = Math.floor((unit.from + unit.to) / 2);
  if (id > unit.from)
    return [
      { ...unit, to: id },
      { ...unit, from: id },
    ];
  const hour = Math.floor((unit.after + unit.until) / 2 / HOUR) * HOUR;
  return hour > unit.after
    ? [
        { ...unit, until: hour },
        { ...unit, after: hour },
      ]
    : undefined;
}

/** More samples than this are not read at once: they take some 50 bytes each meanwhile. */
const MOST_AT_ONCE = 3_000_000;

/**
 * Rolls a unit up at these resolutions, finest first. `without`: series that are not rolled up. `complete`: whether all its samples are
 * there; where some may be gone, coarser buckets come from the finer ones in the table. Safe to repeat.
 */
export async function rollUp(
  columns: Columns,
  unit: Unit,
  resolutions: readonly Resolution[],
  without: Uint32Array,
  complete: boolean,
  most = MOST_AT_ONCE,
): Promise<void> {
  const parts = halves(unit);
  const samples = await readUnit(columns, unit, without, parts ? most : 1e12);
  if (samples === undefined) {
    for (const part of parts ?? []) await rollUp(columns, part, resolutions, without, complete, most);
    return;
  }
  let rows: BucketRows | undefined;
  let finer: Resolution | undefined;
  for (const resolution of resolutions) {
    if (finer !== undefined && !complete) await columns.exec(fromFiner(unit, finer, resolution));
    else {
      rows = rows === undefined ? await bucketsOf(samples, WIDTH[resolution]) : await coarserOf(rows, WIDTH[resolution]);
      if (rows.size > 0) await insertBuckets(columns, resolution, rows);
    }
    finer = resolution;
  }
}

/** How many rows of `samples`, or of named hours, there are in each thousand ids. */
export async function countBlocks(columns: Columns, { after, until, named }: Omit<Unit, 'from' | 'to'>): Promise<[number, number][]> {
  const where = named
    ? `rollup_work WHERE hour > ${after / HOUR} AND hour <= ${until / HOUR}`
    : `samples WHERE time > ${at(after)} AND time <= ${at(until)}`;
  const rows = await columns.query<{ block: string; n: string }>(
    `SELECT intDiv(series, 1000) AS block, count() AS n FROM ${where} GROUP BY block ORDER BY block`,
    {},
    { timeoutMs: 120_000 },
  );
  return rows.map(({ block, n }) => [Number(block), Number(n)]);
}

/** The oldest sample after a time; undefined without any. */
export async function nextSample(columns: Columns, after: number): Promise<number | undefined> {
  const [row] = await columns.query<{ n: string; t: string }>(
    `SELECT count() AS n, toUnixTimestamp64Milli(min(time)) AS t FROM samples WHERE time > ${at(after)}`,
    {},
    { timeoutMs: 120_000 },
  );
  return row && row.n !== '0' ? Number(row.t) : undefined;
}

/** Notes which series and hours of a block of samples, up to `through`, have to be rolled up again. */
export const noteLate = (columns: Columns, block: readonly Column[], through: number): Promise<void> =>
  columns.withInput(
    block,
    (input) =>
      `INSERT INTO rollup_late SELECT DISTINCT series, toUInt32(ceil(time / ${HOUR})) FROM ${input} WHERE time <= ${through} AND time > 0`,
  );

/** Moves the notes to where the work is done from. A crash in between leaves them in both, which costs time and nothing else. */
export async function takeLate(columns: Columns): Promise<void> {
  await columns.exec('INSERT INTO rollup_work SELECT DISTINCT series, hour FROM rollup_late');
  await columns.exec('TRUNCATE TABLE rollup_late');
}

export const clearWork = (columns: Columns): Promise<void> => columns.exec('TRUNCATE TABLE rollup_work');

/** The hours (their ends, in milliseconds) that are noted. */
export async function notedHours(columns: Columns, tables: readonly string[] = ['rollup_late', 'rollup_work']): Promise<number[]> {
  const hours = new Set<number>();
  for (const table of tables)
    for (const { hour } of await columns.query<{ hour: number }>(`SELECT DISTINCT hour FROM ${table}`)) hours.add(hour * HOUR);
  return [...hours].sort((a, b) => a - b);
}

/** Rows and bytes on disk of each table. */
export async function tableSizes(columns: Columns): Promise<Map<string, { readonly rows: number; readonly bytes: number }>> {
  const rows = await columns.query<{ table: string; rows: string; bytes: string }>(
    `SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes FROM system.parts
      WHERE active AND database = currentDatabase() GROUP BY table`,
  );
  return new Map(rows.map(({ table, rows: n, bytes }) => [table, { rows: Number(n), bytes: Number(bytes) }]));
}
