import { pino } from 'pino';
import type { Clock } from '../../../src/platform/clock.ts';
import { createHttpServer, type Gate, type Principal } from '../../../src/platform/http/index.ts';
import { createRegistry } from '../../../src/platform/metrics.ts';
import { graphiteRoutes, type Graphite } from '../../../src/monitoring/graphite/index.ts';
import type { SeriesIndex } from '../../../src/monitoring/index.ts';

const ana: Principal = { kind: 'account', actor: 'person:ana', name: 'Ana', person: 'ana', role: 'viewer' };
const gate: Gate = { identify: async () => ana, permits: () => true };

export interface HttpAnswer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly bytes: Buffer;
}

/** nines' Graphite routes behind its HTTP server, without a port. With a form, by POST. */
export async function ninesServer(deps: { graphite: Graphite; index: SeriesIndex; clock: Clock }) {
  const server = await createHttpServer({
    routes: graphiteRoutes(deps),
    gate,
    clock: deps.clock,
    log: pino({ level: 'silent' }),
    metrics: createRegistry(),
  });
  return async (url: string, form?: string): Promise<HttpAnswer> => {
    const post = { method: 'POST', payload: form ?? '', headers: { 'content-type': 'application/x-www-form-urlencoded' } } as const;
    const answer = await server.inject({ url, ...(form === undefined ? { method: 'GET' } : post) });
    return { status: answer.statusCode, type: String(answer.headers['content-type'] ?? ''), text: answer.body, bytes: answer.rawPayload };
  };
}
