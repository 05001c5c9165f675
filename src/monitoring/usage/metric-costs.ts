import type { Clock } from '../../platform/clock.ts';
import { Breath } from '../../platform/columns/index.ts';
import type { MetricMetadata } from '../series.ts';
import type { StoreShape } from '../store/index.ts';
import type { CostSum, MetricCost } from './contract.ts';
import { EngineTally, type Stored } from './engine-tally.ts';
import { usersByMetric, type MetricUse, type MetricUser } from './metric-use.ts';

export interface MetricCostsDeps {
  readonly shape: StoreShape;
  readonly clock: Clock;
  metadata(metric: string): readonly MetricMetadata[];
  uses(): Promise<readonly MetricUse[]>;
}

/** Samples a second are those of so long. */
const LATELY_MS = 300_000;
/** Counting takes at most this share of the time. */
const SHARE = 0.02;
const LEAST_PAUSE_MS = 300_000;
const FRESH_MS = 15_000;
const NOTHING: Stored = { samples: 0, buckets: 0, bytes: 0 };

interface Recent {
  readonly perSecond: number;
  readonly newest: number;
}

interface Memory {
  readonly at: number;
  readonly list: readonly MetricCost[];
  readonly users: ReadonlyMap<string, readonly MetricUser[]>;
}

/** What each metric costs. What is in memory is counted when somebody asks; what is on disk in the background. */
export class MetricCosts {
  readonly #deps: MetricCostsDeps;
  readonly #tally = new EngineTally();
  #stored: ReadonlyMap<string, Stored> = new Map();
  #memory: Promise<Memory> | undefined;
  #memoryAt = Number.NEGATIVE_INFINITY;
  #refreshing: Promise<void> | undefined;
  countedAt: number | undefined;
  problem: string | undefined;

  constructor(deps: MetricCostsDeps) {
    this.#deps = deps;
  }

  /** Counts what is on disk, and says after how many milliseconds to do so again. Never rejects. */
  async refresh(): Promise<number> {
    const began = performance.now();
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = undefined));
    await this.#refreshing;
    return Math.max(LEAST_PAUSE_MS, (performance.now() - began) / SHARE);
  }

  /** All metrics, in no order. */
  async list(): Promise<readonly MetricCost[]> {
    return (await this.#fresh()).list;
  }

  async of(metric: string): Promise<{ readonly cost: MetricCost; readonly users: readonly MetricUser[] } | undefined> {
    const { list, users } = await this.#fresh();
    const cost = list.find(({ name }) => name === metric);
    return cost && { cost, users: users.get(metric) ?? [] };
  }

  async #refresh(): Promise<void> {
    const { shape, clock } = this.#deps;
    const engine = shape.engine;
    if (!engine) return;
    try {
      await this.#tally.refresh(engine, (id) => shape.labelsOf(id)?.['__name__'] ?? '');
      this.countedAt = clock.now();
      this.problem = undefined;
    } catch (error) {
      this.problem = `What is on disk could not be counted: ${error instanceof Error ? error.message : String(error)}`;
    }
    this.#stored = this.#tally.totals();
    this.#memory = undefined;
  }

  #fresh(): Promise<Memory> {
    const now = this.#deps.clock.now();
    if (this.#memory && Math.abs(now - this.#memoryAt) < FRESH_MS) return this.#memory;
    this.#memoryAt = now;
    const memory = this.#look(now);
    memory.catch(() => (this.#memory = undefined));
    return (this.#memory = memory);
  }

  async #look(now: number): Promise<Memory> {
    const { shape, metadata, uses } = this.#deps;
    const breath = new Breath();
    const metrics = shape.metrics();
    const users = usersByMetric(await uses(), new Set(metrics.map(([name]) => name)));
    const list: MetricCost[] = [];
    for (const [name, series] of metrics) {
      const { perSecond, newest } = await this.#recent(name, now, breath);
      const { samples, buckets, bytes } = this.#stored.get(name) ?? NOTHING;
      const [about] = [...metadata(name), ...metadata(familyOf(name))];
      list.push({
        name,
        type: about?.type ?? 'unknown',
        help: about?.help ?? '',
        unit: about?.unit ?? '',
        series,
        samples,
        buckets,
        bytes: Math.round(bytes),
        perSecond,
        lastSeen: Number.isFinite(newest) ? new Date(newest).toISOString() : null,
        users: users.get(name)?.length ?? 0,
      });
    }
    return { at: now, list, users };
  }

  async #recent(metric: string, now: number, breath: Breath): Promise<Recent> {
    const { shape } = this.#deps;
    const from = Math.max(now - LATELY_MS, shape.completeSince + 1);
    let samples = 0;
    let newest = Number.NEGATIVE_INFINITY;
    for (const id of shape.idsOf(metric)) {
      newest = Math.max(newest, shape.newest(id));
      samples += shape.recent(id, from, now);
      if (breath.due) await breath.take();
    }
    return { perSecond: (samples * 1000) / Math.max(1000, now - from), newest };
  }
}

/** A histogram's or summary's samples are described under the name that they share. */
export const familyOf = (name: string): string => name.replace(/_(?:bucket|sum|count|total|created|info)$/, '');

export function sumOf(costs: readonly MetricCost[]): CostSum {
  const sum = { metrics: costs.length, series: 0, samples: 0, bytes: 0, perSecond: 0 };
  for (const { series, samples, bytes, perSecond } of costs) {
    sum.series += series;
    sum.samples += samples;
    sum.bytes += bytes;
    sum.perSecond += perSecond;
  }
  return sum;
}
