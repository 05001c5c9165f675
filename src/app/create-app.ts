import path from 'node:path';
import { createAccess } from '../access/index.ts';
import { createAlerting, createSenders, receiverBook } from '../alerting/index.ts';
import { createCatalog, type PersonSpec } from '../catalog/index.ts';
import { createChat } from '../chat/index.ts';
import { createDeadMansSwitch, createDelivery, startMailbox, watchBreakers } from '../delivery/index.ts';
import { createExperiments } from '../experiments/index.ts';
import { createIncidents } from '../incidents/index.ts';
import { createLedger, createLedgerRoutes } from '../ledger/index.ts';
import { createMonitoring, DEFAULT_RULES_YAML } from '../monitoring/index.ts';
import { createObjectives } from '../objectives/index.ts';
import { createOncall } from '../oncall/index.ts';
import type { Clock } from '../platform/clock.ts';
import { watchClock } from '../platform/clock-watch.ts';
import { createHealth } from '../platform/health.ts';
import { createCallRoute, createHttpServer } from '../platform/http/index.ts';
import { createJobs } from '../platform/jobs/index.ts';
import type { Log } from '../platform/log.ts';
import { createRegistry } from '../platform/metrics.ts';
import { maintain, migrate, openEmbedded, openServer, type OnStateFault } from '../platform/sql/index.ts';
import { createPostmortems } from '../postmortems/index.ts';
import { createReleases } from '../releases/index.ts';
import { adminTokens } from './admin-tokens.ts';
import { answersOf } from './answers-of.ts';
import { alertQuality } from './alert-quality.ts';
import { appRoutes } from './app-routes.ts';
import { followClock } from './follow-clock.ts';
import { createBackups } from './backup/index.ts';
import { makeDataFolder } from './data-folder.ts';
import { kinds } from './kinds.ts';
import { migrations } from './migrations.ts';
import { pictureOf } from './picture-of.ts';
import type { Settings } from './settings.ts';
import { VERSION } from '../platform/package-root.ts';
import { watchQueues } from './watch-queues.ts';
import { webhookSecret } from './webhook-secret.ts';

export interface AppDeps {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Log;
  /** Says what is being done, to a person who waits. */
  readonly progress: (what: string) => void;
  /** The built web UI. */
  readonly webDirectory?: string | undefined;
}

/**
 * The whole of nines, wired in one straight line: state, ledger, who may come in, documents, delivery, monitoring,
 * objectives, alerting, on-call, incidents, postmortems, releases, and the server before them.
 */
export async function createApp({ settings, clock, log, progress, webDirectory }: AppDeps) {
  const { url } = settings;
  const inData = (name: string): string => path.join(settings.data, name);
  makeDataFolder(settings.data);
  const metrics = createRegistry();
  const health = createHealth(clock);

  progress(settings.postgres === undefined ? 'Opening the embedded PostgreSQL' : 'Connecting to PostgreSQL');
  const stateFault: OnStateFault = (fault) => health.report('state', fault?.state ?? 'ok', fault?.problem);
  const sql = settings.postgres === undefined ? await openEmbedded(inData('state'), stateFault) : await openServer(settings.postgres);
  await migrate(sql, migrations());
  const jobs = createJobs({ sql, clock, log });
  const ledger = createLedger({ sql, clock });
  const ledgerRoutes = createLedgerRoutes({ ledger, clock, maxStreams: settings.maxEventStreams });
  const docs = { docsUrl: settings.docsUrl, docsLink: settings.docsLink };
  const catalog = createCatalog({ sql, clock, log, ledger, health, ...kinds({ level: settings.rules.lint, ...docs }) });
  const personByEmail = (email: string): string | null =>
    catalog
      .current()
      .list<PersonSpec>('Person')
      .find(({ spec }) => spec.email.toLowerCase() === email.toLowerCase())?.name ?? null;
  const access = createAccess({ sql, clock, ledger, adminTokens: adminTokens(settings), url, personByEmail });

  const mailbox = settings.mailbox || settings.smtp === undefined ? await startMailbox({ sql, clock, log }) : null;
  const smtp = settings.smtp ?? mailbox?.smtp ?? null;
  const book = receiverBook(() => catalog.current(), settings.config ?? '.');
  // Drawn by what is made further down.
  let drawing: ReturnType<typeof pictureOf> | undefined;
  const delivery = createDelivery({
    sql,
    clock,
    log,
    health,
    jobs,
    ledger,
    catalog,
    metrics,
    picture: (message) => drawing?.(message) ?? Promise.resolve(undefined),
    settings: {
      smtp,
      webhook: { secret: webhookSecret(settings) },
      providers: settings,
      url,
      book,
      answersTo: settings.chat.mailAddress,
      ...settings.delivery,
    },
  });

  const monitoring = createMonitoring({
    directory: inData('telemetry'),
    clock,
    log,
    health,
    metrics,
    catalog,
    sql,
    ledger,
    gate: access.gate,
    version: VERSION,
    settings,
  });
  const { query, decide } = monitoring;
  const objectives = createObjectives({
    sql,
    clock,
    log,
    health,
    catalog,
    query: decide,
    sink: monitoring.sink,
    metrics,
    maintenance: () => alerting.muting.maintenance.minutes(),
  });
  monitoring.usedBy(objectives.uses);
  const oncall = createOncall({
    sql,
    clock,
    log,
    health,
    jobs,
    ledger,
    catalog,
    delivery,
    metrics,
    muted: {
      muted: (on, fingerprints) => alerting.muting.muted(on, fingerprints),
      heldBy: (on, service) => alerting.muting.heldBy(on, service),
    },
    silences: async () =>
      (await alerting.muting.silences.list(0))
        .filter(({ startsAt }) => startsAt <= clock.now())
        .map(({ reason, endsAt }) => ({ reason, endsAt })),
    settings: { url, config: settings.config },
  });
  const alerting = createAlerting({
    sql,
    clock,
    log,
    health,
    jobs,
    ledger,
    catalog,
    externalLimits: settings.externalAlerts,
    alertmanagers: settings.alertmanagers,
    foundAlertmanagers: monitoring.alertmanagers,
    maxSilences: settings.silences.max,
    flapping: { ...settings.flapping, windowMs: settings.flapping.window },
    query: decide,
    sink: monitoring.sink,
    onArrival: monitoring.onArrival,
    objectives,
    alertSink: oncall.alertSink,
    delivery,
    onCall: (service) => oncall.responders(service),
    config: settings.config,
    defaults: [{ name: 'host', yaml: DEFAULT_RULES_YAML }],
    probeReason: monitoring.probeReason,
    docs,
    url,
    rules: {
      intervalMs: settings.rules.interval,
      offsetMs: settings.rules.queryOffset,
      externalLabels: settings.rules.externalLabels,
    },
    metrics,
  });
  monitoring.usedBy(alerting.uses);
  const senders = createSenders({
    sql,
    clock,
    log,
    health,
    jobs,
    ledger,
    catalog,
    external: alerting.external,
    url,
    environment: process.env,
    acknowledge: oncall.acknowledgeAlert,
    snooze: oncall.snoozeAlert,
    change: (change, actor) => releases.record(change, actor),
    graphite: monitoring.graphite,
    decides: alerting.decides,
    settings,
  });
  const incidents = createIncidents({
    sql,
    clock,
    ledger,
    catalog,
    delivery,
    jobs,
    settings: { url },
    emailOfAccount: (on, name) => access.emailOfAccount(on, name),
  });
  const deadMansSwitch = createDeadMansSwitch({ sql, clock, log, health, jobs, settings: settings.deadMansSwitch });
  const experiments = createExperiments({ sql, clock, jobs, ledger, health, catalog, delivery, external: alerting.external });
  oncall.onPage(experiments.follow(incidents.pageSink));
  delivery.answeredBy(answersOf(sql, clock, oncall));
  drawing = pictureOf({ sql, pages: oncall.pages, routes: monitoring.routes, now: () => clock.now() });
  const postmortems = createPostmortems({
    sql,
    clock,
    log,
    jobs,
    ledger,
    delivery,
    query,
    incidents,
    costOf: (service, from, to) => objectives.costs(service, from, to),
    settings: { url },
  });
  const releases = createReleases({ sql, clock, ledger, catalog });

  const quality = alertQuality({
    sql,
    clock,
    log,
    jobs,
    ledger,
    catalog,
    delivery,
    alerting,
    query,
    incidents,
    oncall,
    rawRetentionMs: settings.store.retention,
    url,
    reviews: settings.reviews,
  });

  const backups = createBackups({ sql, clock, log, ledger, monitoring, settings });

  const chat = createChat({
    sql,
    clock,
    log,
    catalog,
    call: createCallRoute(() => routes, access.gate.permits),
    roleByEmail: (on, email) => access.roleByEmail(on, email),
    url,
    health,
    jobs,
    ledger,
    delivery,
    query,
    settings: settings.chat,
    providers: settings,
  });
  senders.answeredBy(chat.mailAnswers);

  const modules = [
    access,
    ledgerRoutes,
    catalog,
    delivery,
    monitoring,
    objectives,
    alerting,
    quality,
    senders,
    oncall,
    incidents,
    postmortems,
    releases,
    experiments,
    deadMansSwitch,
    chat,
    backups,
  ];
  const state = { ready: false };
  const ofModules = [...modules.flatMap((module) => [...module.routes]), ...(mailbox?.routes ?? [])];
  const routes = [...ofModules, ...appRoutes({ health, state, routes: ofModules })];
  const server = await createHttpServer({
    routes,
    gate: access.gate,
    clock,
    log,
    metrics,
    ...(webDirectory !== undefined && { webDirectory }),
  });
  const watches: (() => void)[] = [];

  return {
    health,
    clock,
    jobs,
    catalog,
    alerting,
    server,
    setupLink: () => access.setupLink(),
    /** Resolves once everything works and the port is open, with that port. */
    async start(): Promise<number> {
      progress('Opening the telemetry store');
      await monitoring.open();
      await catalog.start();
      if (settings.config !== undefined) {
        progress(`Reading ${settings.config}`);
        await catalog.watch(settings.config);
      }
      if (mailbox && !settings.mailbox) {
        health.report(
          'delivery.mailserver',
          'degraded',
          'No mail server is set: pages stay in the local mailbox at /mail. Set smtp in nines.yaml.',
        );
      }
      await objectives.start();
      await alerting.start();
      await senders.start();
      await delivery.start();
      await oncall.start();
      experiments.start();
      await deadMansSwitch.start();
      await quality.start();
      await jobs.start();
      await chat.start();
      monitoring.start();
      watches.push(
        watchClock(clock, followClock({ sql, ledger, jobs, health, clock, log })),
        maintain(sql, clock, log),
        watchQueues({ sql, clock, metrics, log }),
        watchBreakers({ sql, clock, metrics, health, log }).end,
      );
      await server.listen({ host: settings.host, port: settings.port });
      state.ready = true;
      const address = server.server.address();
      return typeof address === 'object' && address !== null ? address.port : settings.port;
    },
    /** Finishes what is under way, as far as that is quick, and closes everything. */
    async stop(): Promise<void> {
      state.ready = false;
      for (const end of watches) end();
      ledgerRoutes.stop();
      await server.close();
      await chat.stop();
      await catalog.stop();
      await senders.stop();
      await alerting.stop();
      await objectives.stop();
      await monitoring.stop();
      await jobs.stop();
      await mailbox?.stop();
      await sql.close();
    },
  };
}

export type App = Awaited<ReturnType<typeof createApp>>;
