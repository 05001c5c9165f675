import type { Clock } from '../platform/clock.ts';
import type { Route } from '../platform/http/index.ts';
import type { Jobs } from '../platform/jobs/index.ts';
import type { Log } from '../platform/log.ts';
import type { Sql } from '../platform/sql/index.ts';
import type { Delivery } from '../delivery/index.ts';
import type { Incidents } from '../incidents/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { QueryEngine } from '../monitoring/index.ts';
import type { ObjectiveCost } from '../objectives/contract.ts';
import { DRAFT_JOB, drafting } from './drafting.ts';
import { postmortemRoutes } from './routes.ts';

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

/** A draft from evidence at every all-clear, kept and edited as Markdown. */
export function createPostmortems(deps: PostmortemsDeps): { routes: Route[] } {
  deps.jobs.handle(DRAFT_JOB, drafting(deps));
  // In the all-clear's own transaction: once it is said, the draft will be written, whatever happens in between.
  deps.incidents.onAllClear({ cleared: (tx, { id }) => deps.jobs.enqueue(tx, { kind: DRAFT_JOB, key: id, priority: 6 }) });
  return { routes: postmortemRoutes(deps) };
}
