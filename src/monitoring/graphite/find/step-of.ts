import type { Series } from '../../series.ts';
import { found, pythonRegExp } from '../python-regexp.ts';
import type { AggregationMethod, GraphiteSettings } from '../settings.ts';

/** Steps that people choose, in seconds. */
const USUAL = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 14_400, 21_600, 43_200, 86_400];
const LOOKED_AT = 64;
const MOST_KNOWN = 500_000;
/** How long a step that was found is believed. */
const BELIEVED_MS = 600_000;
const UNKNOWN_STEP = 60;

interface Known {
  readonly step: number;
  readonly at: number;
}

/** The steps of series: those the settings give, else the median distance of their samples, remembered for a while. */
export class Steps {
  readonly #settings: GraphiteSettings['steps'];
  readonly #known = new Map<string, Known>();

  constructor(settings: GraphiteSettings['steps']) {
    this.#settings = settings;
  }

  /** Whether nothing but a guess can be said of the step yet. */
  unsure(name: string, samples: Series | undefined): boolean {
    const few = samples === undefined || samples.to - samples.from < 3;
    return few && !this.#known.has(name) && !this.#settings.some(({ pattern }) => found(pythonRegExp(pattern), name));
  }

  /** Seconds. `samples` are those of the time that is asked for, `now` milliseconds. */
  stepOf(name: string, samples: Series | undefined, now: number): number {
    const given = this.#settings.find(({ pattern }) => found(pythonRegExp(pattern), name));
    if (given !== undefined) return given.step;
    const known = this.#known.get(name);
    if (known !== undefined && (now - known.at < BELIEVED_MS || samples === undefined || samples.to - samples.from < 3)) return known.step;
    const seen = samples === undefined ? undefined : medianDistance(samples);
    if (seen === undefined) return UNKNOWN_STEP;
    const step = usual(seen / 1000);
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(name, { step, at: now });
    return step;
  }
}

/** Milliseconds between the latest samples, undefined where there are less than three. */
function medianDistance({ times, from, to }: Series): number | undefined {
  const first = Math.max(from + 1, to - LOOKED_AT);
  if (to - first < 2) return undefined;
  const distances = Float64Array.from({ length: to - first }, (_, i) => times[first + i]! - times[first + i - 1]!).sort();
  return distances[distances.length >> 1];
}

/** The usual step within a fifth, else whole seconds. */
function usual(seconds: number): number {
  const near = USUAL.find((step) => Math.abs(step - seconds) <= step / 5);
  return near ?? Math.max(1, Math.round(seconds));
}

/** The least usual multiple of a step of which so long a time takes at most `most`. */
export function widened(step: number, seconds: number, most: number): number {
  if (seconds / step <= most) return step;
  const least = seconds / most;
  return USUAL.find((one) => one >= least && one % step === 0) ?? Math.ceil(least / step) * step;
}

/** By what the name says, as Graphite's own configuration does by example: means, but sums of counts, and a counter's last. */
const BY_NAME: readonly (readonly [RegExp, AggregationMethod])[] = [
  [/\.(?:min|lower)$/, 'min'],
  [/\.(?:max|upper(?:_\d+)?)$/, 'max'],
  [/\.(?:count|sum)$/, 'sum'],
  [/^stats\.gauges\.|\.last$|_(?:total|bucket|count|sum)$/, 'last'],
];

export function aggregationOf(metric: string, settings: GraphiteSettings['aggregations']): AggregationMethod {
  const given = settings.find(({ pattern }) => found(pythonRegExp(pattern), metric));
  return given?.method ?? BY_NAME.find(([pattern]) => pattern.test(metric))?.[1] ?? 'average';
}
