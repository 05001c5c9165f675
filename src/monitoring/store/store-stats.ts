import { RESOLUTIONS, tableOf, type Resolution } from '../rollups/index.ts';
import { STUCK_MS } from './engine/flusher.ts';
import type { Recovered } from './recovery/recover.ts';

/** How the store is, for the UI and for alerts on nines itself. */
export interface StoreHealth {
  readonly state: 'ok' | 'degraded' | 'down';
  /** What is wrong and what still works; empty when all is well. */
  readonly detail: string;
}

export interface StoreStats {
  readonly series: number;
  /** Samples acknowledged since the start. */
  readonly appended: number;
  /** Samples dropped because their series has one of that time. */
  readonly duplicates: number;
  /** Samples not taken: the disk or the log was full, or their time was impossible. */
  readonly refused: number;
  /** Samples older than the window that the engine has yet to take. */
  readonly late: number;
  /** Bytes of the intake log that could not be read at the start, with readable ones after them. */
  readonly damagedBytes: number;
  /** Bytes at the ends of segments that were never finished: what a crash in the middle of a write leaves. */
  readonly tornBytes: number;
  /** Damaged places of the intake log at the start, by what was wrong with them. */
  readonly damage: Recovered['damage'];
  /** Samples that lost their labels with a damaged part of the log. */
  readonly namelessSamples: number;
  readonly windowSamples: number;
  readonly windowBytes: number;
  /** Everything newer than this (milliseconds since the epoch) is in memory; `-Infinity` when everything is. */
  readonly completeSince: number;
  readonly logBytes: number;
  /** Closed segments that the engine has yet to take. */
  readonly logSegments: number;
  /** Samples that the engine took since the start. */
  readonly engineSamples: number;
  /** What samples and each resolution of rollups take on disk, where the engine answers. */
  readonly kept: readonly Kept[];
  /** What each table of the engine takes on disk: samples, rollups, histograms, exemplars, series and the rest, the largest first. */
  readonly tables: readonly TableSize[];
  /** Rollups of five minutes hold everything up to here, but for what came late; milliseconds since the epoch. */
  readonly rolledThrough: number | undefined;
  /** What rolling up took since the start. */
  readonly rollupSeconds: number;
  /** Hours that samples came to after they were rolled up. */
  readonly lateHours: number;
  /** When the engine last took everything there was, milliseconds since the epoch. */
  readonly lastFlush: number | undefined;
  /** Free bytes on the data directory's disk. */
  readonly diskFree: number | undefined;
  readonly health: StoreHealth;
}

export interface TableSize {
  readonly table: string;
  readonly rows: number;
  readonly bytes: number;
}

export interface Kept {
  readonly resolution: 'raw' | Resolution;
  /** Samples, or buckets of them. */
  readonly rows: number;
  readonly bytes: number;
}

export const keptOf = (sizes: ReadonlyMap<string, { readonly rows: number; readonly bytes: number }>): Kept[] =>
  (['raw', ...RESOLUTIONS] as const).flatMap((resolution) => {
    const size = sizes.get(resolution === 'raw' ? 'samples' : tableOf(resolution));
    return size ? [{ resolution, ...size }] : [];
  });

export const tablesOf = (sizes: ReadonlyMap<string, { readonly rows: number; readonly bytes: number }>): TableSize[] =>
  [...sizes].map(([table, size]) => ({ table, ...size })).sort((a, b) => b.bytes - a.bytes);

const text = (fault: unknown): string => (fault instanceof Error ? fault.message : String(fault));

export type Losses = Pick<Recovered, 'damage' | 'damagedBytes' | 'nameless'>;

export interface Signs {
  readonly engineFault: unknown;
  /** How long the engine has been at one segment. */
  readonly engineBusyMs: number;
  readonly logFault: unknown;
  readonly logBytes: number;
  readonly maxLogBytes: number;
  /** What the start found, where the log was damaged. */
  readonly damage: Losses | undefined;
}

export function healthOf({ engineFault, engineBusyMs, logFault, logBytes, maxLogBytes, damage }: Signs): StoreHealth {
  if (logFault !== undefined)
    return { state: 'down', detail: `Samples are refused, because the intake log can't be written: ${text(logFault)}` };
  if (logBytes >= maxLogBytes) return { state: 'down', detail: `Samples are refused, because the intake log is full (${logBytes} bytes).` };
  const detail = "Samples are taken and the last minutes can be queried; older ones can't, and the intake log is growing";
  if (engineFault !== undefined) return { state: 'degraded', detail: `${detail}: ${text(engineFault)}` };
  if (engineBusyMs > STUCK_MS) {
    return { state: 'degraded', detail: `${detail}: the column store has not answered for ${Math.round(engineBusyMs / 1000)} s.` };
  }
  if (damage) {
    const kept = 'Everything else was kept, and all works. Look at the disk; the next start forgets this.';
    return { state: 'degraded', detail: `${lostWith(damage)} ${kept}` };
  }
  return { state: 'ok', detail: '' };
}

function lostWith({ damage: { missing = 0, empty = 0, ...places }, damagedBytes, nameless }: Losses): string {
  const kinds = Object.entries(places).map(([kind, count]) => `${kind}: ${count}`);
  const segments = [...(missing > 0 ? [`missing: ${missing}`] : []), ...(empty > 0 ? [`empty: ${empty}`] : [])];
  return [
    ...(damagedBytes > 0
      ? [`${damagedBytes} bytes of the intake log were damaged when nines started (${kinds.join(', ')}), and what they held is lost.`]
      : []),
    ...(segments.length > 0
      ? [`Whole segments of the intake log were lost when nines started (${segments.join(', ')}), with the samples in them.`]
      : []),
    ...(nameless > 0 ? [`${nameless} samples lost their labels with it.`] : []),
  ].join(' ');
}
