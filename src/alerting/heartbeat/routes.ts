import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import { reply, route, type Reply, type Route, type RouteRequest } from '../../platform/http/index.ts';
import type { Queryable } from '../../platform/sql/index.ts';
import type { Doorkeeper } from '../doorkeeper/index.ts';
import * as contract from './contract.ts';
import type { HeartbeatNow, Heartbeats } from './heartbeats.ts';
import { listSignals } from './heartbeat-store.ts';
import { readSignal } from './read-signal.ts';

export interface HeartbeatRoutesDeps {
  readonly heartbeats: Heartbeats;
  readonly door: Doorkeeper;
  readonly sql: Queryable;
  readonly clock: Clock;
  readonly url: string;
}

const named = z.object({ name: z.string().max(63) });
const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

export function heartbeatJson({ resource, stored: { state }, verdict }: HeartbeatNow): contract.Heartbeat {
  const { name, title, spec } = resource;
  return {
    name,
    title,
    description: spec.description ?? '',
    service: spec.service ?? null,
    severity: spec.severity,
    schedule: spec.every === undefined ? `${spec.cron} ${spec.timeZone}` : `every ${spec.every}`,
    status: verdict.status,
    lastSuccessAt: iso(state.succeededAt),
    lastFailureAt: iso(state.failedAt),
    lastHeardAt: iso(state.heardAt),
    startedAt: iso(state.startedAt),
    expectedAt: iso(verdict.expectedAt),
    deadline: iso(verdict.deadline),
    runtimeMs: state.runtimeMs,
    exitCode: state.exitCode,
  };
}

/** Output is kept to its last 10 kB; more than this is not even read. */
const BODY_LIMIT = 1024 * 1024;

export function heartbeatRoutes({ heartbeats, door, sql, clock, url }: HeartbeatRoutesDeps): Route[] {
  const said = async ({ params, search, body, ...request }: RouteRequest<{ name: string; verb: string }>): Promise<Reply> => {
    door.admit(request, search, heartbeats.document(params.name)?.spec.token);
    const signal = readSignal(params.verb, search, Buffer.isBuffer(body) ? body : Buffer.alloc(0), clock.now());
    await heartbeats.signal(params.name, signal);
    if (String(request.headers['accept'] ?? '').includes('application/json')) return reply(200, { kind: signal.kind });
    return reply(200, 'OK\n', { 'content-type': 'text/plain; charset=utf-8' });
  };
  const say = {
    path: '/nines/v1/heartbeats/:name/:verb',
    access: 'secret',
    params: named.extend({ verb: z.string().max(40) }),
    bodyAs: 'raw',
    bodyLimit: BODY_LIMIT,
    handler: said,
  } as const;
  return [
    route({
      method: 'GET',
      path: '/nines/v1/heartbeats',
      access: 'viewer',
      summary: 'Jobs that must say that they ran, and how each is',
      response: contract.heartbeatsAnswer,
      handler: async () => ({ heartbeats: (await heartbeats.list()).map(heartbeatJson) }),
    }),
    route({
      method: 'GET',
      path: '/nines/v1/heartbeats/:name',
      access: 'viewer',
      summary: 'One heartbeat, with its last hundred signals and what its job printed last',
      params: named,
      response: contract.heartbeatDetail,
      async handler({ params: { name } }) {
        const found = await heartbeats.find(name);
        const signals = (await listSignals(sql, name)).map(({ at, kind, exit_code, runtime_ms }) => ({
          at: new Date(at).toISOString(),
          kind,
          exitCode: exit_code,
          runtimeMs: runtime_ms,
        }));
        const pingUrl = `${url.replace(/\/+$/, '')}/nines/v1/heartbeats/${name}/ping`;
        return { ...heartbeatJson(found), output: found.stored.state.output, signals, pingUrl };
      },
    }),
    route({ ...say, method: 'POST', summary: 'What a job says: ping, start, fail, or its exit code; the body is what it printed' }),
    route({ ...say, method: 'GET', summary: 'The same, for what can only open an address' }),
  ];
}
