import { Breath, type Columns } from '../../platform/columns/index.ts';
import { LimitError, Problem } from '../../platform/problem.ts';
import type { Labels, Matcher, SelectOptions, Series } from '../series.ts';
import type { LateSample, LateSamples } from './late-samples.ts';
import { mergeSamples, spansOf, type Span } from './merge-samples.ts';
import type { RecentWindow } from './recent-window.ts';
import type { SeriesIndex } from './series-index.ts';
import { readSamples } from './telemetry-tables.ts';

export interface SelectParts {
  readonly index: SeriesIndex;
  readonly window: RecentWindow;
  readonly late: LateSamples;
  readonly columns: Columns | undefined;
  /** The most samples that may be read from the engine. */
  readonly maxRead: number;
  /** Whether samples have left the window that the engine doesn't have yet. */
  readonly gap: boolean;
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
  if (from > parts.window.completeSince) return selectRecent(parts, ids, from, to, options);
  return selectOlder(parts, ids.slice(), from, to, options);
}

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
async function selectOlder(parts: SelectParts, ids: Uint32Array, from: number, to: number, options: SelectOptions): Promise<Series[]> {
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
    const samples = late.of(id, from, Math.min(to, boundary));
    if (samples.length > 0) lateOf.set(id, samples);
  }
  window.slab.noteRead(options.lease);
  const mostRead = Math.min(most, parts.maxRead);
  const rows = await readSamples(columns, ids, from, Math.min(to, boundary), mostRead + 1);
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
