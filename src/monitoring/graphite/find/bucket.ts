import type { Series } from '../../series.ts';
import type { AggregationMethod } from '../settings.ts';

/** A time in steps, as whisper answers it: the first step that begins after `from`, up to the first that begins after `until`. */
export interface Grid {
  /** Seconds, multiples of `step`; `end` is the first that is not in it. */
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

export function gridOf(from: number, until: number, step: number): Grid {
  const next = (time: number): number => Math.floor(time / step) * step + step;
  const start = next(from);
  return { start, end: Math.max(next(until), start + step), step };
}

/**
 * The samples by steps, each step's put together. With `jitter`, the steps are those that samples come at: where one comes a
 * little early or late and so falls into its neighbour's step, it goes to its own, which would be empty.
 */
export function bucket(samples: Series | undefined, { start, end, step }: Grid, method: AggregationMethod, jitter: boolean): Float64Array {
  const values = new Float64Array(Math.round((end - start) / step)).fill(NaN);
  if (samples === undefined) return values;
  const counts = method === 'average' ? new Uint32Array(values.length) : undefined;
  let last = -1;
  let lastEarly = false;
  for (let i = samples.from; i < samples.to; i++) {
    const value = samples.values[i]!;
    if (value !== value) continue;
    const place = (samples.times[i]! / 1000 - start) / step;
    let at = Math.floor(place);
    if (jitter && at === last) {
      if (place - at > 0.75) at++;
      else if (lastEarly && at > 0 && values[at - 1] !== values[at - 1]) {
        values[at - 1] = values[at]!;
        if (counts) counts[at - 1] = 1;
        values[at] = NaN;
        if (counts) counts[at] = 0;
      }
    }
    lastEarly = at !== last && place - at < 0.25;
    last = at;
    if (at < 0 || at >= values.length) continue;
    const before = values[at]!;
    values[at] = before === before ? combine(method, before, value) : value;
    if (counts) counts[at] = counts[at]! + 1;
  }
  if (counts) for (let i = 0; i < values.length; i++) if (counts[i]! > 1) values[i] = values[i]! / counts[i]!;
  return values;
}

/** Of an average the sum: it is divided at the end. */
function combine(method: AggregationMethod, before: number, value: number): number {
  switch (method) {
    case 'min':
      return Math.min(before, value);
    case 'max':
      return Math.max(before, value);
    case 'last':
      return value;
    default:
      return before + value;
  }
}
