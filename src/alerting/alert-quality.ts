/** Alerts worth waking for: trying rules on the past, and looking back at the week. Made once everything that it asks is there. */
import type { Catalog } from '../catalog/index.ts';
import type { Delivery } from '../delivery/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { QueryEngine } from '../monitoring/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Route } from '../platform/http/index.ts';
import type { Jobs } from '../platform/jobs/index.ts';
import type { Log } from '../platform/log.ts';
import type { Sql } from '../platform/sql/index.ts';
import { backtestRoutes, type BacktestPorts } from './backtest/index.ts';
import { historyRoutes, type HistoryDeps } from './history/index.ts';
import type { Alerting } from './module.ts';
import { createReviewJob, reviewRoutes } from './review/index.ts';

export interface AlertQualityDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
  readonly jobs: Jobs;
  readonly ledger: Ledger;
  readonly catalog: Catalog;
  readonly delivery: Pick<Delivery, 'send' | 'about'>;
  /** Where the UI is. */
  readonly url: string;
  /** When on Monday the review of the week is told: `09:00`; false tells nobody. */
  readonly reviews: string | false;
  readonly alerting: Pick<Alerting, 'rules'>;
  /** Waits behind nothing that decides. */
  readonly query: Pick<QueryEngine, 'instant' | 'range'>;
  /** For how long samples are kept as they came. */
  readonly rawRetentionMs: number;
  readonly ports: BacktestPorts & Pick<HistoryDeps, 'pagesOfAlert'>;
}

export interface AlertQuality {
  readonly routes: Route[];
  start(): Promise<void>;
}

export function createAlertQuality({ alerting, query, rawRetentionMs, ports, reviews, ...deps }: AlertQualityDeps): AlertQuality {
  const { clock, catalog } = deps;
  const job = createReviewJob({ ...deps, url: deps.url.replace(/\/+$/, ''), tellAt: reviews });
  return {
    routes: [
      ...backtestRoutes({ ...ports, clock, query, rawRetentionMs, set: () => catalog.current(), rules: () => alerting.rules() }),
      ...reviewRoutes(deps),
      ...historyRoutes({ ledger: deps.ledger, delivery: deps.delivery, pagesOfAlert: ports.pagesOfAlert }),
    ],
    start: () => job.start(),
  };
}
