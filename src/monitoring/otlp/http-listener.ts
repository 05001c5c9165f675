import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../platform/clock.ts';
import { createHttpServer, type Gate, type Route } from '../../platform/http/index.ts';
import type { Log } from '../../platform/log.ts';
import { createRegistry } from '../../platform/metrics.ts';
import type { Listener } from '../listener.ts';

interface OtlpHttpDeps {
  readonly routes: readonly Route[];
  readonly gate: Gate;
  readonly clock: Clock;
  readonly log: Log;
  readonly host: string;
  readonly port: number;
}

/** OTLP's own HTTP port, where OpenTelemetry's SDKs send when they are told nothing. The same as on the main port. */
export function otlpHttpListener({ routes, gate, clock, log, host, port }: OtlpHttpDeps): Listener {
  let server: FastifyInstance | undefined;
  return {
    name: 'otlpHttp',
    get port() {
      return (server?.server.address() as AddressInfo | null | undefined)?.port ?? port;
    },
    async start() {
      // The requests of the main port are counted there; these are counted as samples of their source.
      server = await createHttpServer({ routes, gate, clock, log, metrics: createRegistry() });
      await server.listen({ host, port });
    },
    async stop() {
      await server?.close();
    },
  };
}
