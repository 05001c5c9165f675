import { z } from 'zod';
import { parseDuration } from '../platform/duration.ts';
import { created, type Principal, type Route, route } from '../platform/http/index.ts';
import { badRequest, notFound } from '../platform/problem.ts';
import { onCallNowJson, pageDetailJson, pageJson, shiftsJson } from './answers.ts';
import {
  newPage,
  onCallNow,
  onCallQuery,
  page,
  pageDetail,
  pageEscalation,
  pageResolution,
  pageSnooze,
  pagesAnswer,
  pagesQuery,
  shiftsAnswer,
  shiftsQuery,
} from './contract.ts';
import { type Desk, withIncident, withIncidents } from './desk.ts';
import { fairnessRoutes } from './fairness/routes.ts';
import { payRoute } from './pay/routes.ts';
import { handoverRoutes } from './handover/routes.ts';
import { linkRoutes } from './links/link-routes.ts';
import { listDeclined } from './pages/declined.ts';
import { listPageRows, type PageRow, withAlerts } from './pages/page-store.ts';
import type { PageState } from './pages/page.ts';
import { acknowledge, type Answerer, findPage, resolveByHand } from './paging/answer.ts';
import { escalateNow } from './paging/escalate-now.ts';
import { callByHand } from './paging/manual-page.ts';
import { notMine } from './paging/not-mine.ts';
import { snooze } from './paging/snooze.ts';
import { readinessRoutes } from './readiness/routes.ts';
import { scheduleRoutes } from './schedules/routes.ts';
import type { ScheduleSpec } from './shifts/schedule.ts';
import { whoRoutes } from './who/routes.ts';

const DAY_MS = 86_400_000;
const LONGEST_VIEW_MS = 366 * DAY_MS;
const byId = z.object({ id: z.string().max(40) });

/** The name under which someone answers: their Person document's, else the account's. */
const answerer = ({ actor, person, name }: Principal): Answerer => ({
  actor: person === null ? actor : `person:${person}`,
  name: person ?? name,
});

export function oncallRoutes(desk: Desk): Route[] {
  return [
    ...nowRoutes(desk),
    ...scheduleRoutes(desk),
    ...pageRoutes(desk),
    ...answerRoutes(desk),
    ...linkRoutes(desk),
    ...whoRoutes(desk),
    ...fairnessRoutes(desk),
    payRoute(desk),
    ...handoverRoutes(desk),
    ...readinessRoutes(desk),
  ];
}

function nowRoutes(desk: Desk): Route[] {
  return [
    route({
      method: 'GET',
      path: '/nines/v1/oncall/now',
      access: 'viewer',
      summary: 'Who is on call now, by schedule and by service',
      query: onCallQuery,
      response: onCallNow,
      async handler({ query: { service, team } }) {
        await desk.rosters.refresh(desk.sql);
        return onCallNowJson(desk.catalog.current(), desk.clock.now(), { ...(service && { service }), ...(team && { team }) });
      },
    }),
    route({
      method: 'GET',
      path: '/nines/v1/schedules/:name/shifts',
      access: 'viewer',
      summary: 'The shifts of a schedule between two times',
      params: z.object({ name: z.string().max(100) }),
      query: shiftsQuery,
      response: shiftsAnswer,
      async handler({ params, query }) {
        await desk.rosters.refresh(desk.sql);
        const set = desk.catalog.current();
        const schedule = set.get<ScheduleSpec>('Schedule', params.name);
        if (!schedule) throw notFound('schedule', params.name);
        const from = query.from === undefined ? desk.clock.now() : Date.parse(query.from);
        const to = query.to === undefined ? from + 28 * DAY_MS : Date.parse(query.to);
        if (to <= from || to - from > LONGEST_VIEW_MS)
          throw badRequest('Ask for shifts from an earlier to a later time, a year apart at most.');
        return { schedule: params.name, timeZone: schedule.spec.timeZone, shifts: shiftsJson(set, schedule.spec, from, to) };
      },
    }),
  ];
}

async function detail(desk: Desk, one: PageState) {
  const facts = { deliveries: await desk.delivery.about(`page/${one.id}`), declined: await listDeclined(desk.sql, one.id) };
  return pageDetailJson(desk.catalog.current(), await withIncident(desk, one), facts);
}

function pageRoutes(desk: Desk): Route[] {
  return [
    route({
      method: 'GET',
      path: '/nines/v1/pages',
      access: 'viewer',
      summary: 'Pages, the newest first',
      query: pagesQuery,
      response: pagesAnswer,
      async handler({ query }) {
        const rows = await listPageRows(desk.sql, { ...query, state: statesOf(query.state) });
        const pages: PageState[] = [];
        for (const row of rows) pages.push(await withAlerts(desk.sql, row));
        const marker = rows.length === query.limit ? (rows.at(-1)?.id ?? null) : null;
        return { pages: (await withIncidents(desk, pages)).map(pageJson), marker };
      },
    }),
    route({
      method: 'GET',
      path: '/nines/v1/pages/:id',
      access: 'viewer',
      summary: 'A page, and who was told of it',
      params: byId,
      response: pageDetail,
      handler: async ({ params }) => detail(desk, await findPage(desk, params.id)),
    }),
    route({
      method: 'POST',
      path: '/nines/v1/pages',
      access: 'responder',
      summary: 'Call someone for something that no alert tells of',
      body: newPage,
      response: page,
      async handler({ body, principal }) {
        const called = await callByHand(desk, body, answerer(principal));
        return created(`/nines/v1/pages/${called.id}`, pageJson(await withIncident(desk, called)));
      },
    }),
  ];
}

function answerRoutes(desk: Desk): Route[] {
  return [
    route({
      method: 'POST',
      path: '/nines/v1/pages/:id/acknowledge',
      access: 'responder',
      summary: 'Take a page: nobody else is called for it',
      params: byId,
      response: pageDetail,
      handler: async ({ params, principal }) => detail(desk, await acknowledge(desk, params.id, answerer(principal))),
    }),
    route({
      method: 'POST',
      path: '/nines/v1/pages/:id/snooze',
      access: 'responder',
      summary: 'Leave a page alone for a while; it comes back',
      params: byId,
      body: pageSnooze,
      response: pageDetail,
      handler: async ({ params, body, principal }) =>
        detail(desk, await snooze(desk, params.id, answerer(principal), snoozeEnd(desk, body))),
    }),
    route({
      method: 'POST',
      path: '/nines/v1/pages/:id/escalate',
      access: 'responder',
      summary: 'Call the next step of the policy now, or a named person, team or schedule',
      params: byId,
      body: pageEscalation,
      response: pageDetail,
      async handler({ params, body, principal }) {
        const target = Object.keys(body).length === 0 ? undefined : body;
        return detail(desk, await escalateNow(desk, params.id, answerer(principal), target));
      },
    }),
    route({
      method: 'POST',
      path: '/nines/v1/pages/:id/not-mine',
      access: 'responder',
      summary: 'Say that a page is not yours: it calls you no more, and the next person instead',
      params: byId,
      response: pageDetail,
      handler: async ({ params, principal }) => detail(desk, await notMine(desk, params.id, answerer(principal))),
    }),
    route({
      method: 'POST',
      path: '/nines/v1/pages/:id/resolve',
      access: 'responder',
      summary: 'Say that a page is over, and why',
      params: byId,
      body: pageResolution,
      response: pageDetail,
      handler: async ({ params, body, principal }) => detail(desk, await resolveByHand(desk, params.id, answerer(principal), body.reason)),
    }),
  ];
}

const snoozeEnd = (desk: Desk, { until, for: length }: z.output<typeof pageSnooze>): number =>
  until === undefined ? desk.clock.now() + parseDuration(length ?? '0') : Date.parse(until);

const STATES: readonly PageRow['state'][] = ['triggered', 'acknowledged', 'resolved'];

function statesOf(text: string | undefined): PageRow['state'][] | undefined {
  if (text === undefined || text === '') return undefined;
  const named = text.split(',').flatMap((one) => (one === 'open' ? ['triggered', 'acknowledged'] : [one.trim()]));
  const wrong = named.find((one) => !STATES.some((state) => state === one));
  if (wrong !== undefined)
    throw badRequest(`'${wrong}' is no state of a page: they are triggered, acknowledged, resolved, and open for the first two.`);
  return STATES.filter((state) => named.includes(state));
}
