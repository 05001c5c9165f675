import type { Route } from '../platform/http/index.ts';
import { DRAFT_JOB, drafting } from './drafting.ts';
import type { PostmortemsDeps } from './deps.ts';
import { postmortemRoutes } from './routes.ts';

/** A draft from evidence at every all-clear, kept and edited as Markdown. */
export function createPostmortems(deps: PostmortemsDeps): { routes: Route[] } {
  deps.jobs.handle(DRAFT_JOB, drafting(deps));
  // In the all-clear's own transaction: once it is said, the draft will be written, whatever happens in between.
  deps.incidents.onAllClear({ cleared: (tx, { id }) => deps.jobs.enqueue(tx, { kind: DRAFT_JOB, key: id, priority: 6 }) });
  return { routes: postmortemRoutes(deps) };
}
