/** Prometheus' HTTP API, so that Grafana, promtool and whatever else asks Prometheus can ask nines. */
import type { Route } from '../../platform/http/index.ts';
import type { Health } from '../../platform/health.ts';
import type { ExemplarSource, SeriesSource } from '../series.ts';
import { adminRoutes } from './admin-routes.ts';
import { federateRoutes } from './federate.ts';
import { notificationRoutes } from './notification-routes.ts';
import { queryRoutes } from './query-routes.ts';
import { searchRoutes } from './search-routes.ts';
import { statusRoutes, type StatusDeps } from './status-routes.ts';
import { targetRoutes } from './target-routes.ts';

export { get as prometheusGet, ok as prometheusOk } from './api-route.ts';

interface PrometheusApiDeps extends StatusDeps {
  readonly source: SeriesSource;
  readonly exemplars: ExemplarSource;
  readonly health: Health;
  readonly askedBy?: (userAgent: string | string[] | undefined) => StatusDeps['query'];
}

export const prometheusRoutes = (deps: PrometheusApiDeps): Route[] => [
  ...queryRoutes(deps),
  ...targetRoutes(deps),
  ...statusRoutes(deps),
  ...federateRoutes(deps),
  ...searchRoutes(deps.index),
  ...notificationRoutes(deps.health),
  ...adminRoutes(),
];
