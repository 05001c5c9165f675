import type { Logger } from 'pino';
import type { Columns } from '../../../platform/columns/index.ts';
import { decodeHistogram } from '../../histogram/index.ts';
import { createRollupTables, type Keep, type Rollups } from '../../rollups/index.ts';
import type { Labels } from '../../series.ts';
import {
  countNameless,
  countRecent,
  createTables,
  forgetSeries,
  highestSeries,
  insertRecords,
  loadSeries,
  oldestSample,
  readRecent,
} from '../engine/telemetry-tables.ts';
import { parseHistograms } from '../histograms/histogram-record.ts';
import type { HistogramSide } from '../histograms/histogram-side.ts';
import { histogramSeries, readHistograms } from '../histograms/histogram-table.ts';
import type { IntakeLog } from '../log/intake-log.ts';
import { parseSeries, type LogRecord } from '../log/log-record.ts';
import type { DamageKind, Scan } from '../log/scan-records.ts';
import type { SeriesIndex } from '../series/series-index.ts';
import type { SourceBook } from '../series/source-book.ts';
import type { LateSamples } from '../window/late-samples.ts';
import { NO_ROOM, type RecentWindow, incompleteUntil } from '../window/recent-window.ts';
import { windowBudget } from '../window/trim-window.ts';

export interface RecoverParts {
  readonly columns: Columns;
  readonly intake: IntakeLog;
  readonly index: SeriesIndex;
  readonly sources: SourceBook;
  readonly window: RecentWindow;
  readonly late: LateSamples;
  readonly histograms: HistogramSide;
  readonly keep: Keep;
  readonly rollups: Rollups;
  readonly now: number;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
}

export interface Recovered {
  readonly segments: number;
  readonly samplesFromLog: number;
  readonly samplesFromEngine: number;
  readonly damagedBytes: number;
  readonly tornBytes: number;
  /** Damaged places of the log, by what was wrong with them. */
  readonly damage: Readonly<Partial<Record<DamageKind, number>>>;
  /** Samples in the engine whose series' labels are lost; only counted where the log was damaged. */
  readonly nameless: number;
}

/** Damaged places that the log tells of one by one. */
const MOST_TOLD = 20;
/** The window is refilled from at most this far back. */
const LOOK_BACK_MS = 6 * 3_600_000;
/** The window holds no more samples than this at the start. */
const MOST_HISTOGRAMS = 50_000_000;
/** The window is refilled to this part of its memory: it needs room to grow before the first trim. */
const REFILL = 0.5;

/** Brings the memory to where the last process left off: series, what is left in the log, and the window. */
export async function recover(parts: RecoverParts): Promise<Recovered> {
  const { columns, intake, index, window, rollups } = parts;
  await createTables(columns, parts.keep.raw);
  await createRollupTables(columns, parts.keep);
  await rollups.restore();
  const segments = intake.closed.length;
  const left: { segment: number; records: readonly LogRecord[] }[] = [];
  let samplesFromLog = 0;
  let damagedBytes = 0;
  let tornBytes = 0;
  const damage: Partial<Record<DamageKind, number>> = tellMissing(parts);
  for (const segment of intake.closed) {
    const scan = await readSegment(parts, segment);
    damagedBytes += scan.damagedBytes;
    tornBytes += scan.tornBytes;
    for (const { kind } of scan.damage) damage[kind] = (damage[kind] ?? 0) + 1;
    if (!intake.closed.includes(segment)) continue;
    tellDamage(parts, segment, scan);
    for (const record of scan.records) if (record.kind === 'samples') rollups.note(record.columns.times);
    try {
      const through = rollups.insert.bind(rollups);
      samplesFromLog += await insertRecords(columns, scan.records, intake.tokenOf(segment), through);
      await intake.drop(segment);
    } catch (error) {
      parts.log.error({ err: error, segment }, 'the column store did not take a segment of the intake log; it stays in the log');
      left.push({ segment, records: scan.records });
    }
  }
  if (left.length === 0) await forgetSeries(columns, parts.now - parts.keep.raw);
  await loadSeries(columns, (id, labels, source) => restore(parts, id, labels, source));
  for (const { records } of left) restoreSeries(parts, records);
  index.skipTo((await highestSeries(columns)) + 1);
  window.reserve(index.end);
  const samplesFromEngine = await refill(parts);
  await refillHistograms(parts);
  for (const { segment, records } of left) replay(parts, segment, records);
  const nameless = hasLosses(damage) ? await countNameless(columns) : 0;
  if (nameless > 0) parts.log.error({ samples: nameless }, 'samples have lost their labels with a damaged part of the intake log');
  return { segments, samplesFromLog, samplesFromEngine, damagedBytes, tornBytes, damage, nameless };
}

/** Whether something is lost that nobody sends again. */
export const hasLosses = (damage: Recovered['damage']): boolean => Object.keys(damage).some((kind) => kind !== 'order');

function tellMissing({ intake, log }: RecoverParts): Partial<Record<DamageKind, number>> {
  let missing = 0;
  for (const { from, to } of intake.missing.slice(0, MOST_TOLD))
    log.error({ from, to }, 'segments of the intake log are missing, and what they held is lost; those before and after them were read');
  for (const { from, to } of intake.missing) missing += to - from + 1;
  return missing > 0 ? { missing } : {};
}

/** One that can't be read costs itself: the others, and the start, go on. */
async function readSegment({ intake, log }: RecoverParts, segment: number): Promise<Scan> {
  try {
    const scan = await intake.read(segment);
    // The last one was never begun, or it would not be here: this one was.
    return intake.isEmpty(segment) ? { ...scan, damage: [{ kind: 'empty', at: 0, bytes: 0 }] } : scan;
  } catch (error) {
    const { file, bytes } = await intake.setAside(segment);
    log.error({ err: error, segment, file, bytes }, "a segment of the intake log can't be read and is lost; it was set aside");
    return { records: [], damage: [{ kind: 'unreadable', at: 0, bytes }], damagedBytes: Math.max(1, bytes), tornBytes: 0 };
  }
}

function restore({ index, sources }: RecoverParts, id: number, labels: Labels, source = ''): void {
  if (index.restore(id, labels)) sources.own(id, sources.numberOfText(source));
}

function restoreSeries(parts: RecoverParts, records: readonly LogRecord[]): void {
  for (const record of records) {
    if (record.kind === 'series') for (const [id, labels, source] of parseSeries(record.json)) restore(parts, id, labels, source);
  }
}

function tellDamage({ log }: RecoverParts, segment: number, { damage, tornBytes }: Scan): void {
  for (const { kind, at, bytes } of damage.slice(0, MOST_TOLD)) {
    if (kind === 'order') log.warn({ segment, at, bytes }, 'a record of the intake log stands there twice; it was read once');
    else log.error({ segment, kind, at, bytes }, 'a part of the intake log is damaged and lost; the rest of it was read');
  }
  if (damage.length > MOST_TOLD) log.error({ segment, places: damage.length }, 'this segment of the intake log is damaged in many places');
  if (tornBytes > 0) log.warn({ segment, bytes: tornBytes }, 'the intake log ends in a write that was never finished');
}

async function refill({ columns, index, window, now }: RecoverParts): Promise<number> {
  const oldest = await oldestSample(columns);
  if (oldest === undefined) return 0;
  const room = (windowBudget(index.size, window.slab.capacityBytes) / 16) * REFILL;
  let since = now - LOOK_BACK_MS;
  let samples = 0;
  for (const [minute, count] of await countRecent(columns, since)) {
    samples += count;
    if (samples > room) {
      since = Math.min(minute + 60_000, now);
      break;
    }
  }
  window.completeSince = since < oldest ? Number.NEGATIVE_INFINITY : since;
  const rows = await readRecent(columns, since < oldest ? oldest - 1 : since);
  const words = new Uint32Array(rows.values.buffer);
  for (let i = 0; i < rows.ids.length; i++) {
    const id = rows.ids[i] as number;
    const time = rows.times[i] as number;
    if (index.labelsOf(id) === undefined) continue;
    if (window.insert(id, rows.times, words, i) === NO_ROOM) window.completeSince = incompleteUntil(time, now, window.completeSince);
  }
  return rows.ids.length;
}

/** The window's, which the engine has. */
async function refillHistograms({ columns, window, histograms }: RecoverParts): Promise<void> {
  histograms.know(await histogramSeries(columns));
  if (histograms.empty) return;
  for (const { id, time, data } of await readHistograms(
    columns,
    undefined,
    window.completeSince,
    Number.POSITIVE_INFINITY,
    MOST_HISTOGRAMS,
  )) {
    if (window.has(id, time)) histograms.add(id, time, decodeHistogram(data));
  }
}

function replay({ window, late, histograms, now }: RecoverParts, segment: number, records: readonly LogRecord[]): void {
  for (const record of records) {
    if (record.kind === 'histograms') {
      for (const { id, time, data } of parseHistograms(record.payload)) {
        if (time > window.completeSince) histograms.add(id, time, decodeHistogram(data));
        else histograms.addLate(segment, id, time, decodeHistogram(data));
      }
    }
    if (record.kind !== 'samples') continue;
    const { ids, times, values } = record.columns;
    const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i] as number;
      const time = times[i] as number;
      if (time > window.completeSince && window.insert(id, times, words, i) !== NO_ROOM) continue;
      late.add(segment, id, time, words, i);
      window.noteNewest(id, time);
      window.completeSince = incompleteUntil(time, now, window.completeSince);
    }
  }
}
