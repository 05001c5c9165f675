/** The widths of buckets in which samples are rolled up, finest first. */
export const RESOLUTIONS = ['1m', '5m', '1h'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

/** Milliseconds. A bucket holds `(end - width, end]`, open on the left as the windows of PromQL are, and ends at multiples of its width. */
export const WIDTH: Readonly<Record<Resolution, number>> = { '1m': 60_000, '5m': 300_000, '1h': 3_600_000 };

/** Work is done and noted by the hour: every bucket of every resolution lies in one. */
export const HOUR = WIDTH['1h'];

/** The end of the hour `(end - 1 h, end]` that a time lies in. */
export const hourOf = (time: number): number => Math.ceil(time / HOUR) * HOUR;

export const isResolution = (text: string): text is Resolution => (RESOLUTIONS as readonly string[]).includes(text);
