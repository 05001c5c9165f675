import type { Clock } from '../../platform/clock.ts';
import { formatDuration } from '../../platform/duration.ts';
import { createRegistry, type Registry } from '../../platform/metrics.ts';
import { createGate, startCadence, type Cadence } from '../probe/cadence.ts';
import type { Labels, SampleSink } from '../series.ts';
import type { DiscoveryProblem } from './discovery.ts';
import { createFetcher, type Fetcher, type FetcherOptions } from './fetch-exposition.ts';
import { createScrapeLoop, type ScrapeLoop, type TargetHealth } from './scrape-loop.ts';
import { createTargetDiscovery } from './target-discovery.ts';
import { selectTargets, type DroppedTarget, type Scrape, type Target } from './target.ts';

export interface TargetState extends TargetHealth {
  /** The name of its Scrape document. */
  readonly scrape: string;
  readonly job: string;
  readonly instance: string;
  readonly url: string;
  readonly labels: Labels;
  /** Before relabelling, `__address__` and the like among them. */
  readonly discovered: Labels;
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

export interface Scraper {
  /** The scrapes from now on. A target of which nothing changed keeps its schedule; one that is gone ends stale. */
  update(scrapes: readonly Scrape[]): void;
  /** By job and instance. */
  targets(): TargetState[];
  /** Those that relabelling leaves out, up to `keepDroppedTargets` of each Scrape. */
  dropped(): readonly DroppedTarget[];
  /** How many it leaves out, by Scrape. */
  droppedCounts(): Readonly<Record<string, number>>;
  /** Where targets can't be looked up as they should. */
  problems(): DiscoveryProblem[];
  /** Those in force, with targets or without. */
  scrapes(): readonly Scrape[];
  /** Stops all; resolves when nothing is under way any more. Series are not marked stale: it may be a restart. */
  stop(): Promise<void>;
}

export interface ScraperOptions extends FetcherOptions {
  readonly sink: SampleSink;
  readonly clock: Clock;
  /** What could not be stored. What a target did wrong is in `targets()`. */
  readonly onError?: (target: string, error: unknown) => void;
  /** A place where targets could not be looked up: once, however long it lasts. */
  readonly onDiscoveryError?: (scrape: string, error: unknown) => void;
  /** How many at a time, over all targets. */
  readonly concurrency?: number;
  readonly registry?: Registry;
}

interface Running {
  readonly target: Target;
  readonly loop: ScrapeLoop;
  readonly abort: AbortController;
  cadence: Cadence | undefined;
  turn: Promise<void>;
}

export function createScraper(options: ScraperOptions): Scraper {
  const { sink, clock, onError, concurrency = 500, registry = createRegistry() } = options;
  const fetcher: Fetcher = createFetcher(options);
  const gate = createGate(concurrency);
  const running = new Map<string, Running>();
  let dropped: readonly DroppedTarget[] = [];
  let droppedCounts: Readonly<Record<string, number>> = {};
  const scrapes = registry.counter({ name: 'nines_scrapes_total', help: 'Scrapes that were made, by outcome.', labels: ['outcome'] });
  const samples = registry.counter({ name: 'nines_scraped_samples_total', help: 'Samples that targets gave.' });
  const took = registry.histogram({ name: 'nines_scrape_duration_seconds', help: 'How long targets took to be scraped.' });
  registry.gauge({ name: 'nines_scrape_targets', help: 'Targets in force.', collect: () => running.size });

  async function scrape({ target, loop, abort }: Running, time: number): Promise<void> {
    try {
      await gate(() => loop.scrape(time, abort.signal));
    } catch (error) {
      onError?.(target.url.href, error);
    }
    const { health, lastScrape, lastDurationMs = 0, samples: count } = loop.health();
    if (lastScrape !== time) return;
    scrapes.inc({ outcome: health });
    samples.inc({}, count);
    took.observe(lastDurationMs / 1000);
  }

  function start(target: Target): void {
    const loop = createScrapeLoop(target, sink, fetcher);
    const state: Running = { target, loop, abort: new AbortController(), cadence: undefined, turn: Promise.resolve() };
    running.set(target.key, state);
    state.cadence = startCadence(clock, {
      key: `${target.scrape} ${target.url.href}`,
      intervalMs: target.intervalMs,
      turn: (time) => (state.turn = scrape(state, time)),
    });
  }

  function halt(state: Running): Promise<void> {
    state.cadence?.stop();
    state.abort.abort();
    running.delete(state.target.key);
    return state.turn;
  }

  let wantedScrapes: readonly Scrape[] = [];
  const discovery = createTargetDiscovery(fetcher, {
    clock,
    onChange: () => select(wantedScrapes),
    onError: (scrape, error) => options.onDiscoveryError?.(scrape, error),
  });

  function select(scrapes: readonly Scrape[]): void {
    // What replaces a target has samples after this: the end of the old one must not come later than they do.
    const now = clock.now();
    const selected = selectTargets(scrapes, discovery.groupsOf);
    ({ dropped, droppedCounts } = selected);
    const wanted = new Map(selected.targets.map((target) => [target.key, target]));
    for (const state of running.values()) {
      if (wanted.has(state.target.key)) continue;
      void halt(state)
        .then(() => state.loop.end(now))
        .catch((error: unknown) => onError?.(state.target.url.href, error));
    }
    for (const target of wanted.values()) if (!running.has(target.key)) start(target);
  }

  return {
    update(scrapes) {
      wantedScrapes = scrapes;
      discovery.update(scrapes);
      select(scrapes);
    },
    targets: () => [...running.values()].map(stateOf).sort((a, b) => compare(a.job, b.job) || compare(a.instance, b.instance)),
    dropped: () => dropped,
    droppedCounts: () => droppedCounts,
    problems: () => discovery.problems(),
    scrapes: () => wantedScrapes,
    async stop() {
      await discovery.stop();
      await Promise.all([...running.values()].map(halt));
      fetcher.close();
    },
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function stateOf({ target: { scrape, labels, discovered, url, intervalMs, timeoutMs }, loop }: Running): TargetState {
  const { job = '', instance = '' } = labels;
  return { scrape, job, instance, url: url.href, labels, discovered, intervalMs, timeoutMs, ...loop.health() };
}

/** The `data` of Prometheus' `GET /api/v1/targets`. */
export function toPrometheusTargets(
  targets: readonly TargetState[],
  dropped: readonly DroppedTarget[] = [],
  droppedTargetCounts: Readonly<Record<string, number>> = {},
): Record<'activeTargets' | 'droppedTargets' | 'droppedTargetCounts', unknown> {
  return {
    activeTargets: targets.map((target) => {
      return {
        discoveredLabels: target.discovered,
        labels: target.labels,
        scrapePool: target.scrape,
        scrapeUrl: target.url,
        globalUrl: target.url,
        lastError: target.lastError ?? '',
        // As Go prints the zero time, which is what Prometheus says before the first scrape.
        lastScrape: target.lastScrape === undefined ? '0001-01-01T00:00:00Z' : new Date(target.lastScrape).toISOString(),
        lastScrapeDuration: (target.lastDurationMs ?? 0) / 1000,
        health: target.health,
        scrapeInterval: formatDuration(target.intervalMs),
        scrapeTimeout: formatDuration(target.timeoutMs),
      };
    }),
    droppedTargets: dropped.map(({ scrape, discovered }) => ({ discoveredLabels: discovered, scrapePool: scrape })),
    droppedTargetCounts,
  };
}
