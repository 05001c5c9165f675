import type { Hop } from '../../../../src/monitoring/probe/probe-result.ts';

/** `GET /nines/v1/probes`: each probe and its latest result. Times are ISO 8601 or milliseconds. */
export interface ProbeAnswer {
  readonly probe: string;
  readonly service?: string | null;
  readonly url: string;
  readonly at: number | string | null;
  readonly success: boolean | null;
  readonly reason?: string | null;
  readonly durationMs: number | null;
  readonly status?: number | null;
  readonly hops?: readonly Hop[];
}

/** `GET /nines/v1/targets`: each scrape target and how its last scrape went. */
export interface TargetAnswer {
  readonly scrape: string;
  readonly job: string;
  readonly url: string;
  readonly instance?: string;
  readonly service?: string | null;
  readonly health: 'up' | 'down' | 'unknown';
  /** What exactly went wrong. */
  readonly error: string | null;
  readonly lastScrapeAt: number | string | null;
  readonly durationMs: number | null;
  readonly samples: number | null;
}
