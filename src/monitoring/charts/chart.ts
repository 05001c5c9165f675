import type { Theme } from './palette.ts';

export interface ChartSeries {
  readonly name: string;
  /** Time in milliseconds and value, oldest first. A value that is not a number is a gap. */
  readonly points: readonly (readonly [number, number])[];
}

export interface Chart {
  readonly title: string;
  readonly series: readonly ChartSeries[];
  /** Milliseconds. */
  readonly from: number;
  readonly to: number;
  /** `ratio`, `s`, `By`, or anything else as it is; empty for bare numbers. */
  readonly unit: string;
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
  /** Marked with a line and a word: 'outage begins'. */
  readonly annotations: readonly { readonly time: number; readonly label: string }[];
  /** Drawn as a line across: what an alert compares with. */
  readonly threshold?: number | undefined;
  /** Points further apart than this are not joined, in milliseconds. By default 2.5 times the median distance. */
  readonly gap?: number | undefined;
  /** In which times are written, by its IANA name; UTC by default. */
  readonly timeZone?: string | undefined;
}

/** Where the lines are drawn, and where a time and a value are in it. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  x(time: number): number;
  y(value: number): number;
}

/** More lines than these nobody tells apart: the rest is counted. */
export const MOST_SERIES = 20;
