/** Addresses and answers as PagerDuty and Opsgenie have them: a sender changes the host, and nothing else. */
import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import { newId } from '../../platform/id.ts';
import { reply, route, type Reply, type Route, type RouteRequest } from '../../platform/http/index.ts';
import { Problem } from '../../platform/problem.ts';
import { shownSecrets, type Doorkeeper } from '../doorkeeper.ts';
import type { Heartbeats } from '../heartbeat/index.ts';
import type { Integration, Integrations } from './integrations.ts';
import { opsgenieAction, opsgenieAnswer } from './opsgenie.ts';
import { pagerduty, routingKeyOf } from './pagerduty.ts';
import { parseJson } from './read-json.ts';
import { BODY_LIMIT } from './routes.ts';

export interface VendorRoutesDeps {
  readonly integrations: Integrations;
  readonly heartbeats: Heartbeats;
  readonly door: Doorkeeper;
  readonly clock: Clock;
}

const raw = { access: 'secret', bodyAs: 'raw', bodyLimit: BODY_LIMIT } as const;

export const vendorRoutes = (deps: VendorRoutesDeps): Route[] => [...pagerDutyRoutes(deps), ...opsgenieRoutes(deps)];

function pagerDutyRoutes({ integrations, door, clock }: VendorRoutesDeps): Route[] {
  return [
    route({
      ...raw,
      // Whose it is stands within: this much is read of anyone. PagerDuty itself takes 512 kB.
      bodyLimit: 1024 * 1024,
      method: 'POST',
      path: '/v2/enqueue',
      summary: "PagerDuty's Events API v2: trigger, acknowledge and resolve; the routing key says whose event it is",
      handler: async ({ body, headers, ip }) => {
        try {
          const key = routingKeyOf(parseJson(body as Buffer));
          if (key === undefined) throw new Problem(400, 'bad-request', "'routing_key' is missing or blank");
          const integration = await door.admitAs({ ip }, () => integrations.bySecret([key], { type: 'pagerduty' }));
          const mapped = await integrations.take(integration, { body: body as Buffer, headers, now: clock.now() });
          return pagerduty.answer!(mapped);
        } catch (error) {
          if (!(error instanceof Problem) || error.status === 429 || error.status >= 500) throw error;
          // A key that is unknown is an invalid event there.
          const message = error.status === 401 ? 'Invalid routing key: no integration of nines has it' : error.message;
          return reply(400, { status: 'invalid event', message: 'Event object is invalid', errors: [message] });
        }
      },
    }),
  ];
}

function opsgenieRoutes({ integrations, heartbeats, door, clock }: VendorRoutesDeps): Route[] {
  type Asked = Pick<RouteRequest, 'headers' | 'search' | 'ip'>;
  const whose = ({ headers, search, ip }: Asked): Promise<Integration> =>
    door.admitAs({ ip }, () => integrations.bySecret(shownSecrets(headers, search), { type: 'opsgenie' }));

  const answered = async (take: () => Promise<string>): Promise<Reply> => {
    const requestId = newId(clock.now());
    try {
      return opsgenieAnswer((await take()) || requestId);
    } catch (error) {
      if (!(error instanceof Problem) || error.status === 429 || error.status >= 500) throw error;
      const known = { took: 0.001, requestId };
      if (error.status === 401) return reply(401, { message: 'Could not authenticate', ...known });
      if (error.status === 404) return reply(404, { message: error.message, ...known });
      const problems = (error.extra['problems'] ?? []) as { field: string; problem: string }[];
      const errors = Object.fromEntries(problems.map(({ field, problem }) => [field, problem]));
      return reply(422, { message: `Request body is not processable. ${error.message}`, errors, ...known });
    }
  };

  const act = (verb: string | undefined) => async (request: RouteRequest<{ alias: string; verb?: string }>): Promise<Reply> =>
    answered(async () => {
      const integration = await whose(request);
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      await integrations.takeMapped(integration, () => opsgenieAction(request.params.alias, verb ?? request.params.verb ?? '', body));
      return '';
    });

  const ping = async (request: RouteRequest<{ name: string }>): Promise<Reply> => {
    const answer = await answered(async () => {
      await whose(request);
      await heartbeats.signal(request.params.name, { kind: 'success', at: clock.now(), exitCode: null, output: null });
      return '';
    });
    return answer.status === 202 ? { ...answer, body: { ...(answer.body as object), result: 'PONG - Heartbeat received' } } : answer;
  };
  const heartbeat = { ...raw, path: '/v2/heartbeats/:name/ping', params: z.object({ name: z.string().max(63) }), handler: ping } as const;
  const alias = z.object({ alias: z.string().min(1).max(512) });

  return [
    route({
      ...raw,
      method: 'POST',
      path: '/v2/alerts',
      summary: "Opsgenie's Alert API: makes an alert, or adds to the one of the same alias; Authorization: GenieKey <key> says whose",
      handler: (request) =>
        answered(async () => {
          const integration = await whose(request);
          const { body, headers } = request;
          const mapped = await integrations.take(integration, { body: body as Buffer, headers, now: clock.now() });
          return mapped.events[0]?.key ?? '';
        }),
    }),
    route({
      ...raw,
      method: 'POST',
      path: '/v2/alerts/:alias/:verb',
      params: alias.extend({ verb: z.string().max(40) }),
      summary: "Opsgenie's Alert API: closes or acknowledges the alert of an alias",
      handler: act(undefined),
    }),
    route({ ...raw, method: 'DELETE', path: '/v2/alerts/:alias', params: alias, summary: "Opsgenie's Alert API: closes the alert of an alias", handler: act('close') }),
    route({ ...heartbeat, method: 'POST', summary: "Opsgenie's Heartbeat API: the Heartbeat of this name ran well" }),
    route({ ...heartbeat, method: 'GET', summary: "Opsgenie's Heartbeat API: the same" }),
  ];
} // prettier-ignore
