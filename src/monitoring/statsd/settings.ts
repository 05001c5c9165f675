/** How names are made: PromQL's way, as the statsd daemon writes to Graphite, or as it does with its legacy namespace. */
export type StatsdNaming = 'prometheus' | 'graphite' | 'graphite-legacy';

/** Under `statsd:` in nines.yaml. */
export interface StatsdSettings {
  /** Milliseconds between two samples of a metric. */
  readonly flushInterval: number;
  /** Of timers, histograms and distributions; above 0, or below for the highest (as statsd has it, in Graphite's names only). */
  readonly percentiles: readonly number[];
  readonly names: readonly StatsdNaming[];
  /** Milliseconds after which a counter, timer or set that nobody sends ends. */
  readonly expire: number;
  /** The same for gauges, which mean something while they are silent. */
  readonly expireGauges: number;
}

export const DEFAULT_STATSD_SETTINGS: StatsdSettings = {
  flushInterval: 10_000,
  percentiles: [50, 90, 95, 99],
  names: ['prometheus'],
  expire: 3_600_000,
  expireGauges: 86_400_000,
};
