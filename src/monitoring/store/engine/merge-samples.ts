import { Breath } from '../../../platform/columns/index.ts';
import type { LateSample } from '../window/late-samples.ts';
import type { SampleRows } from './telemetry-tables.ts';

/** A series' samples from one place: indexes `from` to `to` of arrays that are only read. */
export interface Span {
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly from: number;
  readonly to: number;
}

/** Where each series' rows are. `rows` are by series and time. */
export async function spansOf(rows: SampleRows): Promise<Map<number, Span>> {
  const spans = new Map<number, Span>();
  const { ids, times, values } = rows;
  const breath = new Breath();
  for (let from = 0, to = 0; from < ids.length; from = to) {
    while (to < ids.length && ids[to] === ids[from]) to++;
    spans.set(ids[from] as number, { times, values, from, to });
    if (breath.due) await breath.take();
  }
  return spans;
}

/**
 * One series' samples of the engine (oldest first, times perhaps repeated), late ones and the window's. No time twice:
 * the engine's first of a time stays, then the late one, then the window's.
 */
export function mergeSamples(engine: Span | undefined, late: readonly LateSample[], recent: Span | undefined): Span | undefined {
  const sources = [engine && cursorOf(engine), late.length > 0 ? cursorOf(spanOf(late)) : undefined, recent && cursorOf(recent)].filter(
    (one) => one !== undefined,
  );
  const size = sources.reduce((sum, one) => sum + one.end - one.at, 0);
  if (size === 0) return undefined;
  const times = new Float64Array(size);
  const words = new Uint32Array(size * 2);
  let to = 0;
  let newest = Number.NEGATIVE_INFINITY;
  for (let next = oldestOf(sources); next; next = oldestOf(sources)) {
    const time = next.times[next.at] as number;
    if (time > newest) {
      newest = time;
      times[to] = time;
      words[2 * to] = next.words[2 * next.at] as number;
      words[2 * to + 1] = next.words[2 * next.at + 1] as number;
      to++;
    }
    next.at++;
  }
  return { times, values: new Float64Array(words.buffer), from: 0, to };
}

interface Cursor {
  readonly times: Float64Array;
  /** The values' bits. */
  readonly words: Uint32Array;
  at: number;
  readonly end: number;
}

const cursorOf = ({ times, values, from, to }: Span): Cursor => ({
  times,
  words: new Uint32Array(values.buffer, values.byteOffset, values.length * 2),
  at: from,
  end: to,
});

function spanOf(late: readonly LateSample[]): Span {
  const words = Uint32Array.from(late.flatMap(({ low, high }) => [low, high]));
  return { times: Float64Array.from(late, ({ time }) => time), values: new Float64Array(words.buffer), from: 0, to: late.length };
}

/** The cursor with the oldest next sample; of several, the first. */
function oldestOf(cursors: readonly Cursor[]): Cursor | undefined {
  let oldest: Cursor | undefined;
  for (const one of cursors) {
    if (one.at < one.end && !(oldest && (oldest.times[oldest.at] as number) <= (one.times[one.at] as number))) oldest = one;
  }
  return oldest;
}
