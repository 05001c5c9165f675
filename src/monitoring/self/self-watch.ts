/** nines watching itself (job="nines") and its host (job="host"), from the first minute and without any configuration. */
import { hostname } from 'node:os';
import type { Clock } from '../../platform/clock.ts';
import type { MetricSample, Registry } from '../../platform/metrics.ts';
import { createHostCollector, describeHost, type HostCollector } from '../host/host-collector.ts';
import { startCadence, type Cadence } from '../probe/cadence.ts';
import { createSampleFeed, type SampleFeed } from '../scrape/sample-feed.ts';
import type { SampleSink } from '../series.ts';

export interface SelfWatch {
  start(): void;
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

export interface SelfWatchOptions {
  readonly sink: SampleSink;
  readonly clock: Clock;
  readonly registry: Registry;
  readonly host?: HostCollector;
  /** `instance` of both jobs. */
  readonly instance?: string;
  readonly intervalMs?: number;
  readonly onError?: (job: string, error: unknown) => void;
}

interface Source {
  readonly job: string;
  readonly feed: SampleFeed;
  collect(): Promise<MetricSample[]>;
}

const INTERVAL_MS = 15_000;

export function createSelfWatch(options: SelfWatchOptions): SelfWatch {
  const { sink, clock, registry, host = createHostCollector(), instance = hostname(), intervalMs = INTERVAL_MS, onError } = options;
  const described = new Set<string>();
  const source = (job: string, collect: () => Promise<MetricSample[]>): Source => ({
    job,
    feed: createSampleFeed(sink, { job, instance }),
    collect,
  });
  const sources = [
    source('nines', async () => (describeSelf(), registry.samples())),
    source('host', async () => describedHost(await host.collect())),
  ];
  let cadences: Cadence[] = [];
  let turns: Promise<void>[] = [];

  function describeSelf(): void {
    const fresh = registry.describe().filter(({ name }) => !described.has(name));
    for (const { name } of fresh) described.add(name);
    if (fresh.length > 0) sink.describe(fresh.map(({ name, help, type }) => ({ metric: name, help, type, unit: '' })));
  }

  function describedHost(samples: MetricSample[]): MetricSample[] {
    const fresh = describeHost(samples).filter(({ metric }) => !described.has(metric));
    for (const { metric } of fresh) described.add(metric);
    if (fresh.length > 0) sink.describe(fresh);
    return samples;
  }

  async function take({ job, feed, collect }: Source, time: number): Promise<void> {
    try {
      const samples = await collect();
      // Where there is nothing to say (no /proc), there is nothing that is up either.
      if (samples.length > 0) await feed.write([...samples, { name: 'up', labels: {}, value: 1 }], time);
    } catch (error) {
      onError?.(job, error);
    }
  }

  return {
    start() {
      turns = sources.map(() => Promise.resolve());
      cadences = sources.map((each, i) =>
        startCadence(clock, { key: each.job, intervalMs, turn: (time) => (turns[i] = take(each, time)) }),
      );
    },
    async stop() {
      for (const cadence of cadences) cadence.stop();
      await Promise.all(turns);
    },
  };
}
