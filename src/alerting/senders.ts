import type { Catalog } from '../catalog/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Health } from '../platform/health.ts';
import type { Route } from '../platform/http/index.ts';
import type { Jobs } from '../platform/jobs/index.ts';
import type { Log } from '../platform/log.ts';
import type { Sql } from '../platform/sql/index.ts';
import { createDoorkeeper } from './doorkeeper/index.ts';
import type { ExternalAlerts } from './external/index.ts';
import { createGraphiteRules, graphiteRuleRoutes, type GraphiteQuery } from './graphite-rules/index.ts';
import { createHeartbeats, heartbeatRoutes } from './heartbeat/index.ts';
import { createIntegrations, createMailIntake, inboundRoutes, type MailAnswers, vendorRoutes } from './inbound/index.ts';

export interface SendersDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
  readonly health: Health;
  readonly jobs: Jobs;
  readonly ledger: Ledger;
  readonly catalog: Catalog;
  readonly external: ExternalAlerts;
  /** The address people open nines at. */
  readonly url: string;
  /** Where the secrets of documents are. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Acknowledges the page that an alert is on, where there is one: the port that on-call fills. */
  readonly acknowledge: (fingerprint: string, who: { actor: string; name: string }) => Promise<void>;
  /** The same, left alone until a time in milliseconds. */
  readonly snooze?: (fingerprint: string, who: { actor: string; name: string }, until: number) => Promise<void>;
  /** Writes down a change: the port that releases fill. */
  readonly change: Parameters<typeof vendorRoutes>[0]['change'];
  readonly graphite: GraphiteQuery;
  /** Whether this process, of those that share a database, decides alerts. */
  readonly decides: () => boolean;
  readonly settings: {
    /** The address that ports are opened on. */
    readonly host: string;
    readonly inbound: { readonly perMinute: number } & Omit<Parameters<typeof createMailIntake>[0]['settings'], 'host'>;
  };
}

export interface Senders {
  readonly routes: readonly Route[];
  /** Says who takes answers to pages that come by mail, before `start`. */
  answeredBy(answers: MailAnswers): void;
  /** Once the documents in force are known, and before jobs start. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** What is told of beside rules in PromQL: jobs by their heartbeats, other systems by webhooks and mail, Graphite's series. */
export function createSenders(deps: SendersDeps): Senders {
  const { sql, clock, settings } = deps;
  const url = deps.url.replace(/\/+$/, '');
  const door = createDoorkeeper(deps);
  const heartbeats = createHeartbeats(deps);
  const integrations = createIntegrations({ ...deps, perMinute: settings.inbound.perMinute });
  let answers: MailAnswers | undefined;
  const mail = createMailIntake({
    ...deps,
    integrations,
    settings: { ...settings.inbound, host: settings.host },
    answers: () => answers,
  });
  const graphiteRules = createGraphiteRules(deps);
  return {
    routes: [
      ...heartbeatRoutes({ heartbeats, door, sql, clock, url }),
      ...inboundRoutes({ ...deps, integrations, door, url }),
      ...graphiteRuleRoutes({ rules: graphiteRules, sql, ledger: deps.ledger }),
      ...vendorRoutes({ ...deps, integrations, heartbeats, door }),
    ],
    answeredBy: (given) => void (answers = given),
    async start() {
      await heartbeats.start();
      await mail.start();
      await graphiteRules.start();
    },
    async stop() {
      await Promise.all([mail.stop(), graphiteRules.stop()]);
    },
  };
}
