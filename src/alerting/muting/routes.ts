import { z } from 'zod';
import { created, route, type Principal, type Route } from '../../platform/http/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { parseDuration } from '../../platform/duration.ts';
import { badRequest, notFound } from '../../platform/problem.ts';
import type { Sql } from '../../platform/sql/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { Matcher } from '../../monitoring/index.ts';
import * as contract from './contract.ts';
import type { Maintenance } from './maintenance.ts';
import type { MaintenanceWindow } from './maintenance-window.ts';
import { matchers as matchersSchema, parseMatcher } from './matchers.ts';
import { mutedNow } from './notice-store.ts';
import { firingThatFit, previewSilence, warningsOf } from './preview.ts';
import { nextEdge, recurrence, type Recurrence } from './recurrence.ts';
import { type Silence, silenceState } from './silence.ts';
import type { Silencer, Silences } from './silences.ts';

interface Deps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly silences: Silences;
  readonly maintenance: Maintenance;
}

const BASE = '/nines/v1/silences';
const params = z.object({ id: z.string().min(1).max(100) });

export function mutingRoutes(deps: Deps): Route[] {
  return [...silenceRoutes(deps), ...maintenanceRoutes(deps)];
}

function silenceRoutes(deps: Deps): Route[] {
  const { silences, clock, sql } = deps;
  const shown = async (one: Silence): Promise<contract.SilenceJson> => silenceJson(one, await heldCounts(sql), clock.now());
  const answer = async (one: Silence) => ({ silence: await shown(one), warnings: warningsOf(one.matchers) });
  return [
    route({
      method: 'GET',
      path: BASE,
      access: 'viewer',
      summary: 'Silences: in force or yet to be, the one that ends first first; then those that have ended.',
      query: z.object({
        state: z.enum(['active', 'pending', 'expired']).optional(),
        limit: z.coerce.number().int().min(1).max(1_000).default(200),
      }),
      response: contract.silencesAnswer,
      async handler({ query: { state, limit } }) {
        const counts = await heldCounts(sql);
        const all = (await silences.list()).map((one) => silenceJson(one, counts, clock.now()));
        return { silences: all.filter((one) => state === undefined || one.state === state).slice(0, limit) };
      },
    }),
    route({
      method: 'POST',
      path: BASE,
      access: 'responder',
      summary: 'Nobody is told of the alerts that fit, until it ends',
      body: contract.newSilence,
      response: contract.silenceAnswer,
      async handler({ body, principal }) {
        const one = await silences.create(requestOf(body, clock.now()), silencerOf(principal));
        const { silence, warnings } = await answer(one);
        // What it holds back is written down a moment later.
        const holds = silence.state === 'active' ? await firingThatFit(sql, one.matchers) : 0;
        return created(`${BASE}/${one.id}`, { silence: { ...silence, holds }, warnings });
      },
    }),
    route({
      method: 'POST',
      path: `${BASE}/preview`,
      access: 'viewer',
      summary: 'What a silence would hold back now, and would have on past days',
      body: contract.previewRequest,
      response: contract.previewAnswer,
      handler: ({ body }) =>
        previewSilence(
          deps,
          { matchers: readMatchers(body.matchers), recurring: readRecurring(body.recurring), days: body.days },
          clock.now(),
        ),
    }),
    ...oneSilence(deps, answer),
  ];
}

function oneSilence({ silences, clock }: Deps, answer: (one: Silence) => Promise<unknown>): Route[] {
  return [
    route({
      method: 'GET',
      path: `${BASE}/:id`,
      access: 'viewer',
      summary: 'A silence',
      params,
      response: contract.silenceAnswer,
      async handler({ params: { id } }) {
        const one = await silences.find(id);
        if (one === undefined) throw notFound('silence', id);
        return answer(one);
      },
    }),
    route({
      method: 'PUT',
      path: `${BASE}/:id`,
      access: 'responder',
      summary: 'Changes a silence that has not ended: what it fits, its times, its reason',
      params,
      body: contract.newSilence,
      response: contract.silenceAnswer,
      handler: async ({ params: { id }, body, principal }) =>
        answer(await silences.update(id, requestOf(body, clock.now()), silencerOf(principal))),
    }),
    route({
      method: 'POST',
      path: `${BASE}/:id/expire`,
      access: 'responder',
      summary: 'Ends a silence now: what still fires under it is told',
      params,
      response: contract.silenceAnswer,
      handler: async ({ params: { id }, principal }) => answer(await silences.expire(id, silencerOf(principal))),
    }),
  ];
}

function maintenanceRoutes({ maintenance, clock }: Deps): Route[] {
  const path = '/nines/v1/maintenance';
  return [
    route({
      method: 'GET',
      path,
      access: 'viewer',
      summary: 'Planned work on services, by documents and by people: in force, yet to be, or over for less than a day',
      response: contract.maintenanceAnswer,
      handler: async () => ({ maintenance: (await maintenance.list()).map((one) => maintenanceJson(one, clock.now())) }),
    }),
    route({
      method: 'POST',
      path,
      access: 'responder',
      summary: 'Plans work on services: nobody is paged for them meanwhile',
      body: contract.newMaintenance,
      response: contract.maintenance,
      async handler({ body, principal }) {
        const { services, reason } = body;
        const one = await maintenance.plan({ ...timesOf(body, clock.now()), services, reason }, silencerOf(principal));
        return created(`${path}/${one.id}`, maintenanceJson(one, clock.now()));
      },
    }),
    route({
      method: 'POST',
      path: `${path}/:id/end`,
      access: 'responder',
      summary: 'Ends maintenance now: what still fires is told',
      params,
      response: contract.maintenance,
      handler: async ({ params: { id }, principal }) => maintenanceJson(await maintenance.end(id, silencerOf(principal)), clock.now()),
    }),
  ];
}

const silencerOf = ({ actor, name, person }: Principal): Silencer => ({ actor, name, person });

interface WrittenTimes {
  readonly startsAt?: string | undefined;
  readonly endsAt?: string | undefined;
  readonly duration?: string | undefined;
  readonly recurring: z.infer<typeof contract.recurring> | null;
}

function timesOf({ startsAt, endsAt, duration, recurring }: WrittenTimes, now: number) {
  const from = startsAt === undefined ? now : Date.parse(startsAt);
  if ((endsAt === undefined) === (duration === undefined)) throw badRequest("Say when it ends: either 'endsAt' or 'duration'.");
  const to = endsAt === undefined ? from + parseDuration(duration ?? '') : Date.parse(endsAt);
  return { startsAt: from, endsAt: to, recurring: readRecurring(recurring) };
}

const requestOf = (body: z.infer<typeof contract.newSilence>, now: number) => ({
  ...timesOf(body, now),
  matchers: readMatchers(body.matchers),
  reason: body.reason,
});

/** @throws Problem 400 that says which can't be read */
function readMatchers(written: readonly (Matcher | string)[]): Matcher[] {
  const read = written.map((one) => {
    if (typeof one !== 'string') return one;
    const parsed = parseMatcher(one);
    if (parsed === undefined) throw badRequest(`'${one.slice(0, 100)}' is no matcher: write it as service=shop or instance=~"web-.+".`);
    return parsed;
  });
  const problem = matchersSchema.safeParse(read).error?.issues[0]?.message;
  if (problem !== undefined) throw badRequest(`The matchers can't be used: ${problem}.`);
  return read;
}

function readRecurring(written: z.infer<typeof contract.recurring> | null): Recurrence | null {
  if (written === null) return null;
  const read = recurrence.safeParse(written);
  if (!read.success) throw badRequest(`The recurring hours can't be used: ${read.error.issues[0]?.message ?? 'they are no hours'}.`);
  return read.data;
}

async function heldCounts(sql: Sql): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { mute } of await mutedNow(sql)) if (mute?.by === 'silence') counts.set(mute.ref, (counts.get(mute.ref) ?? 0) + 1);
  return counts;
}

const iso = (at: number): string => new Date(at).toISOString();

function silenceJson(one: Silence, counts: ReadonlyMap<string, number>, now: number): contract.SilenceJson {
  const { id, matchers, recurring, reason, createdBy, createdAt, updatedAt } = one;
  const times = { startsAt: iso(one.startsAt), endsAt: iso(one.endsAt), createdAt: iso(createdAt), updatedAt: iso(updatedAt) };
  const next = nextEdge(one, now);
  return {
    id,
    state: silenceState(one, now),
    matchers: [...matchers],
    ...times,
    recurring,
    nextChange: next === undefined ? null : iso(next),
    reason,
    createdBy,
    holds: counts.get(id) ?? 0,
  };
}

/** Documents may plan without a beginning or an end. */
const FIRST = 0;
const LAST = 253_402_300_799_000;

function maintenanceJson(one: MaintenanceWindow, now: number): contract.MaintenanceJson {
  const { id, services, recurring, reason, createdBy, startsAt, endsAt } = one;
  const next = nextEdge(one, now);
  return {
    id,
    state: silenceState(one, now),
    services: [...services],
    startsAt: startsAt === FIRST ? null : iso(startsAt),
    endsAt: endsAt >= LAST ? null : iso(endsAt),
    recurring,
    nextChange: next === undefined ? null : iso(next),
    reason,
    createdBy,
  };
}
