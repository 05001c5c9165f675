import { SampleBatch } from '../intakes/index.ts';
import type { Labels, MetricMetadata } from '../series.ts';
import type { FlushBatch } from './flush-batch.ts';
import type { Metric } from './metric.ts';
import type { SeriesPlan } from './names.ts';

/** Writes down what metrics came to. Series go by small numbers, which are used again once a series has ended. */
export class FlushWriter {
  readonly #batch = new SampleBatch();
  #defined: [number, Labels, string][] = [];
  #metadata = new Map<string, MetricMetadata>();
  #free: number[] = [];
  /** Those that end in this batch: their numbers are free after it. */
  #ending: number[] = [];
  #slots = 0;

  define(plans: readonly SeriesPlan[], sender: string): number[] {
    return plans.map(({ labels, family, type }) => {
      const slot = this.#free.pop() ?? this.#slots++;
      this.#defined.push([slot, labels, sender]);
      if (!this.#metadata.has(family))
        this.#metadata.set(family, { metric: family, type, help: '', unit: family.endsWith('_seconds') ? 'seconds' : '' });
      return slot;
    });
  }

  /** @param began when the interval did. False where counts went down. */
  write(metric: Metric, now: number, began: number, seconds: number): boolean {
    return metric.flush(seconds, (i, value) => {
      const slot = metric.slots[i] as number;
      const told = metric.told[i] as boolean;
      if (Number.isNaN(value)) {
        // A check says how it was when it came; of a timer nothing is known while nothing comes.
        if (told && metric.kind !== 'check') this.#batch.add(slot, now, NaN);
      } else {
        // From zero, so that a rate sees also what came first, and a restart is a reset.
        if (!told && metric.plans[i]?.type !== 'gauge' && isTotal(metric.plans[i])) this.#batch.add(slot, began, 0);
        this.#batch.add(slot, now, value);
      }
      metric.told[i] = !Number.isNaN(value);
    });
  }

  /** A gauge's sample with a time of its own. */
  timed(metric: Metric, value: number, time: number): void {
    for (const slot of metric.slots) this.#batch.add(slot, time, value);
  }

  end(metric: Metric, now: number): void {
    for (const [i, slot] of metric.slots.entries()) {
      if (metric.told[i] === true) this.#batch.add(slot, now, NaN);
      this.#ending.push(slot);
    }
  }

  take(): Pick<FlushBatch, 'defined' | 'metadata' | 'slots' | 'times' | 'values'> {
    const { ids, times, values } = this.#batch.take();
    const taken = { defined: this.#defined, metadata: [...this.#metadata.values()], slots: ids, times, values };
    this.#defined = [];
    this.#metadata = new Map();
    for (const slot of this.#ending) this.#free.push(slot);
    this.#ending = [];
    return taken;
  }
}

const isTotal = (plan: SeriesPlan | undefined): boolean =>
  plan !== undefined && (plan.statistic.of === 'total' || plan.statistic.of === 'totalCount' || plan.statistic.of === 'totalSum');
