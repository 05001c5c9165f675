import type { Clock } from '../../platform/clock.ts';
import type { QueryEngine } from '../promql/index.ts';
import { RESOLUTIONS, tableOf, type Keep } from '../rollups/index.ts';
import type { StoreShape } from '../store/index.ts';
import { forecastDisk, type DiskForecast, type Grower } from './disk-forecast.ts';

export interface DiskWatchDeps {
  readonly shape: StoreShape;
  /** The engine that decides: a person's slow query must not hold up a forecast. */
  readonly engine: Pick<QueryEngine, 'range'>;
  readonly clock: Clock;
  /** The longest that anything of each kind is kept. */
  readonly keep: Keep;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** How far back growth is looked at, and how often in between: days where there are some, else the hours there are. */
const SPANS = [
  [3 * DAY, HOUR],
  [6 * HOUR, 300_000],
] as const;
const FEW = 12;
const FRESH_MS = 300_000;
/** Expired samples go by the whole part: a day of them, a week of minutes, a month of the rest. */
const PART_MS: Readonly<Record<string, number>> = { raw: DAY, '1m': 7 * DAY, '5m': 31 * DAY, '1h': 31 * DAY };
const SIZE = 'sum by (resolution) (nines_store_engine_bytes{job="nines"})';

/** When the disk of the data folder is full: from what nines stored of its own size. */
export class DiskWatch {
  readonly #deps: DiskWatchDeps;
  #growers: readonly Grower[] = [];
  #at = Number.NEGATIVE_INFINITY;

  constructor(deps: DiskWatchDeps) {
    this.#deps = deps;
  }

  /** Undefined while there is too little history, or no answer. Rejects never. @param free bytes left on the disk */
  async forecast(free: number | undefined): Promise<DiskForecast | undefined> {
    const now = this.#deps.clock.now();
    if (free === undefined || !this.#deps.shape.engine) return undefined;
    if (Math.abs(now - this.#at) >= FRESH_MS) {
      this.#at = now;
      this.#growers = await this.#look(now).catch(() => this.#growers);
    }
    return forecastDisk(this.#growers, free, now);
  }

  async #look(now: number): Promise<Grower[]> {
    let found = new Map<string, [number, number][]>();
    for (const [span, step] of SPANS) {
      const { series } = await this.#deps.engine.range(SIZE, now - span, now, step, { timeout: 10_000 });
      found = new Map(
        series.map(({ labels, times, values }) => [
          labels['resolution'] ?? '',
          Array.from(times, (time, i) => [time, values[i] as number]),
        ]),
      );
      if ([...found.values()].some((points) => points.length >= FEW)) break;
    }
    const growers: Grower[] = [];
    for (const [resolution, points] of found) growers.push({ points, steadyAt: await this.#steadyAt(resolution) });
    return growers;
  }

  /** When the oldest of a resolution go. */
  async #steadyAt(resolution: string): Promise<number | undefined> {
    const { shape, keep } = this.#deps;
    const known = resolution === 'raw' ? 'raw' : RESOLUTIONS.find((one) => one === resolution);
    if (known === undefined || !shape.engine) return undefined;
    const sql =
      known === 'raw'
        ? 'SELECT count() AS n, toUnixTimestamp64Milli(min(time)) AS t FROM samples'
        : `SELECT count() AS n, toInt64(toUnixTimestamp(min(end))) * 1000 AS t FROM ${tableOf(known)}`;
    const [row] = await shape.engine.query<{ n: string; t: string }>(sql, {}, { timeoutMs: 10_000 });
    return row && row.n !== '0' ? Number(row.t) + keep[known] + (PART_MS[known] ?? 0) : undefined;
  }
}
