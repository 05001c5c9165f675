import { kept, type Keep } from './keep.ts';
import { isResolution, WIDTH, type Resolution } from './resolutions.ts';
import type { WindowUse } from '../series.ts';

/** What is read of a bucket for a function of its samples: the column that stands for its value. */
const COLUMN: Readonly<Record<string, 'last' | 'first' | 'sum' | 'min' | 'max' | 'count'>> = {
  instant: 'last',
  last_over_time: 'last',
  ts_of_last_over_time: 'last',
  present_over_time: 'last',
  absent_over_time: 'last',
  rate: 'last',
  increase: 'last',
  delta: 'last',
  first_over_time: 'first',
  ts_of_first_over_time: 'first',
  sum_over_time: 'sum',
  avg_over_time: 'sum',
  min_over_time: 'min',
  max_over_time: 'max',
  count_over_time: 'count',
};

/** Where the samples of a query come from. */
export interface Plan {
  readonly resolution: Resolution | 'raw';
  readonly column: (typeof COLUMN)[string];
  /** Whether windows begin and end where buckets do, so that the answer is the samples' own. */
  readonly exact: boolean;
  /** Milliseconds that windows have to have, at least, to hold buckets. */
  readonly range: number;
}

const RAW: Plan = { resolution: 'raw', column: 'last', exact: true, range: 0 };

const wholeNumberOf = (ms: number, width: number): boolean => ms % width === 0;

/** Whether every window begins and ends where buckets of the resolution do. */
function aligned({ use, first, step, last, range }: WindowUse, resolution: Resolution): boolean {
  const width = WIDTH[resolution];
  // The newest sample up to a moment is in the newest bucket up to it, wherever its lookback begins.
  return (
    wholeNumberOf(first, width) && (first === last || wholeNumberOf(step, width)) && (use === 'instant' || wholeNumberOf(range, width))
  );
}

/**
 * The coarsest resolution that gives the samples' own answer; else the samples; and where those are gone, the finest rollup that
 * reaches back far enough, with windows as near as buckets allow. `from`: the oldest time that is looked at.
 */
export function planOf(keep: Keep, windows: WindowUse | undefined, from: number, now: number): Plan {
  const column = COLUMN[windows?.use ?? ''];
  if (windows === undefined || column === undefined || windows.resolution === 'raw') return RAW;
  const there = kept(keep);
  const asked = windows.resolution;
  const reaches = (resolution: Resolution): boolean => from >= now - keep[resolution];
  const having = (resolution: Resolution, exact: boolean): Plan => {
    const width = WIDTH[resolution];
    const range = exact || windows.use === 'instant' ? windows.range : Math.max(width, Math.ceil(windows.range / width) * width);
    return { resolution, column, exact, range };
  };
  if (isResolution(asked)) return there.includes(asked) ? having(asked, aligned(windows, asked)) : RAW;
  const samples = from >= now - keep.raw;
  const coarsest = [...there].reverse();
  // While there are samples, a minute's bucket saves no reading.
  const exact = coarsest.find((one) => aligned(windows, one) && reaches(one) && !(samples && one === '1m'));
  if (exact !== undefined) return having(exact, true);
  if (samples) return RAW;
  const nearest = there.find(reaches) ?? coarsest[0];
  return nearest === undefined || keep.raw >= keep[nearest] ? RAW : having(nearest, aligned(windows, nearest));
}

/** What an answer that isn't made of samples alone says of itself. */
export function tell({ resolution, exact, range }: Plan, windows: WindowUse): string {
  if (exact) return `answered from ${resolution} rollups`;
  const widened = range > windows.range && windows.use !== 'instant' ? ` of ${range / 60_000}m` : '';
  return `answered from ${resolution} rollups: windows${widened} end up to ${resolution} earlier, where buckets do; a step of a multiple of ${resolution} is exact`;
}
