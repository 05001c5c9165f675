import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import { created, reply, route, type Reply, type Route, type RouteRequest } from '../../platform/http/index.ts';
import { notFound } from '../../platform/problem.ts';
import type { Sql } from '../../platform/sql/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import { isSender, shownSecrets, secretOf, type Doorkeeper } from '../doorkeeper/index.ts';
import * as contract from './contract.ts';
import type { Integration, Integrations } from './integrations.ts';
import { dropKey, listKeys, listSeen, makeKey } from './integration-store.ts';
import { routingKeyOf } from './pagerduty.ts';
import { parseJson } from './read-json.ts';
import { TYPES } from './types.ts';

export interface InboundRoutesDeps {
  readonly integrations: Integrations;
  readonly door: Doorkeeper;
  readonly sql: Sql;
  readonly clock: Clock;
  readonly ledger: Ledger;
  /** Of nines, without a slash at its end. */
  readonly url: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const named = z.object({ name: z.string().max(63) });
const iso = (at: number | null | undefined): string | null => (at == null ? null : new Date(at).toISOString());
/** PagerDuty takes 512 kB; a group of Alertmanager's may be larger. */
export const BODY_LIMIT = 4 * 1024 * 1024;

/** Where a sender sends, as it is to be written into its settings. */
export function addressOf({ name, spec: { type, mail } }: Integration, url: string): string {
  if (type === 'pagerduty') return `${url}/v2/enqueue`;
  if (type === 'opsgenie') return url;
  if (type === 'email') return [...(mail?.recipients ?? []), ...(mail?.folder === undefined ? [] : [mail.folder])].join(', ');
  return `${url}/nines/v1/inbound/${name}`;
}

/** An integration's own address, and what people see of integrations. */
export function inboundRoutes(deps: InboundRoutesDeps): Route[] {
  const { integrations, door, sql, clock, ledger, url, environment } = deps;

  const take = async ({ params: { name }, headers, search, body, ...request }: RouteRequest<{ name: string }>): Promise<Reply> => {
    const payload = { body: body as Buffer, headers, now: clock.now() };
    const integration = await door.admitAs(request, async () => {
      if (isSender(request.principal)) return integrations.find(name) ?? Promise.reject(notFound('Integration', name));
      return integrations.bySecret(secretsOf(headers, search, payload.body), { name });
    });
    const mapped = await integrations.take(integration, payload);
    return TYPES[integration.spec.type].answer?.(mapped) ?? reply(200, { taken: mapped.events.length });
  };

  async function list(): Promise<contract.Integration[]> {
    const [seen, keys] = [await listSeen(sql), await listKeys(sql)];
    return integrations.list().map((one) => {
      const { name, title, spec } = one;
      const known = seen.find((row) => row.name === name);
      const key = keys.some((row) => row.name === name);
      const inEnvironment = secretOf(spec.secret, environment) !== undefined;
      return {
        name,
        title,
        type: spec.type,
        description: spec.description ?? '',
        service: spec.service ?? null,
        address: addressOf(one, url),
        secret: inEnvironment ? 'environment' : key ? 'key' : spec.secret === undefined ? 'none' : 'missing',
        taken: known?.taken ?? 0,
        refused: known?.refused ?? 0,
        lastEventAt: iso(known?.last_at),
        lastEvent: known?.last_title ?? null,
        lastErrorAt: iso(known?.last_error_at),
        lastError: known?.last_error ?? null,
      };
    });
  }

  const known = (name: string): Integration => {
    const found = integrations.find(name);
    if (found === undefined) throw notFound('Integration', name);
    return found;
  };

  return [
    route({
      method: 'POST',
      path: '/nines/v1/inbound/:name',
      access: 'secret',
      summary: 'Takes what an integration sends, in the format of its type',
      params: named,
      bodyAs: 'raw',
      bodyLimit: BODY_LIMIT,
      handler: take,
    }),
    route({
      method: 'GET',
      path: '/nines/v1/integrations',
      access: 'viewer',
      summary: 'Who tells of alerts from outside: where each sends, what came last, and what was wrong last',
      response: contract.integrationsAnswer,
      handler: async () => ({ integrations: await list() }),
    }),
    route({
      method: 'POST',
      path: '/nines/v1/integrations/:name/test',
      access: 'responder',
      summary: 'An alert as if the integration had told of it: a ticket that calls nobody, and is over a minute later',
      params: named,
      async handler({ params: { name }, principal }) {
        const integration = known(name);
        const now = clock.now();
        const title = `Test of ${name}, by ${principal.name}`;
        const spec = { ...integration.spec, severity: { default: 'eventually', map: {} }, resolveAfter: '1m' } as const;
        const labels = { alertname: 'IntegrationTest' };
        await integrations.takeMapped({ ...integration, spec }, () => ({
          events: [{ status: 'firing', key: `nines test ${now}`, title, labels }],
          refused: [],
        }));
        return reply(202, { title });
      },
    }),
    route({
      method: 'POST',
      path: '/nines/v1/integrations/:name/key',
      access: 'admin',
      summary: 'Makes a key for its sender, in place of the one before; it is in this answer and never again',
      params: named,
      response: contract.integrationKey,
      async handler({ params: { name }, principal }) {
        const address = addressOf(known(name), url);
        const key = await sql.transaction(async (tx) => {
          const made = await makeKey(tx, name, clock.now());
          const title = `${principal.name} made a key for the integration '${name}'`;
          await ledger.append(tx, [{ kind: 'integration.key-made', actor: principal.actor, title, subject: `integration/${name}` }]);
          return made;
        });
        return created(`/nines/v1/integrations/${name}`, { name, key, address });
      },
    }),
    route({
      method: 'DELETE',
      path: '/nines/v1/integrations/:name/key',
      access: 'admin',
      summary: 'Revokes the key at once',
      params: named,
      async handler({ params: { name }, principal }) {
        await sql.transaction(async (tx) => {
          if (!(await dropKey(tx, name))) throw notFound('key of integration', name);
          const title = `${principal.name} revoked the key of the integration '${name}'`;
          await ledger.append(tx, [{ kind: 'integration.key-revoked', actor: principal.actor, title, subject: `integration/${name}` }]);
        });
      },
    }),
  ];
}

const MOST_UNKNOWN = 1024 * 1024;

/** In the headers, a parameter, or, as PagerDuty's senders do it, in the body. */
function secretsOf(headers: RouteRequest['headers'], search: URLSearchParams, body: Buffer): string[] {
  const shown = shownSecrets(headers, search);
  // What is large is not read for anyone who has shown nothing.
  if (shown.length > 0 || body.length > MOST_UNKNOWN) return shown;
  try {
    const key = routingKeyOf(parseJson(body));
    return key === undefined ? [] : [key];
  } catch {
    return [];
  }
}
