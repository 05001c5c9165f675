import { formatDuration } from '../platform/duration.ts';
import { writeStale, type SampleSink } from '../monitoring/index.ts';
import { BURN_RATE_METRIC } from './burn-alerts.ts';
import type { ObjectiveStatus } from './contract.ts';

interface Written {
  readonly id: number;
  /** The last sample had a value: it must be ended by a stale marker when there is none any more. */
  live: boolean;
}

/**
 * Writes what objectives come to as series, for graphs and for the burn-rate alerts:
 * `nines_slo_burn_rate{objective, service, window}` and `nines_slo_budget_remaining{objective, service}`.
 */
export class ObjectiveSeries {
  readonly #sink: SampleSink;
  readonly #written = new Map<string, Written>();

  constructor(sink: SampleSink) {
    this.#sink = sink;
    const gauge = (metric: string, help: string) => ({ metric, help, type: 'gauge' as const, unit: '' });
    sink.describe([
      gauge(BURN_RATE_METRIC, 'How many times faster than it can last the error budget burned over the window.'),
      gauge('nines_slo_budget_remaining', 'The share of the error budget that is left; negative when overspent.'),
    ]);
  }

  async write(statuses: readonly ObjectiveStatus[], at: number): Promise<void> {
    const ids: number[] = [];
    const values: (number | null)[] = [];
    const put = (labels: Record<string, string>, value: number | null): void => {
      const key = Object.values(labels).join('\u0000');
      let series = this.#written.get(key);
      if (series === undefined) this.#written.set(key, (series = { id: this.#sink.resolve(labels), live: false }));
      if (value === null && !series.live) return;
      series.live = value !== null;
      ids.push(series.id);
      values.push(value);
    };
    for (const { name, service, burnRates, budget } of statuses) {
      for (const { windowMs, rate } of burnRates) {
        put({ __name__: BURN_RATE_METRIC, objective: name, service, window: formatDuration(windowMs) }, rate);
      }
      put({ __name__: 'nines_slo_budget_remaining', objective: name, service }, budget.remaining);
    }
    if (ids.length === 0) return;
    const column = Float64Array.from(values, (value) => value ?? 0);
    for (const [i, value] of values.entries()) if (value === null) writeStale(column, i);
    await this.#sink.append({ ids: Uint32Array.from(ids), times: new Float64Array(ids.length).fill(at), values: column });
  }
}
