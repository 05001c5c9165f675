import type { Clock } from '../../platform/clock.ts';
import type { Gate, Route } from '../../platform/http/index.ts';
import type { Log } from '../../platform/log.ts';
import { DEFAULT_LABEL_LIMITS, type LabelLimits } from '../label-limits.ts';
import type { Listener, ListenSettings } from '../listener.ts';
import type { SinkFor } from '../series.ts';
import type { OtlpGrpcDeps } from './grpc-listener.ts';
import { otlpHttpListener } from './http-listener.ts';
import { createOtlp } from './otlp.ts';
import { otlpRoutes } from './routes.ts';
import type { OtlpSettings } from './settings.ts';

interface OtlpIntakeDeps {
  readonly sinkFor: SinkFor;
  /** Who may send. */
  readonly gate: Gate;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: {
    readonly otlp: OtlpSettings;
    readonly listen: ListenSettings;
    readonly host: string;
    readonly intake: Partial<LabelLimits> & { readonly maxBody?: number };
  };
  /** Milliseconds. */
  readonly retention: number;
}

const MOST_BYTES = 32 * 1024 ** 2;

/** Everything that takes OpenTelemetry's metrics: on the main port and on OTLP's own two. */
export function createOtlpIntake(deps: OtlpIntakeDeps): { routes: Route[]; listeners: Listener[] } {
  const { sinkFor, gate, clock, log, settings, retention } = deps;
  const { otlp, listen, host, intake } = settings;
  const maxBody = intake.maxBody ?? MOST_BYTES;
  const take = createOtlp({ sinkFor, clock, settings: otlp, limits: { ...DEFAULT_LABEL_LIMITS, ...intake }, retention });
  const routes = otlpRoutes(take, maxBody);
  const { otlpHttp, otlpGrpc } = listen;
  return {
    routes,
    listeners: [
      ...(otlpHttp === false ? [] : [otlpHttpListener({ routes, gate, clock, log, host, port: otlpHttp })]),
      ...(otlpGrpc === false ? [] : [grpcWhenOpened({ take, gate, log, host, port: otlpGrpc, maxBody })]),
    ],
  };
}

/** The library of gRPC takes some megabytes: it is loaded when the port is opened. */
function grpcWhenOpened(deps: OtlpGrpcDeps): Listener {
  let listener: Listener | undefined;
  return {
    name: 'otlpGrpc',
    get port() {
      return listener?.port ?? deps.port;
    },
    async start() {
      listener ??= (await import('./grpc-listener.ts')).otlpGrpcListener(deps);
      await listener.start();
    },
    stop: async () => listener?.stop(),
  };
}
