import type { Catalog } from '../catalog/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Route } from '../platform/http/index.ts';
import type { Jobs } from '../platform/jobs/index.ts';
import type { Log } from '../platform/log.ts';
import type { Sql } from '../platform/sql/index.ts';
import { createDoorkeeper } from './doorkeeper.ts';
import type { ExternalAlerts } from './external/index.ts';
import { createHeartbeats, heartbeatRoutes } from './heartbeat/index.ts';

export interface SendersDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
  readonly jobs: Jobs;
  readonly catalog: Catalog;
  readonly external: ExternalAlerts;
  /** The address people open nines at. */
  readonly url: string;
  /** Where the secrets of documents are. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface Senders {
  readonly routes: readonly Route[];
  /** Once the documents in force are known, and before jobs start. */
  start(): Promise<void>;
}

/** What others tell nines, one event at a time: jobs by their heartbeats. */
export function createSenders(deps: SendersDeps): Senders {
  const { sql, clock, url } = deps;
  const door = createDoorkeeper(deps);
  const heartbeats = createHeartbeats(deps);
  return {
    routes: heartbeatRoutes({ heartbeats, door, sql, clock, url }),
    start: () => heartbeats.start(),
  };
}
