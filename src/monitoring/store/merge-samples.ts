import type { LateSample } from './late-samples.ts';
import type { SampleRows } from './telemetry-tables.ts';

/** A series' samples from one place: indexes `from` to `to` of arrays that are only read. */
export interface Span {
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly from: number;
  readonly to: number;
}

/** Where each series' rows are. `rows` are by series and time. */
export function spansOf(rows: SampleRows): Map<number, Span> {
  const spans = new Map<number, Span>();
  const { ids, times, values } = rows;
  for (let from = 0, to = 0; from < ids.length; from = to) {
    while (to < ids.length && ids[to] === ids[from]) to++;
    spans.set(ids[from] as number, { times, values, from, to });
  }
  return spans;
}

/**
 * One series' samples of the engine (oldest first, times perhaps repeated), late ones, and the window's, which are all
 * newer than those of the other two. No time twice: the first of the engine stays, then the late one.
 */
export function mergeSamples(engine: Span | undefined, late: readonly LateSample[], recent: Span | undefined): Span | undefined {
  if (engine && late.length === 0 && !recent && !repeats(engine)) return engine;
  const size = (engine ? engine.to - engine.from : 0) + late.length + (recent ? recent.to - recent.from : 0);
  if (size === 0) return undefined;
  const times = new Float64Array(size);
  const values = new Float64Array(size);
  const words = new Uint32Array(values.buffer);
  let to = 0;
  let newest = Number.NEGATIVE_INFINITY;
  const put = (time: number, low: number, high: number): void => {
    if (time <= newest) return;
    newest = time;
    times[to] = time;
    words[2 * to] = low;
    words[2 * to + 1] = high;
    to++;
  };
  let next = 0;
  const putLate = (before: number): void => {
    for (let one = late[next]; one && one.time < before; one = late[++next]) put(one.time, one.low, one.high);
  };
  for (const span of [engine, recent]) {
    if (!span) continue;
    const source = new Uint32Array(span.values.buffer, span.values.byteOffset, span.values.length * 2);
    for (let i = span.from; i < span.to; i++) {
      putLate(span.times[i] as number);
      put(span.times[i] as number, source[2 * i] as number, source[2 * i + 1] as number);
    }
  }
  putLate(Number.POSITIVE_INFINITY);
  return { times, values, from: 0, to };
}

function repeats({ times, from, to }: Span): boolean {
  for (let i = from + 1; i < to; i++) if (times[i] === times[i - 1]) return true;
  return false;
}
