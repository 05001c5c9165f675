import type { Clock } from '../platform/clock.ts';
import type { Health } from '../platform/health.ts';
import type { Route } from '../platform/http/index.ts';
import type { Registry } from '../platform/metrics.ts';
import { createGraphiteListeners } from './graphite-intake/index.ts';
import { influxRoutes } from './influx/index.ts';
import { createIntakeBook, intakeRoutes } from './intakes/index.ts';
import { jsonPushRoutes } from './json-push/index.ts';
import { DEFAULT_LABEL_LIMITS, type LabelLimits } from './label-limits.ts';
import type { Listener, ListenSettings } from './listener.ts';
import type { SinkFor } from './series.ts';
import { createStatsdListener, type StatsdEvent, type StatsdSettings } from './statsd/index.ts';

export interface PushIntakesOptions {
  readonly sinkFor: SinkFor;
  readonly clock: Clock;
  readonly metrics: Registry;
  readonly health: Health;
  readonly settings: {
    readonly intake: Partial<LabelLimits & { maxBody: number }>;
    readonly listen: ListenSettings;
    readonly statsd?: Partial<StatsdSettings>;
    readonly host?: string;
  };
  /** How long samples are kept, in milliseconds. */
  readonly retention: number;
  /** What DogStatsD sends as events. */
  readonly onEvents?: ((events: readonly StatsdEvent[]) => Promise<void>) | undefined;
}

const DEFAULT_MAX_BODY = 32 * 2 ** 20;

/** What programs push, but for remote write and OTLP: ports, routes, and the book of what was taken and refused. */
export function createPushIntakes({ sinkFor, clock, metrics, health, settings, retention, onEvents }: PushIntakesOptions): {
  routes: Route[];
  listeners: Listener[];
} {
  const book = createIntakeBook({ registry: metrics, clock, health });
  const { maxLabels, maxNameLength, maxValueLength, maxBody = DEFAULT_MAX_BODY } = { ...DEFAULT_LABEL_LIMITS, ...settings.intake };
  const limits = { maxLabels, maxNameLength, maxValueLength };
  const common = { sinkFor, book, clock, limits, retention, host: settings.host };
  const statsd = createStatsdListener({ ...common, port: settings.listen.statsd, settings: settings.statsd ?? {}, onEvents });
  return {
    listeners: [...(statsd ? [statsd] : []), ...createGraphiteListeners({ ...common, listen: settings.listen })],
    routes: [...jsonPushRoutes(common), ...influxRoutes({ ...common, maxBody }), ...intakeRoutes(book)],
  };
}
