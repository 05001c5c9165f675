import type { Clock } from '../../platform/clock.ts';
import { parseDuration } from '../../platform/duration.ts';
import { createRegistry, type Registry } from '../../platform/metrics.ts';
import { createSampleFeed, type SampleFeed } from '../scrape/sample-feed.ts';
import type { SampleSink } from '../series.ts';
import { createGate, startCadence, type Cadence } from './cadence.ts';
import type { Environment } from './credentials.ts';
import { probeHttp, type Probe } from './http-probe.ts';
import type { ProbeResult } from './probe-result.ts';
import { PROBE_METADATA, probeLabels, probeSamples } from './probe-samples.ts';
import type { HostResolver } from './resolve-host.ts';

export interface ProbeState {
  readonly name: string;
  readonly service: string | undefined;
  readonly url: string;
  readonly intervalMs: number;
  /** Undefined until it ran for the first time. */
  readonly latest: ProbeResult | undefined;
  /** Since when the results say the same (success or not), in milliseconds. */
  readonly since: number | undefined;
  /** Turns left out since the one before was still under way. */
  readonly skipped: number;
}

export interface ProbeRunner {
  /** The probes from now on. One that is unchanged keeps its schedule and its results. */
  update(probes: readonly Probe[]): void;
  latest(name: string): ProbeResult | undefined;
  /** By name. */
  list(): ProbeState[];
  /** Stops all; resolves when nothing is under way any more. Series are not marked stale: it may be a restart. */
  stop(): Promise<void>;
}

export interface ProbeRunnerOptions {
  readonly sink: SampleSink;
  readonly clock: Clock;
  /** After the result's samples are stored (or could not be). */
  readonly onResult?: (result: ProbeResult) => void;
  readonly onError?: (probe: string, error: unknown) => void;
  /** How many at a time, over all probes. */
  readonly concurrency?: number;
  readonly environment?: Environment;
  readonly resolver?: HostResolver;
  readonly run?: typeof probeHttp;
  readonly registry?: Registry;
}

interface Running {
  readonly probe: Probe;
  readonly text: string;
  readonly intervalMs: number;
  readonly feed: SampleFeed;
  readonly abort: AbortController;
  cadence: Cadence | undefined;
  turn: Promise<void>;
  latest: ProbeResult | undefined;
  since: number | undefined;
  skipped: number;
}

export function createProbeRunner(options: ProbeRunnerOptions): ProbeRunner {
  const { sink, clock, onResult, onError, concurrency = 100, run = probeHttp, registry = createRegistry() } = options;
  const running = new Map<string, Running>();
  const gate = createGate(concurrency);
  const runs = registry.counter({ name: 'nines_probe_runs_total', help: 'Probes that ran, by outcome.', labels: ['outcome'] });
  const skips = registry.counter({ name: 'nines_probe_skipped_total', help: 'Turns left out since the one before was under way.' });
  registry.gauge({ name: 'nines_probes', help: 'Probes in force.', collect: () => running.size });
  sink.describe(PROBE_METADATA);

  async function takeTurn(state: Running, time: number): Promise<void> {
    const { probe, abort } = state;
    const result = await gate(() =>
      run(probe, {
        now: time,
        signal: abort.signal,
        ...(options.resolver !== undefined && { resolver: options.resolver }),
        ...(options.environment !== undefined && { environment: options.environment }),
      }),
    );
    if (abort.signal.aborted) return;
    if (state.latest?.success !== result.success) state.since = time;
    state.latest = result;
    runs.inc({ outcome: result.success ? 'success' : 'failure' });
    // What can't be stored must still be acted on: the page doesn't wait for the disk.
    await state.feed.write(probeSamples(result), time).catch((error: unknown) => onError?.(probe.name, error));
    onResult?.(result);
  }

  function start(probe: Probe, text: string): void {
    const state: Running = {
      probe,
      text,
      intervalMs: parseDuration(probe.spec.interval),
      feed: createSampleFeed(sink, probeLabels(probe)),
      abort: new AbortController(),
      cadence: undefined,
      turn: Promise.resolve(),
      latest: undefined,
      since: undefined,
      skipped: 0,
    };
    running.set(probe.name, state);
    state.cadence = startCadence(clock, {
      key: probe.name,
      intervalMs: state.intervalMs,
      turn: (time) => (state.turn = takeTurn(state, time).catch((error: unknown) => onError?.(probe.name, error))),
      onSkipped: () => {
        state.skipped += 1;
        skips.inc();
      },
    });
  }

  function halt(state: Running): Promise<void> {
    state.cadence?.stop();
    state.abort.abort();
    running.delete(state.probe.name);
    return state.turn;
  }

  return {
    update(probes) {
      const now = clock.now();
      const wanted = new Map(probes.map((probe) => [probe.name, { probe, text: JSON.stringify(probe.spec) }]));
      for (const state of running.values()) {
        if (wanted.get(state.probe.name)?.text === state.text) continue;
        void halt(state)
          .then(() => state.feed.end(now))
          .catch((error: unknown) => onError?.(state.probe.name, error));
      }
      for (const { probe, text } of wanted.values()) if (!running.has(probe.name)) start(probe, text);
    },
    latest: (name) => running.get(name)?.latest,
    list: () => [...running.values()].map(stateOf).sort((a, b) => (a.name < b.name ? -1 : 1)),
    stop: async () => void (await Promise.all([...running.values()].map(halt))),
  };
}

function stateOf({ probe, intervalMs, latest, since, skipped }: Running): ProbeState {
  return { name: probe.name, service: probe.spec.service, url: probe.spec.http.url, intervalMs, latest, since, skipped };
}
