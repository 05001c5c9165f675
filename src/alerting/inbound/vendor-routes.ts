/** Addresses and answers as PagerDuty and Opsgenie have them: a sender changes the host, and nothing else. */
import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import { newId } from '../../platform/id.ts';
import { reply, route, type Reply, type Route, type RouteRequest } from '../../platform/http/index.ts';
import { notFound, Problem } from '../../platform/problem.ts';
import type { ExternalAlert } from '../external/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { Sql } from '../../platform/sql/index.ts';
import { shownSecrets, type Doorkeeper } from '../doorkeeper/index.ts';
import type { Heartbeats } from '../heartbeat/index.ts';
import type { Integration, Integrations } from './integrations.ts';
import { opsgenieAction, opsgenieAlert, opsgenieAnswer, opsgenieUpdate } from './opsgenie.ts';
import { changeOf, type InboundChange } from './pagerduty-change.ts';
import { pagerduty, routingKeyOf } from './pagerduty.ts';
import { parseJson } from './read-json.ts';
import { BODY_LIMIT } from './routes.ts';

export interface VendorRoutesDeps {
  readonly integrations: Integrations;
  readonly heartbeats: Heartbeats;
  readonly door: Doorkeeper;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly sql: Sql;
  /** Writes down that something was changed on purpose. @throws Problem 400 */
  readonly change: (change: InboundChange, actor: string) => Promise<void>;
}

const raw = { access: 'secret', bodyAs: 'raw', bodyLimit: BODY_LIMIT } as const;

export const vendorRoutes = (deps: VendorRoutesDeps): Route[] => [...pagerDutyRoutes(deps), ...opsgenieRoutes(deps)];

function pagerDutyRoutes({ integrations, door, clock, change }: VendorRoutesDeps): Route[] {
  const taken = async ({ body, ip }: Pick<RouteRequest, 'body' | 'ip'>, take: (whose: Integration) => Promise<Reply>): Promise<Reply> => {
    try {
      const key = routingKeyOf(parseJson(body as Buffer));
      if (key === undefined) throw new Problem(400, 'bad-request', "'routing_key' is missing or blank");
      return await take(await door.admitAs({ ip }, () => integrations.bySecret([key], { type: 'pagerduty' })));
    } catch (error) {
      if (!(error instanceof Problem) || error.status === 429 || error.status >= 500) throw error;
      // A key that is unknown is an invalid event there.
      const message = error.status === 401 ? 'Invalid routing key: no integration of nines has it' : error.message;
      return reply(400, { status: 'invalid event', message: 'Event object is invalid', errors: [message] });
    }
  };
  return [
    route({
      ...raw,
      // Whose it is stands within: this much is read of anyone. PagerDuty itself takes 512 kB.
      bodyLimit: 1024 * 1024,
      method: 'POST',
      path: '/v2/enqueue',
      summary: "PagerDuty's Events API v2: trigger, acknowledge and resolve; the routing key says whose event it is",
      handler: (request) =>
        taken(request, async (integration) => {
          const { body, headers } = request;
          return pagerduty.answer!(await integrations.take(integration, { body: body as Buffer, headers, now: clock.now() }));
        }),
    }),
    route({
      ...raw,
      bodyLimit: 1024 * 1024,
      method: 'POST',
      path: '/v2/change/enqueue',
      summary: "PagerDuty's change events: what was deployed or changed, as a change of nines",
      handler: (request) =>
        taken(request, async (integration) => {
          await integrations.takeMapped(integration, async () => {
            await change(changeOf(request.body as Buffer, integration), `integration:${integration.name}`);
            return { events: [], refused: [] };
          });
          return reply(202, { status: 'success', message: 'Change event processed' });
        }),
    }),
  ];
}

function opsgenieRoutes({ integrations, heartbeats, door, clock, ledger, sql }: VendorRoutesDeps): Route[] {
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
      const { alias } = request.params;
      const wanted = verb ?? request.params.verb ?? '';
      await integrations.takeMapped(integration, () => opsgenieAction(alias, wanted, body));
      if (wanted === 'notes') await note(integration, alias, parseJson(body) as { note: string; user?: string });
      return alias;
    });

  const update = async (request: RouteRequest<{ alias: string; field: string }>): Promise<Reply> =>
    answered(async () => {
      const integration = await whose(request);
      const { alias, field } = request.params;
      await integrations.takeMapped(integration, async () => {
        const found = await integrations.alertOf(integration, alias);
        if (found === undefined) throw notFound('alert', alias);
        return opsgenieUpdate(found, field, request.body as Buffer);
      });
      return alias;
    });

  /** In the history of the alert. */
  async function note(integration: Integration, alias: string, { note: said, user }: { note: string; user?: string }): Promise<void> {
    const found = await integrations.alertOf(integration, alias);
    if (found === undefined) throw notFound('alert', alias);
    const { fingerprint, service } = found.alert;
    const title = `${user ?? integration.title}: ${said}`.slice(0, 1_000);
    await sql.transaction((tx) => ledger.append(tx, [{ kind: 'alert.noted', title, actor: `integration:${integration.name}`, service, subject: `alert/${fingerprint}`, data: { note: said.slice(0, 15_000), by: user ?? null } }])); // prettier-ignore
  }

  const look = (told: (found: ExternalAlert) => object) => async (request: RouteRequest<{ alias: string }>): Promise<Reply> => {
    const known = { took: 0.001, requestId: newId(clock.now()) };
    const answer = await answered(async () => {
      const found = await integrations.alertOf(await whose(request), request.params.alias);
      if (found === undefined) throw notFound('alert', request.params.alias);
      return JSON.stringify(told(found));
    });
    const { requestId: said } = answer.body as { requestId: string };
    return answer.status === 202 ? reply(200, { data: JSON.parse(said) as unknown, ...known }) : answer;
  };
  /** All that is asked for is done when it is answered. */
  const processed = ({ alert, key, updatedAt }: ExternalAlert): object => ({ success: true, isSuccess: true, action: 'Create', status: 'Created alert', alertId: key, alias: key, integrationId: alert.labels['integration'] ?? '', processedAt: new Date(updatedAt).toISOString() }); // prettier-ignore

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
  const asked = { access: 'secret', method: 'GET', params: alias } as const;

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
    route({ ...asked, path: '/v2/alerts/:alias', summary: "Opsgenie's Alert API: the alert of an alias", handler: look(opsgenieAlert) }),
    route({ ...asked, path: '/v2/alerts/requests/:alias', summary: "Opsgenie's Alert API: what became of a request; all that was answered is done", handler: look(processed) }),
    route({
      ...raw,
      method: 'POST',
      path: '/v2/alerts/:alias/:verb',
      params: alias.extend({ verb: z.string().max(40) }),
      summary: "Opsgenie's Alert API: closes, acknowledges or snoozes the alert of an alias, or adds a note to it",
      handler: act(undefined),
    }),
    route({
      ...raw,
      method: 'PUT',
      path: '/v2/alerts/:alias/:field',
      params: alias.extend({ field: z.string().max(40) }),
      summary: "Opsgenie's Alert API: says the message, description or priority of the alert of an alias anew",
      handler: update,
    }),
    route({ ...raw, method: 'DELETE', path: '/v2/alerts/:alias', params: alias, summary: "Opsgenie's Alert API: closes the alert of an alias", handler: act('close') }),
    route({ ...heartbeat, method: 'POST', summary: "Opsgenie's Heartbeat API: the Heartbeat of this name ran well" }),
    route({ ...heartbeat, method: 'GET', summary: "Opsgenie's Heartbeat API: the same" }),
  ];
} // prettier-ignore
