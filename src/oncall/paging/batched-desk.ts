import type { NewJob } from '../../platform/jobs/index.ts';
import type { Tx } from '../../platform/sql/index.ts';
import type { Desk } from '../desk.ts';

/** A desk for many pages in one transaction: their jobs are written together, by `flush`, and not one by one. */
export function batchedDesk(desk: Desk): { desk: Desk; flush: (tx: Tx) => Promise<void> } {
  const jobs: NewJob[] = [];
  return {
    desk: { ...desk, jobs: { ...desk.jobs, enqueue: (_, job) => Promise.resolve(void jobs.push(job)) } },
    flush: (tx) => desk.jobs.enqueueAll(tx, jobs.splice(0)),
  };
}
