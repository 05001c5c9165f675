/** What the files of the intake log are called, and which of them must have been there once. */
import { randomUUID } from 'node:crypto';

/** Numbers start anew when the log was empty at a start, so a name has something of its own, too: see `IntakeLog.tokenOf`. */
export const newSegmentName = (segment: number): string => `${String(segment).padStart(12, '0')}-${randomUUID()}.log`;

/** NaN where it is no segment's name. */
export const segmentNumber = (name: string): number => Number(/^(\d{12})-[\da-f-]{36}\.log$/.exec(name)?.[1] ?? Number.NaN);

/** An empty file in the place of a segment that was taken while an older one was not. */
export const takenName = (name: string): string => `${name}.taken`;
export const unreadableName = (name: string): string => `${name}.unreadable`;

/** Of a file in the place of a segment that there is nothing to read of. NaN where it is none. */
const placeNumber = (name: string): number => segmentNumber(name.replace(/\.(?:taken|unreadable)$/, ''));

/** Segments that are gone: the first and the last of them. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/**
 * Segments are numbered one after the other and the oldest leaves first, so that a number between two that are there is of one that
 * was lost. Whether some are lost before the first, or after the last, nobody can tell.
 *
 * @param segments the numbers of those that can be read, oldest first
 * @param names of all files
 */
export function gapsBetween(segments: readonly number[], names: readonly string[]): Gap[] {
  const [first = Number.NaN, last = Number.NaN] = [segments[0], segments.at(-1)];
  const places = names.map(placeNumber).filter((number) => number > first && number < last);
  const sorted = [...segments, ...places].sort((a, b) => a - b);
  return sorted.flatMap((at, i) => {
    const before = sorted[i - 1];
    return before === undefined || at <= before + 1 ? [] : [{ from: before + 1, to: at - 1 }];
  });
}

/** Those that stand in for segments before the oldest that is left: nobody asks for them any more. */
export const pastPlaces = (names: readonly string[], oldest: number | undefined): string[] =>
  names.filter((name) => name.endsWith('.taken') && placeNumber(name) < (oldest ?? Number.POSITIVE_INFINITY));
