/** Silences by Alertmanager's API: those of nines, as amtool and dashboards make and end them. */
import { z } from 'zod';
import { reply, route, type Principal, type Reply, type Route as HttpRoute } from '../../platform/http/index.ts';
import { Problem } from '../../platform/problem.ts';
import type { Silence, Silencer, SilenceRequest, Silences } from '../muting/index.ts';
import type { Matcher } from '../alertmanager/matcher.ts';
import { orRefuse, refuse } from './api-routes.ts';
import { filterTest } from './shown-alert.ts';
import { timeOf } from './postable-alerts.ts';

interface Deps {
  readonly silences: Silences;
  readonly now: () => number;
}

const NO_SUCH = 'silence not found';
const EXPIRED_SHOWN = 1_000;

const postable = z.object({
  id: z.string().max(100).nullish(),
  matchers: z
    .array(z.object({ name: z.string(), value: z.string(), isRegex: z.boolean(), isEqual: z.boolean().nullish() }))
    .min(1)
    .max(50),
  startsAt: z.string().max(60),
  endsAt: z.string().max(60),
  createdBy: z.string().max(500),
  comment: z.string().max(2_000),
});

export function silenceRoutes({ silences, now }: Deps): HttpRoute[] {
  return [
    route({
      method: 'GET',
      path: '/api/v2/silences',
      access: 'viewer',
      summary: "Alertmanager's API: the silences.",
      handler: ({ search }) =>
        orRefuse(async () => {
          const fits = filterTest(search);
          const wanted = (await silences.list(EXPIRED_SHOWN)).map((one) => shown(one, now()));
          return wanted.filter(({ status, matchers }) => search.get(status.state) !== 'false' && fits(valuesOf(matchers)));
        }),
    }),
    route({
      method: 'POST',
      path: '/api/v2/silences',
      access: 'responder',
      summary: "Alertmanager's API: makes a silence, or changes the one whose id is given.",
      body: postable,
      handler: ({ body, principal }) => orExplain(() => post(silences, body, { now: now(), principal })),
    }),
    route({
      method: 'GET',
      path: '/api/v2/silence/:id',
      access: 'viewer',
      summary: "Alertmanager's API: one silence.",
      handler: async ({ params: { id } }) => {
        const found = await silences.find(id ?? '');
        return found === undefined ? refuse(404, NO_SUCH) : shown(found, now());
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/v2/silence/:id',
      access: 'responder',
      summary: "Alertmanager's API: ends a silence now.",
      handler: ({ params: { id }, principal }) =>
        orExplain(async () => {
          await silences.expire(id ?? '', silencer(principal));
          return reply(200);
        }),
    }),
  ];
}

/** Alertmanager's errors are texts. */
async function orExplain(run: () => Promise<Reply>): Promise<Reply> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500) throw error;
    return error.status === 404 ? refuse(404, NO_SUCH) : refuse(400, error.message);
  }
}

interface Asked {
  readonly now: number;
  readonly principal: Principal;
}

async function post(silences: Silences, body: z.output<typeof postable>, { now, principal }: Asked): Promise<Reply> {
  const [startsAt, endsAt] = [timeOf(body.startsAt), timeOf(body.endsAt)];
  if (startsAt === undefined || endsAt === undefined || Number.isNaN(startsAt + endsAt))
    return refuse(400, 'startsAt and endsAt must be times as RFC 3339 has them');
  // As with Alertmanager: what began before now begins now.
  const request: SilenceRequest = { matchers: body.matchers.map(read), startsAt: Math.max(startsAt, now), endsAt, reason: body.comment };
  // Who it says it is for may be another than the one whose token it has.
  const who: Silencer = { ...silencer(principal), name: body.createdBy.trim() === '' ? principal.name : body.createdBy };
  if (!body.id) return reply(200, { silenceID: (await silences.create(request, who)).id });
  const known = await silences.find(body.id);
  if (known === undefined) return refuse(404, NO_SUCH);
  // One that has ended is made anew; one that is in force has begun already.
  const made =
    known.endsAt <= now
      ? await silences.create(request, who)
      : await silences.update(known.id, { ...request, startsAt, recurring: known.recurring }, who);
  return reply(200, { silenceID: made.id });
}

const silencer = ({ actor, name, person }: Principal): Silencer => ({ actor, name, person });

type Shown = z.output<typeof postable>['matchers'][number];
const read = ({ name, value, isRegex, isEqual }: Shown): Matcher => ({
  name,
  op: isRegex ? (isEqual === false ? '!~' : '=~') : isEqual === false ? '!=' : '=',
  value,
});
const written = ({ name, op, value }: Matcher) => ({ name, value, isRegex: op.endsWith('~'), isEqual: op.startsWith('=') });

/** Alertmanager compares a filter with what a silence asks of its labels. */
const valuesOf = (matchers: readonly { readonly name: string; readonly value: string }[]): Record<string, string> =>
  Object.fromEntries(matchers.map(({ name, value }) => [name, value]));

function shown(silence: Silence, now: number) {
  const { id, matchers, startsAt, endsAt, updatedAt, createdBy, reason } = silence;
  const state = now >= endsAt ? 'expired' : now < startsAt ? 'pending' : 'active';
  const iso = (time: number): string => new Date(time).toISOString();
  return {
    id,
    status: { state } as const,
    updatedAt: iso(updatedAt),
    annotations: {},
    comment: reason,
    createdBy,
    endsAt: iso(endsAt),
    matchers: matchers.map(written),
    startsAt: iso(startsAt),
  };
}
