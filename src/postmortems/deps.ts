import type { Clock } from '../platform/clock.ts';
import type { Jobs } from '../platform/jobs/index.ts';
import type { Log } from '../platform/log.ts';
import type { Sql } from '../platform/sql/index.ts';
import type { Delivery } from '../delivery/index.ts';
import type { Incidents } from '../incidents/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { QueryEngine } from '../monitoring/index.ts';
import type { ObjectiveCost } from '../objectives/contract.ts';

export interface PostmortemsDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
  readonly jobs: Jobs;
  readonly ledger: Ledger;
  readonly delivery: Pick<Delivery, 'about'>;
  readonly query: Pick<QueryEngine, 'range'>;
  readonly incidents: Pick<Incidents, 'record' | 'linkPostmortem' | 'onAllClear'>;
  /** What the span (milliseconds) cost each objective of a service. */
  costOf(service: string, from: number, to: number): Promise<ObjectiveCost[]>;
  readonly settings: { readonly url: string };
}
