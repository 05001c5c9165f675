import type { Catalog } from '../catalog/index.ts';
import type { MetricUse, QueryEngine, SampleSink } from '../monitoring/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Health } from '../platform/health.ts';
import type { Route } from '../platform/http/index.ts';
import type { Log } from '../platform/log.ts';
import type { Registry } from '../platform/metrics.ts';
import type { Sql } from '../platform/sql/index.ts';
import type { ObjectiveCost, ObjectiveStatus } from './contract.ts';
import type { Objective } from './objective.ts';

export interface ObjectivesDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
  readonly health: Health;
  readonly catalog: Catalog;
  readonly query: Pick<QueryEngine, 'instant' | 'range'>;
  /** Where burn rates are written for graphs and alerts. */
  readonly sink: SampleSink;
  readonly metrics: Registry;
  /** Tells of a service and a minute (its start) whether it was planned work on it; of the last months. */
  readonly maintenance?: () => Promise<(service: string, minute: number) => boolean>;
}

export interface Objectives {
  readonly routes: Route[];
  start(): Promise<void>;
  stop(): Promise<void>;
  list(): readonly Objective[];
  /** The metrics that objectives read. */
  uses(): MetricUse[];
  /** How all objectives stand, by name; counted within the last few seconds. */
  statuses(): Promise<ObjectiveStatus[]>;
  /** Throws a 404 `Problem`. */
  status(name: string): Promise<ObjectiveStatus>;
  /** What [from, to) cost an objective. Throws a 404 `Problem`. */
  cost(name: string, from: number, to: number): Promise<ObjectiveCost>;
  /** What [from, to) cost each objective of a service. */
  costs(service: string, from: number, to: number): Promise<ObjectiveCost[]>;
  /** Counts now. */
  measure(): Promise<void>;
}
