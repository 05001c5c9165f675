import { Breath, type Columns } from '../../../platform/columns/index.ts';
import { LimitError, Problem } from '../../../platform/problem.ts';
import {
  inWindows,
  isInWindow,
  joinPieces,
  notReadable,
  piecesOf,
  planOf,
  readPieces,
  tell,
  HOUR,
  hourOf,
  WIDTH,
  type Pieces,
  type Plan,
  type Readable,
  type Resolution,
  type Rollups,
} from '../../rollups/index.ts';
import type { Labels, Matcher, SelectOptions, Series } from '../../series.ts';
import type { HistogramSide } from '../histograms/histogram-side.ts';
import type { RetentionClasses } from '../series/retention-classes.ts';
import type { SeriesIndex } from '../series/series-index.ts';
import type { LateSample, LateSamples } from '../window/late-samples.ts';
import type { RecentWindow } from '../window/recent-window.ts';
import { mergeSamples, spansOf, type Span } from './merge-samples.ts';
import { readSamples, SAMPLE_TIME } from './telemetry-tables.ts';

export interface SelectParts {
  readonly index: SeriesIndex;
  readonly window: RecentWindow;
  readonly late: LateSamples;
  readonly histograms: HistogramSide;
  readonly columns: Columns | undefined;
  /** The most samples that may be read from the engine. */
  readonly maxRead: number;
  /** Whether samples have left the window that the engine doesn't have yet. */
  readonly gap: boolean;
  readonly classes: RetentionClasses;
  readonly rollups: Rollups | undefined;
  readonly now: number;
}

/** From the window's memory where it reaches back far enough, else from the engine and the window together. */
export function select(
  parts: SelectParts,
  matchers: readonly Matcher[],
  from: number,
  to: number,
  options: SelectOptions = {},
): Promise<Series[]> | Series[] {
  const ids = parts.index.select(matchers);
  if (from > to || ids.length === 0) return [];
  const asked = options.windows?.resolution ?? 'auto';
  const { completeSince } = parts.window;
  const inMemory = from > completeSince && (asked === 'auto' || asked === 'raw');
  if (inMemory && (from - skippedOf(options) > completeSince || areExact(parts, ids, from, options)))
    return selectRecent(parts, ids, from, to, options);
  return selectPlanned(parts, ids.slice(), from, to, options);
}

const skippedOf = ({ windows }: SelectOptions): number => windows?.skipped ?? 0;

/** Whether the samples say the same as what the whole query would be answered from. */
const areExact = (parts: SelectParts, ids: Uint32Array, from: number, options: SelectOptions): boolean =>
  parts.classes.group(ids).every(({ keep }) => planOf(keep, options.windows, from - skippedOf(options), parts.now).exact);

/** Buckets hold no histograms: series that have some are answered from their samples, as far back as these are kept. */
function apart(histograms: HistogramSide, ids: Uint32Array, plan: Plan): { readonly ids: Uint32Array; readonly plan: Plan }[] {
  if (histograms.empty || plan.resolution === 'raw') return [{ ids, plan }];
  const ours = ids.filter((id) => histograms.has(id));
  const others = ids.filter((id) => !histograms.has(id));
  return [
    { ids: others, plan },
    { ids: ours, plan: { ...plan, resolution: 'raw' as const } },
  ].filter((one) => one.ids.length > 0);
}

/** Each class of series by what it keeps. What rollups can't give exactly makes windows longer for all. */
async function selectPlanned(parts: SelectParts, ids: Uint32Array, from: number, to: number, options: SelectOptions): Promise<Series[]> {
  const { windows } = options;
  const found: Series[] = [];
  const plans = parts.classes
    .group(ids)
    .flatMap((group) => apart(parts.histograms, group.ids, planOf(group.keep, windows, from - skippedOf(options), parts.now)));
  for (const one of plans) {
    const { plan } = one;
    let series: Series[];
    if (windows === undefined || plan.resolution === 'raw' || !parts.rollups) {
      series = await selectOlder(
        parts,
        one.ids,
        from,
        to,
        options,
        windows && { sql: inWindows(windows, SAMPLE_TIME), has: (time) => isInWindow(windows, time) },
      );
    } else {
      const rolled = { ...plan, resolution: plan.resolution };
      windows.report({ note: tell(rolled, windows), range: plan.range, width: plan.exact ? undefined : WIDTH[plan.resolution] });
      series = await selectRolled(parts, parts.rollups, one.ids, rolled, from, to, { ...options, windows });
    }
    found.push(...series);
  }
  return plans.length > 1 ? found.sort((a, b) => a.id - b.id) : found;
}

/** Buckets as far as there are good ones, and for the rest the samples themselves, each a bucket of its own. */
async function selectRolled(
  parts: SelectParts,
  rollups: Rollups,
  ids: Uint32Array,
  plan: Plan & { readonly resolution: Resolution },
  from: number,
  to: number,
  options: SelectOptions & { readonly windows: NonNullable<SelectOptions['windows']> },
): Promise<Series[]> {
  const { columns, index } = parts;
  const { windows } = options;
  // Noted before anything is read: what is rolled up meanwhile is read from the samples.
  const readable: Readable = { through: Math.max(rollups.through(plan.resolution), 0), late: rollups.lateHours };
  if (!columns) throw new Problem(503, 'engine-away', older(parts.window.completeSince, 'the column store is away'), { retryAfter: 30 });
  const most = Math.min(options.maxSamples ?? Number.POSITIVE_INFINITY, parts.maxRead);
  // Windows that were made longer begin earlier.
  const begin = from - (plan.range - windows.range);
  const { rows, pieces, whole } = await readPieces(
    columns,
    ids,
    plan,
    { ...windows, range: plan.range, report: windows.report },
    readable,
    { from: begin, to },
    most,
  );
  if (rows > most) throw tooMany(most, most === options.maxSamples ? 'query.maxSamples' : 'store.maxReadSamples');
  options.signal?.throwIfAborted();
  const late = new Set(readable.late);
  const oldest = Math.min(readable.through + 1, ...readable.late.map((hour) => hour - HOUR + 1));
  const sparse = plan.exact ? inWindows(windows, SAMPLE_TIME) : '';
  const filter = {
    sql: `${notReadable(readable, SAMPLE_TIME)}${sparse}`,
    has: (time: number) => (time > readable.through || late.has(hourOf(time))) && (!plan.exact || isInWindow(windows, time)),
  };
  const start = Math.max(begin, oldest);
  const rest = start > to ? [] : await selectFiltered(parts, ids, start, to, { ...options, maxSamples: most - rows }, filter);
  const restOf = new Map(rest.map((one) => [one.id, piecesOf(one, windows.use, filter.has)]));
  for (const one of rest) if (one.histograms !== undefined) whole.add(one.id);
  const found: Series[] = [];
  if (whole.size > 0) {
    const unrolled = { sql: inWindows(windows, SAMPLE_TIME), has: (time: number) => isInWindow(windows, time) };
    found.push(
      ...(await selectOlder(
        parts,
        ids.filter((id) => whole.has(id)),
        from,
        to,
        { ...options, maxSamples: most - rows },
        unrolled,
      )),
    );
  }
  const breath = new Breath();
  for (const id of ids) {
    if (whole.has(id)) continue;
    const joined: Pieces | undefined = joinPieces(pieces.get(id), restOf.get(id));
    if (joined && joined.from < joined.to) found.push({ id, labels: index.labelsOf(id) as Labels, ...joined });
    if (breath.due) await breath.take();
  }
  return whole.size > 0 ? found.sort((a, b) => a.id - b.id) : found;
}

/** Samples that may be left out: by SQL in the engine, and by what it means elsewhere. */
interface Filter {
  readonly sql: string;
  has(time: number): boolean;
}

const selectFiltered = async (
  parts: SelectParts,
  ids: Uint32Array,
  from: number,
  to: number,
  options: SelectOptions,
  filter: Filter,
): Promise<Series[]> =>
  from > parts.window.completeSince
    ? selectRecent(parts, ids, from, to, options)
    : await selectOlder(parts, ids, from, to, options, filter);

function selectRecent({ index, window }: SelectParts, ids: Uint32Array, from: number, to: number, options: SelectOptions): Series[] {
  const { times, values } = window.slab;
  const most = options.maxSamples ?? Number.POSITIVE_INFINITY;
  const found: Series[] = [];
  const place = new Uint32Array(2);
  let samples = 0;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number;
    if (!window.find(id, from, to, place)) continue;
    const first = place[0] as number;
    const end = place[1] as number;
    samples += end - first;
    if (samples > most) throw tooMany(most);
    found.push({ id, labels: index.labelsOf(id) as Labels, times, values, from: first, to: end });
  }
  window.slab.noteRead(options.lease);
  return found;
}

/**
 * The window and the late samples are noted before the engine is asked, so that what moves to the engine meanwhile is seen
 * in one of the places; where it is seen in two, the times are the same and one goes.
 */
async function selectOlder(
  parts: SelectParts,
  ids: Uint32Array,
  from: number,
  to: number,
  options: SelectOptions,
  filter?: Filter,
): Promise<Series[]> {
  const { index, window, late, columns } = parts;
  if (!columns) throw new Problem(503, 'engine-away', older(window.completeSince, 'the column store is away'), { retryAfter: 30 });
  if (parts.gap)
    throw new Problem(503, 'engine-behind', older(window.completeSince, 'the column store is catching up'), { retryAfter: 30 });
  const most = options.maxSamples ?? Number.POSITIVE_INFINITY;
  const boundary = window.completeSince;
  const recent = new Map<number, Span>();
  const lateOf = new Map<number, readonly LateSample[]>();
  const place = new Uint32Array(2);
  const { times, values } = window.slab;
  for (const id of ids) {
    if (window.find(id, from, to, place)) recent.set(id, { times, values, from: place[0] as number, to: place[1] as number });
    const samples = late.of(id, from, Math.min(to, boundary)).filter(({ time }) => filter?.has(time) ?? true);
    if (samples.length > 0) lateOf.set(id, samples);
  }
  window.slab.noteRead(options.lease);
  const mostRead = Math.min(most, parts.maxRead);
  const rows = await readSamples(columns, ids, from, Math.min(to, boundary), mostRead + 1, filter?.sql);
  if (rows.ids.length > mostRead) throw tooMany(mostRead, mostRead === most ? 'query.maxSamples' : 'store.maxReadSamples');
  options.signal?.throwIfAborted();
  const spans = await spansOf(rows);
  const breath = new Breath();
  const found: Series[] = [];
  let samples = 0;
  for (const id of ids) {
    const span = mergeSamples(spans.get(id), lateOf.get(id) ?? [], recent.get(id));
    if (!span) continue;
    samples += span.to - span.from;
    if (samples > most) throw tooMany(most);
    found.push({ id, labels: index.labelsOf(id) as Labels, ...span });
    if (breath.due) await breath.take();
  }
  return found;
}

const older = (since: number, why: string): string =>
  `Samples from before ${new Date(since).toISOString()} can't be read, because ${why}. Newer ones can.`;

const tooMany = (most: number, setting = 'query.maxSamples'): LimitError =>
  new LimitError(422, 'The query touches too many samples: ask for fewer series or a shorter time.', {
    limit: most,
    setting,
  });
