import type { Clock } from '../../platform/clock.ts';
import type { Health } from '../../platform/health.ts';
import { createLease, type Lease } from '../../platform/lease/index.ts';
import type { Log } from '../../platform/log.ts';
import type { Sql } from '../../platform/sql/index.ts';

/** A way in that nines keeps open itself: it asks a server, or is connected to one. */
export interface Loop {
  /** `telegram`; part of the names in health and of the lease. */
  readonly name: string;
  /** Goes on until `signal` aborts. `trouble` says why nothing can be heard; undefined once it is well again. */
  run(signal: AbortSignal, trouble: (problem: string | undefined) => void): Promise<void>;
}

interface LoopsDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
  readonly health: Health;
}

/** Runs each loop in one of the processes on a database, and in the next once that one is gone: two would answer twice. */
export function createLoops(loops: readonly Loop[], { sql, clock, log, health }: LoopsDeps): { start(): Promise<void>; stop(): Promise<void> } {
  const leases: Lease[] = [];
  const begin = (loop: Loop): Promise<void> => {
    const component = `chat.${loop.name}`;
    let running: AbortController | undefined;
    const lease = createLease({ sql, clock, log, name: component });
    leases.push(lease);
    return lease.start({
      gained() {
        const stop = new AbortController();
        const trouble = (problem: string | undefined): void => {
          if (!stop.signal.aborted) health.report(component, problem === undefined ? 'ok' : 'degraded', problem);
        };
        void loop.run(stop.signal, trouble).catch((error: unknown) => log.error({ err: error, loop: loop.name }, 'a way into chat ended'));
        running = stop;
        return Promise.resolve();
      },
      lost() {
        running?.abort();
        running = undefined;
        return Promise.resolve();
      },
    });
  };
  return {
    async start() {
      for (const loop of loops) await begin(loop);
    },
    async stop() {
      for (const lease of leases.splice(0)) await lease.stop();
    },
  };
} // prettier-ignore

/** Waits, or until it is all over. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
