import type { Health } from '../platform/health.ts';
import type { Log } from '../platform/log.ts';

/** An intake on a port of its own, beside the one for HTTP. */
export interface Listener {
  /** As in `settings.listen`. */
  readonly name: string;
  readonly port: number;
  /** Rejects with what is in the way, such as a port in use. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Ports of the intakes that are not HTTP on the main port, under `listen:` in nines.yaml; false leaves one closed, 0 takes any. */
export interface ListenSettings {
  /** StatsD, UDP and TCP. */
  readonly statsd: number | false;
  /** Graphite's plaintext protocol. */
  readonly graphite: number | false;
  /** Graphite's pickle protocol. */
  readonly graphitePickle: number | false;
  /** OTLP over HTTP, beside the same on the main port. */
  readonly otlpHttp: number | false;
  readonly otlpGrpc: number | false;
}

export const DEFAULT_LISTEN: ListenSettings = { statsd: 8125, graphite: 2003, graphitePickle: 2004, otlpHttp: 4318, otlpGrpc: 4317 };
export const LISTEN_OFF: ListenSettings = { statsd: false, graphite: false, graphitePickle: false, otlpHttp: false, otlpGrpc: false };

/** Opens the ports. One that can't be opened is said in health and costs nothing else: another program may have it for a reason. */
export async function startListeners(listeners: readonly Listener[], health: Health, log: Log): Promise<void> {
  await Promise.all(
    listeners.map(async (listener) => {
      try {
        await listener.start();
        health.report(`listen.${listener.name}`, 'ok');
      } catch (error) {
        const inUse = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
        const why = inUse ? 'is in use by another program' : `can't be opened: ${(error as Error).message}`;
        log.warn({ err: error, listener: listener.name }, 'a port for samples could not be opened');
        health.report(
          `listen.${listener.name}`,
          'degraded',
          `Port ${listener.port} ${why}, so nothing is taken there. Choose another with listen.${listener.name} in nines.yaml, or false to leave it closed.`,
        );
      }
    }),
  );
}
