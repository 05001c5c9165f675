/** Alerts worth waking for: trying rules on the past, and looking back at the week. Made once everything that it asks is there. */
import type { Catalog } from '../catalog/index.ts';
import type { QueryEngine } from '../monitoring/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Route } from '../platform/http/index.ts';
import { backtestRoutes, type BacktestPorts } from './backtest/index.ts';
import type { Alerting } from './module.ts';

export interface AlertQualityDeps {
  readonly clock: Clock;
  readonly catalog: Catalog;
  readonly alerting: Pick<Alerting, 'rules'>;
  /** Waits behind nothing that decides. */
  readonly query: Pick<QueryEngine, 'instant' | 'range'>;
  /** For how long samples are kept as they came. */
  readonly rawRetentionMs: number;
  readonly ports: BacktestPorts;
}

export interface AlertQuality {
  readonly routes: Route[];
}

export function createAlertQuality({ clock, catalog, alerting, query, rawRetentionMs, ports }: AlertQualityDeps): AlertQuality {
  return {
    routes: backtestRoutes({ ...ports, clock, query, rawRetentionMs, set: () => catalog.current(), rules: () => alerting.rules() }),
  };
}
