import type { Catalog } from '../catalog/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Clock, Timer } from '../platform/clock.ts';
import type { Health } from '../platform/health.ts';
import type { Gate, Route } from '../platform/http/index.ts';
import type { Log } from '../platform/log.ts';
import type { Registry } from '../platform/metrics.ts';
import type { Sql } from '../platform/sql/index.ts';
import { ArrivedNames } from './arrived-names.ts';
import type { ProbeSpec, ScrapeSpec } from './contract.ts';
import { startListeners, type Listener, type ListenSettings } from './listener.ts';
import { createProbeRunner, probeKind } from './probe/index.ts';
import { createQueryEngine, parse, type QueryEngine, type QuerySettings } from './promql/index.ts';
import { chartRoutes } from './charts/index.ts';
import { graphRoutes, listGraphs } from './graphs/index.ts';
import { createEventBook, eventRoutes, Graphite, graphiteRoutes, type GraphiteSettings } from './graphite/index.ts';
import { createOtlpIntake, type OtlpSettings } from './otlp/index.ts';
import { configRoot, createAlertmanagers, prometheusKind, prometheusScrapes, type FoundAlertmanager } from './prometheus-config/index.ts';
import { prometheusRoutes } from './prometheus-api/index.ts';
import { createPushIntakes } from './push-intakes.ts';
import { remoteReadRoutes } from './remote-read/index.ts';
import { createRemoteWrite, createRemoteWriteV2, remoteWriteRoutes, type RemoteWriteSettings } from './remote-write/index.ts';
import { monitoringRoutes } from './routes.ts';
import { createScraper, scrapeKind } from './scrape/index.ts';
import { createSelfWatch, registerProcessMetrics } from './self/index.ts';
import type { SampleSink, SinkFor } from './series.ts';
import { recordEvents, type StatsdSettings } from './statsd/index.ts';
import { DEFAULT_SQL_SETTINGS, sqlRoutes, type SqlSettings } from './sql/index.ts';
import { DEFAULT_STORE_SETTINGS, Store, type StoreSettings } from './store/index.ts';
import { DiskWatch, selectionsOf, Usage, usageRoutes, type MetricUses } from './usage/index.ts';
import { recordDamage } from './record-damage.ts';
import { rememberAnswers } from './remember-answers.ts';
import { watchStore } from './watch-store.ts';

export interface MonitoringDeps {
  /** The folder for telemetry. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly health: Health;
  readonly metrics: Registry;
  readonly catalog: Catalog;
  readonly sql: Sql;
  readonly ledger: Ledger;
  /** Who may send, on the ports that are not the main one. */
  readonly gate: Gate;
  /** Of nines, for its own metrics. */
  readonly version: string;
  readonly settings: {
    readonly store: Partial<StoreSettings>;
    readonly query: Partial<QuerySettings>;
    readonly graphite?: Partial<GraphiteSettings>;
    readonly sql?: Partial<SqlSettings>;
    readonly intake: Partial<RemoteWriteSettings>;
    readonly listen: ListenSettings;
    readonly otlp: OtlpSettings;
    readonly statsd?: Partial<StatsdSettings>;
    /** The address that ports are opened on. */
    readonly host: string;
    /** The address people open nines at. */
    readonly url: string;
    readonly backup: { readonly folder: string };
    /** The folder of documents, or the one document: what they name is relative to it. */
    readonly config?: string | undefined;
  };
}

export interface Monitoring {
  readonly routes: Route[];
  readonly query: QueryEngine;
  /** Answers the same, for rules and objectives: people with slow queries do not take their places. */
  readonly decide: QueryEngine;
  readonly sink: SampleSink;
  /** The series of a Graphite target, for rules; times are seconds. @throws Problem 400, LimitError */
  graphite(target: string, from: number, until: number): Promise<readonly { name: string; values: Float64Array }[]>;
  /** Somebody else who reads metrics: asked when people look at what metrics cost, and who uses them. */
  usedBy(uses: MetricUses): void;
  /** Names of the metrics whose samples can be queried as of now, and the newest time among them (milliseconds). */
  onArrival(listener: (metrics: ReadonlySet<string>, newest: number) => void): void;
  /** Those that the `alerting` of a prometheus.yml finds, to be told of alerts. */
  alertmanagers(): readonly FoundAlertmanager[];
  /** Why a probe's last run failed, in one sentence. */
  probeReason(probe: string): string | undefined;
  /** Copies all telemetry to a folder below the backups' that isn't there yet. */
  backup(folder: string): Promise<void>;
  /** Opens the store. Queries and intake work from here on. */
  open(): Promise<void>;
  /** Begins to probe, scrape and watch itself. */
  start(): void;
  stop(): Promise<void>;
}

const STATS_MS = 10_000;
/** The newest shared graphs count as users of what they show. */
const MOST_GRAPHS = 1000;

/**
 * What nines sees itself is acted on also when it can't be stored: a page doesn't wait for the disk. Those who send here make their arrays
 * anew each time, so that they can be looked at again.
 */
const actedOn = (store: Store, protocol: string): SampleSink => ({
  ...store.sinkFor({ protocol, name: '' }),
  async append(columns) {
    try {
      await store.append(columns);
    } catch (error) {
      store.observe(columns);
      throw error;
    }
  },
});

/** Everything that takes samples in and answers questions about them. */
export function createMonitoring({
  directory,
  clock,
  log,
  health,
  metrics,
  catalog,
  sql,
  ledger,
  gate,
  version,
  settings,
}: MonitoringDeps): Monitoring {
  const process = registerProcessMetrics(metrics, { version });
  const store = new Store({ dir: directory, clock, log, settings: settings.store, backups: settings.backup.folder });
  const cache = rememberAnswers({ store, clock, metrics, room: settings.query.cacheMemory });
  const ask = (): QueryEngine => createQueryEngine({ source: store, clock, settings: settings.query, cache });
  const [engine, decide] = [ask(), ask()];
  const usage = new Usage({
    shape: store.shape,
    engine,
    clock,
    log,
    metrics,
    sql,
    metadata: (metric) => store.metadata(metric),
    typesOf: (metric) => store.typesOf(metric),
  });
  const rollups = settings.store.rollups ?? DEFAULT_STORE_SETTINGS.rollups;
  const raw = settings.store.retention ?? DEFAULT_STORE_SETTINGS.retention;
  const disk = new DiskWatch({ shape: store.shape, engine: decide, clock, keep: { raw, ...rollups } });
  const query = usage.queries.askedBy('nines');
  usage.usedBy(async () =>
    (await listGraphs(sql, undefined, MOST_GRAPHS)).map(({ id, title, expr }) => ({
      kind: 'shared graph',
      name: title,
      link: `/graphs/${id}`,
      selectors: selectionsOf(parse(expr)),
    })),
  );
  const refused = metrics.counter({
    name: 'nines_monitoring_failures_total',
    help: 'Samples that could not be stored, by what made them.',
    labels: ['source'],
  });
  const failed = (source: string) => (what: string, error: unknown) => {
    refused.inc({ source });
    log.warn({ err: error, what }, `samples of a ${source} could not be stored`);
  };
  const retention = settings.store.retention ?? DEFAULT_STORE_SETTINGS.retention;
  const sinkFor: SinkFor = (source) => store.sinkFor(source);
  const probes = createProbeRunner({ sink: actedOn(store, 'probe'), clock, onError: failed('probe'), registry: metrics });
  const undiscovered = (scrape: string, error: unknown): void =>
    log.warn({ err: error, scrape }, 'the targets of a scrape could not be looked up; those found before stay');
  const scraper = createScraper({
    onDiscoveryError: undiscovered,
    sink: actedOn(store, 'scrape'),
    clock,
    onError: failed('scrape'),
    registry: metrics,
  });
  const alertmanagers = createAlertmanagers({ clock, kind: prometheusKind.kind, onError: undiscovered });
  const self = createSelfWatch({ sink: actedOn(store, 'nines'), clock, registry: metrics, onError: failed('self-watch') });
  const write = { sink: sinkFor({ protocol: 'remote-write', name: '' }), clock, settings: { ...settings.intake, retention } };
  const remoteWrite = { v1: createRemoteWrite(write), v2: createRemoteWriteV2(write) };
  const push = createPushIntakes({ sinkFor, clock, metrics, health, settings, retention, onEvents: recordEvents({ sql, ledger }) });
  const otlp = createOtlpIntake({ sinkFor, gate, clock, log, settings, retention });
  const listeners: Listener[] = [...push.listeners, ...otlp.listeners];
  const events = createEventBook({ sql, ledger });
  const newGraphite = (): Graphite =>
    new Graphite({
      source: store,
      index: store,
      clock,
      limits: query.settings,
      settings: settings.graphite,
      events,
      onRead: (names) => usage.queries.book.noteNames(names, 'graphite', clock.now()),
    });
  const [graphite, decideGraphite] = [newGraphite(), newGraphite()];
  let timer: Timer | undefined;

  const follow = (): void => {
    const set = catalog.current();
    probes.update(set.list<ProbeSpec>(probeKind.kind).map(({ name, spec }) => ({ name, spec })));
    const scrapes = set.list<ScrapeSpec>(scrapeKind.kind).map(({ name, spec }) => ({ name, spec }));
    const root = configRoot(settings.config);
    scraper.update([...scrapes, ...prometheusScrapes(set, root)]);
    alertmanagers.update(set, root);
  };
  const watch = watchStore({ store, health, metrics, clock, forecast: (free) => disk.forecast(free) });
  const look = (): void => {
    void watch().finally(() => {
      if (timer) timer = clock.after(STATS_MS, look);
    });
  };

  return {
    routes: [
      ...prometheusRoutes({
        query,
        askedBy: (agent) => usage.askedBy(agent),
        index: store,
        source: store,
        exemplars: store,
        scraper,
        alertmanagers,
        clock,
        metrics,
        health,
        version,
        retention,
      }),
      ...remoteWriteRoutes(remoteWrite, sinkFor, settings.intake.maxBody),
      ...sqlRoutes(store, { ...DEFAULT_SQL_SETTINGS, ...settings.sql }),
      ...remoteReadRoutes({ source: store, settings: query.settings }),
      ...push.routes,
      ...otlp.routes,
      ...chartRoutes({ query }),
      ...graphRoutes({ sql, clock, ledger, query, url: settings.url }),
      ...graphiteRoutes({ graphite, index: store, clock }),
      ...eventRoutes({ events, clock }),
      ...usageRoutes(usage),
      ...monitoringRoutes({ probes, scraper, store, metrics, disk }),
    ],
    query,
    decide,
    sink: store,
    graphite: (target, from, until) =>
      decideGraphite.render([target], { from, until, now: clock.now() / 1000, zone: 'UTC', xFilesFactor: 0, template: new Map() }),
    usedBy: (uses) => usage.usedBy(uses),
    onArrival(listener) {
      const names = new ArrivedNames((id) => store.nameOf(id));
      store.onArrival((ids, newest) => listener(names.of(ids), newest));
    },
    alertmanagers: () => alertmanagers.list(),
    probeReason: (probe) => probes.latest(probe)?.reason,
    backup: (folder) => store.backup(folder),
    async open() {
      await store.start();
      await recordDamage({ store, sql, ledger, log });
    },
    start() {
      timer = clock.after(0, look);
      self.start();
      void usage.start();
      // What came into force before is told to nobody again.
      catalog.onChange(follow);
      follow();
      void startListeners(listeners, health, log);
    },
    async stop() {
      timer?.cancel();
      timer = undefined;
      process.stop();
      await Promise.all([...listeners.map((one) => one.stop()), probes.stop(), scraper.stop(), alertmanagers.stop(), self.stop()]);
      await usage.stop();
      await store.stop();
    },
  };
}
