import type { PageSink } from '../oncall/index.ts';
import type { Route } from '../platform/http/index.ts';
import { createDrillCalendar } from './page-drill/drill-calendar.ts';
import { createPageDrills, type PageDrillsDeps } from './page-drill/page-drills.ts';
import { drillRoutes } from './page-drill/routes.ts';

export interface Experiments {
  readonly routes: readonly Route[];
  /** Keeps the pages of drills from those who follow real ones. */
  follow(next: PageSink): PageSink;
  /** Once the documents in force are known. */
  start(): void;
}

/** What is tried on purpose, to know that it works before it is needed. */
export function createExperiments(deps: PageDrillsDeps): Experiments {
  const drills = createPageDrills(deps);
  const calendar = createDrillCalendar(deps, drills);
  return { routes: drillRoutes(drills, deps.sql), follow: (next) => drills.follow(next), start: () => calendar.follow() };
}
