import type { NewEvent } from '../ledger/index.ts';
import type { NewJob } from '../platform/jobs/index.ts';
import type { Tx } from '../platform/sql/index.ts';
import type { Desk } from './desk.ts';

/** The parameters of a statement are bounded. */
const EVENTS_AT_ONCE = 1_000;

/**
 * A desk for many pages in one transaction: its jobs and events are written together, by `flush`, and not one by one. Four
 * statements fewer for each page are what lets a storm be written down in time; and the ledger's one counter is held last.
 */
export function batchedDesk(desk: Desk): { desk: Desk; flush: (tx: Tx) => Promise<void> } {
  const jobs: NewJob[] = [];
  const events: NewEvent[] = [];
  return {
    desk: {
      ...desk,
      jobs: { ...desk.jobs, enqueue: (_, job) => Promise.resolve(void jobs.push(job)) },
      ledger: { ...desk.ledger, append: (_, given) => Promise.resolve((events.push(...given), [])) },
    },
    async flush(tx) {
      await desk.jobs.enqueueAll(tx, jobs.splice(0));
      while (events.length > 0) await desk.ledger.append(tx, events.splice(0, EVENTS_AT_ONCE));
    },
  };
}
