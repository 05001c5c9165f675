import { Breath, type Block, type Columns } from '../../platform/columns/index.ts';
import { isStale, writeStale, type RolledUp, type WindowUse } from '../series.ts';
import type { Plan } from './plan.ts';
import { HOUR, WIDTH, type Resolution } from './resolutions.ts';
import { SLOT, tableOf } from './rollup-tables.ts';

/** A series' buckets, and samples that stand for themselves, by time: what functions of windows add up. */
export interface Pieces {
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly rolled?: RolledUp;
  readonly from: number;
  readonly to: number;
}

/** What is read of a bucket besides its value. */
const isRate = (use: string): boolean => use === 'rate' || use === 'increase' || use === 'delta';
const hasCounts = (use: string): boolean => use === 'avg_over_time' || use === 'sum_over_time' || use === 'count_over_time';

/** `whole`: series that have native histograms, which only their samples show. */
interface PiecesBySeries {
  readonly rows: number;
  readonly pieces: Map<number, Pieces>;
  readonly whole: Set<number>;
}

/** What of the rollups may be read: up to `through`, but not the late hours. */
export interface Readable {
  readonly through: number;
  readonly late: readonly number[];
}

const list = (ids: Uint32Array, input: string | undefined): string => (input === undefined ? ids.join(',') : `SELECT id FROM ${input}`);

/** Only the moments that a window holds, where windows are shorter than steps. `time` in milliseconds. */
export function inWindows({ first, step, last, range }: WindowUse, time: string): string {
  return first === last || step <= range ? '' : ` AND positiveModulo(${first} - ${time}, ${step}) < ${range}`;
}

/** The same of one time. */
export function isInWindow({ first, step, last, range }: WindowUse, time: number): boolean {
  if (first === last || step <= range) return true;
  const before = (first - time) % step;
  return (before < 0 ? before + step : before) < range;
}

/** Where the samples are that rollups don't hold. `time` in milliseconds. */
export function notReadable({ through, late }: Readable, time: string): string {
  const hours = late.filter((hour) => hour <= through).map((hour) => hour / HOUR);
  const after = `${time} > ${through}`;
  return hours.length === 0 ? ` AND ${after}` : ` AND (${after} OR intDiv(${time} + ${HOUR - 1}, ${HOUR}) IN (${hours.join(',')}))`;
}

/** The places in the hour of the five-minute buckets that windows hold, where that isn't all of them. */
function inSlots({ first, step, last, range }: WindowUse): string {
  const slots = new Set<number>();
  const steps = first === last ? 1 : 12;
  for (let k = 0; k < steps; k++) {
    for (let back = 0; back < Math.min(range, HOUR); back += WIDTH['5m']) {
      const end = (first + k * step - back) % HOUR;
      slots.add(Math.floor((end < 0 ? end + HOUR : end) / WIDTH['5m']));
    }
  }
  return slots.size === 12 ? '' : ` AND ${SLOT} IN (${[...slots].join(',')})`;
}

/** The buckets' part of an answer, by series. No more rows than `most` and one. */
export async function readPieces(
  columns: Columns,
  ids: Uint32Array,
  plan: Plan & { readonly resolution: Resolution },
  windows: WindowUse,
  readable: Readable,
  span: { readonly from: number; readonly to: number },
  most: number,
): Promise<PiecesBySeries> {
  const width = WIDTH[plan.resolution];
  const ends = 'toInt64(toUnixTimestamp(end)) * 1000';
  const instant = windows.use === 'instant';
  const from = Math.floor(span.from / width) * width;
  const until = Math.min(span.to, readable.through);
  if (until < from) return { rows: 0, pieces: new Map(), whole: new Set() };
  const late = readable.late.filter((hour) => hour <= readable.through).map((hour) => hour / HOUR);
  const unless = late.length === 0 ? '' : ` AND intDiv(${ends} + ${HOUR - 1}, ${HOUR}) NOT IN (${late.join(',')})`;
  const stands = plan.exact ? `toFloat64(${ends} - last_before)` : `toFloat64(${ends})`;
  // Without any sample but a stale marker a bucket has no time of its last; where the marker stood, nothing else asks.
  const wanted = [
    'series',
    `${stands} AS t`,
    `toFloat64(${plan.column}) AS v`,
    'toUnixTimestamp(end) AS e',
    'stale',
    ...(isRate(windows.use)
      ? [`toFloat64(${ends} - first_before) AS ft`, `toFloat64(${ends} - last_before) AS lt`, 'first', 'toFloat64(count) AS n', 'resets']
      : hasCounts(windows.use)
        ? ['toFloat64(count) AS n']
        : []),
  ];
  const first = windows.use === 'ts_of_first_over_time' && plan.exact ? wanted.with(1, `toFloat64(${ends} - first_before) AS t`) : wanted;
  const sparse = plan.exact ? `${inWindows(windows, ends)}${plan.resolution === '5m' ? inSlots(windows) : ''}` : '';
  const sql = (input: string | undefined): string =>
    `SELECT ${first.join(', ')} FROM ${tableOf(plan.resolution)} WHERE series IN (${list(ids, input)})
      AND end > toDateTime(${Math.max(0, from / 1000)}) AND end <= toDateTime(${Math.max(0, Math.floor(until / 1000))})${unless}${sparse}${instant ? '' : ' AND (count > 0 OR stale > 1)'}
      ORDER BY series, end, items LIMIT ${Math.min(most + 1, 1e12)}`;
  const blocks =
    ids.length <= 20_000
      ? await columns.blocks(sql(undefined))
      : await columns.blocksWithInput([{ name: 'id', type: 'UInt32', data: ids }], sql);
  return await split(blocks, windows.use);
}

/** Of rows of one series and end the last stays, which is made of the most samples. Returns how many stay, at the front. */
function dropOlder(columns: Iterable<Float64Array | Uint32Array | Uint8Array>, ids: Uint32Array, ends: Uint32Array): number {
  const rows = ids.length;
  const kept = new Uint32Array(rows);
  let n = 0;
  for (let i = 0; i < rows; i++) if (i + 1 === rows || ids[i] !== ids[i + 1] || ends[i] !== ends[i + 1]) kept[n++] = i;
  if (n === rows) return rows;
  for (const column of columns) for (let i = 0; i < n; i++) column[i] = column[kept[i]!]!;
  return n;
}

/** Columns as one array each, cut by series. */
async function split(blocks: readonly Block[], use: string): Promise<PiecesBySeries> {
  let rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  const pieces = new Map<number, Pieces>();
  const first = blocks[0];
  if (!first) return { rows, pieces, whole: new Set() };
  const breath = new Breath();
  const joined = new Map<string, Float64Array | Uint32Array | Uint8Array>();
  for (const [i, { name, data }] of first.columns.entries()) {
    const Of = (data as Float64Array).constructor as new (length: number) => Float64Array;
    const whole = new Of(rows);
    let at = 0;
    for (const block of blocks) {
      whole.set(block.columns[i]!.data as Float64Array, at);
      at += block.rows;
      if (breath.due) await breath.take();
    }
    joined.set(name, whole);
  }
  const column = (name: string): Float64Array => joined.get(name) as Float64Array;
  rows = dropOlder(joined.values(), joined.get('series') as Uint32Array, joined.get('e') as Uint32Array);
  const [ids, times, values, stale] = [joined.get('series') as Uint32Array, column('t'), column('v'), joined.get('stale')!];
  const whole = new Set<number>();
  for (let i = 0; i < rows; i++) {
    if (stale[i]! > 1) whole.add(ids[i]!);
    if (use === 'instant' && stale[i]! % 2 === 1) writeStale(values, i);
  }
  const rolled: RolledUp | undefined = isRate(use)
    ? { counts: column('n'), firstTimes: column('ft'), lastTimes: column('lt'), firsts: column('first'), resets: column('resets') }
    : hasCounts(use)
      ? { counts: column('n') }
      : undefined;
  for (let from = 0, to = 0; from < rows; from = to) {
    while (to < rows && ids[to] === ids[from]) to++;
    pieces.set(ids[from]!, { times, values, from, to, ...(rolled && { rolled }) });
    if (breath.due) await breath.take();
  }
  return { rows, pieces, whole };
}

/** Samples as pieces of one sample each: those that `has` says, and stale markers only where the newest sample is asked for. */
export function piecesOf({ times, values, from, to }: Omit<Pieces, 'rolled'>, use: string, has: (time: number) => boolean): Pieces {
  const instant = use === 'instant';
  const size = to - from;
  const [keptTimes, keptValues] = [new Float64Array(size), new Float64Array(size)];
  let n = 0;
  for (let i = from; i < to; i++) {
    const stale = values[i] !== values[i] && isStale(values, i);
    if ((stale && !instant) || !has(times[i]!)) continue;
    keptTimes[n] = times[i]!;
    if (stale) writeStale(keptValues, n++);
    else keptValues[n++] = use === 'count_over_time' ? 1 : values[i]!;
  }
  const plain = { times: keptTimes, values: keptValues, from: 0, to: n };
  const counts = new Float64Array(n).fill(1);
  if (!isRate(use)) return hasCounts(use) ? { ...plain, rolled: { counts } } : plain;
  return { ...plain, rolled: { counts, firstTimes: keptTimes, lastTimes: keptTimes, firsts: keptValues, resets: new Float64Array(n) } };
}

/** Two sequences of pieces by time, as one. */
export function joinPieces(a: Pieces | undefined, b: Pieces | undefined): Pieces | undefined {
  if (!a || a.from === a.to) return b;
  if (!b || b.from === b.to) return a;
  const size = a.to - a.from + b.to - b.from;
  const order = new Int32Array(size);
  for (let i = a.from, j = b.from, at = 0; at < size; at++) {
    const takeA = j >= b.to || (i < a.to && a.times[i]! <= b.times[j]!);
    order[at] = takeA ? i++ : -1 - j++;
  }
  const merge = (left: Float64Array, right: Float64Array): Float64Array => {
    const out = new Float64Array(size);
    // Bits, not numbers: a stale marker must stay one.
    const [to, l, r] = [out, left, right].map((one) => new BigUint64Array(one.buffer, one.byteOffset, one.length)) as [
      BigUint64Array,
      BigUint64Array,
      BigUint64Array,
    ];
    for (let at = 0; at < size; at++) to[at] = order[at]! >= 0 ? l[order[at]!]! : r[-1 - order[at]!]!;
    return out;
  };
  const rolled: RolledUp | undefined =
    a.rolled && b.rolled
      ? (Object.fromEntries(
          Object.entries(a.rolled).map(([name, array]) => [name, merge(array, b.rolled![name as keyof RolledUp]!)]),
        ) as unknown as RolledUp)
      : undefined;
  return { times: merge(a.times, b.times), values: merge(a.values, b.values), from: 0, to: size, ...(rolled && { rolled }) };
}
