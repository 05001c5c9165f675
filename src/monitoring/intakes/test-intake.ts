import type { Clock } from '../../platform/clock.ts';
import { createRegistry } from '../../platform/metrics.ts';
import { isStale, type Labels, type MetricMetadata, type SampleColumns, type SampleSink } from '../series.ts';
import { createIntakeBook } from './intake-book.ts';

export const NOW = Date.UTC(2026, 0, 1);
export const stillClock: Clock = { now: () => NOW, monotonic: () => 0, after: () => ({ cancel: () => undefined }) };

/** `name{label="value"}`, labels sorted. */
function textOf({ __name__: name, ...labels }: Labels): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${name}${pairs.length === 0 ? '' : `{${pairs.map(([label, value]) => `${label}="${value}"`).join(',')}}`}`;
}

/** For tests: a store that can be looked into. Ids begin at 1, as the store's do. */
export class TestSink implements SampleSink {
  readonly names: string[] = [];
  readonly metadata: MetricMetadata[] = [];
  /** Series, milliseconds after `NOW`, value. */
  readonly samples: [string, number, number | 'stale'][] = [];
  resolved = 0;
  failure: Error | undefined;

  resolve(labels: Labels): number {
    this.resolved++;
    const text = textOf(labels);
    const known = this.names.indexOf(text);
    return known >= 0 ? known + 1 : this.names.push(text);
  }

  append({ ids, times, values }: SampleColumns): Promise<void> {
    if (this.failure) return Promise.reject(this.failure);
    for (const [i, id] of ids.entries()) {
      const value = isStale(values, i) ? 'stale' : (values[i] as number);
      this.samples.push([this.names[id - 1] ?? '?', (times[i] as number) - NOW, value]);
    }
    return Promise.resolve();
  }

  describe(metadata: readonly MetricMetadata[]): void {
    this.metadata.push(...metadata);
  }
}

/** For tests: a sink, a book, and what was refused as `reason: detail`. */
export function testIntake(protocol: string, clock: Clock = stillClock) {
  const book = createIntakeBook({ registry: createRegistry(), clock });
  const intake = book.intake(protocol);
  const refused = (): string[] => book.list().flatMap((one) => one.refusals.map(({ reason, count }) => `${reason} ${count}`));
  return { sink: new TestSink(), book, intake, refused };
}
