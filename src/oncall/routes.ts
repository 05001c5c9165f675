import { z } from 'zod';
import { created, type Principal, type Route, route } from '../platform/http/index.ts';
import { badRequest, notFound } from '../platform/problem.ts';
import { acknowledgePage, deadLinkPage } from './acknowledge-page.ts';
import { findLink } from './ack-links.ts';
import { acknowledge, type Answerer, findPage, resolveByHand } from './answer.ts';
import { onCallNowJson, pageDetailJson, pageJson, shiftsJson, zoneOf } from './answers.ts';
import {
  newPage,
  onCallNow,
  onCallQuery,
  page,
  pageDetail,
  pageResolution,
  pagesAnswer,
  pagesQuery,
  shiftsAnswer,
  shiftsQuery,
} from './contract.ts';
import { type Desk, gather, titleOf } from './desk.ts';
import { callByHand } from './manual-page.ts';
import type { PageState } from './page.ts';
import { listPageRows, type PageRow, withAlerts } from './page-store.ts';
import { renderFacts } from './render-page.ts';
import type { ScheduleSpec } from './schedule.ts';

const DAY_MS = 86_400_000;
const LONGEST_VIEW_MS = 366 * DAY_MS;
const byId = z.object({ id: z.string().max(40) });
const bySecret = z.object({ secret: z.string().max(100) });

/** The name under which someone answers: their Person document's, else the account's. */
const answerer = ({ actor, person, name }: Principal): Answerer => ({
  actor: person === null ? actor : `person:${person}`,
  name: person ?? name,
});

export function oncallRoutes(desk: Desk): Route[] {
  return [...scheduleRoutes(desk), ...pageRoutes(desk), ...answerRoutes(desk), ...linkRoutes(desk)];
}

function scheduleRoutes(desk: Desk): Route[] {
  return [
    route({
      method: 'GET',
      path: '/nines/v1/oncall/now',
      access: 'viewer',
      summary: 'Who is on call now, by schedule and by service',
      query: onCallQuery,
      response: onCallNow,
      handler: ({ query: { service, team } }) =>
        onCallNowJson(desk.catalog.current(), desk.clock.now(), { ...(service && { service }), ...(team && { team }) }),
    }),
    route({
      method: 'GET',
      path: '/nines/v1/schedules/:name/shifts',
      access: 'viewer',
      summary: 'The shifts of a schedule between two times',
      params: z.object({ name: z.string().max(100) }),
      query: shiftsQuery,
      response: shiftsAnswer,
      handler({ params, query }) {
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

/** With the incidents that pages belong to, where there are incidents. */
async function withIncidents(desk: Desk, pages: readonly PageState[]): Promise<PageState[]> {
  const incidents = await desk.pageSink.incidentsOf?.(
    desk.sql,
    pages.map(({ id }) => id),
  );
  return pages.map((one) => ({ ...one, incident: incidents?.get(one.id) ?? null }));
}

const withIncident = async (desk: Desk, one: PageState): Promise<PageState> => (await withIncidents(desk, [one]))[0] ?? one;

const detail = async (desk: Desk, one: PageState) =>
  pageDetailJson(await withIncident(desk, one), await desk.delivery.about(`page/${one.id}`));

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

/** The link in a message. Reading it changes nothing: a mail scanner that follows it, or asks for its head, presses no button. */
function linkRoutes(desk: Desk): Route[] {
  const show = async (one: PageState, reader: string) => {
    const set = desk.catalog.current();
    const acknowledgedBy = one.acknowledgedBy === null ? null : titleOf(set, one.acknowledgedBy);
    const timeZone = zoneOf(set, reader);
    return acknowledgePage({
      page: await withIncident(desk, one),
      facts: renderFacts({ ...(await gather(desk, one)), page: one }, timeZone),
      acknowledgedBy,
      reader: titleOf(set, reader),
      timeZone,
      url: desk.url,
    });
  };
  return [
    route({
      method: 'GET',
      path: '/a/:secret',
      access: 'public',
      summary: 'The page that a message links to, with one button',
      params: bySecret,
      async handler({ params }) {
        const link = await findLink(desk.sql, params.secret, desk.clock.now());
        return link ? show(await findPage(desk, link.page), link.person) : deadLinkPage(desk.url);
      },
    }),
    route({
      method: 'POST',
      path: '/a/:secret',
      access: 'public',
      summary: 'Acknowledge as the person to whom the link was sent',
      params: bySecret,
      bodyAs: 'form',
      bodyLimit: 1024,
      async handler({ params }) {
        const link = await findLink(desk.sql, params.secret, desk.clock.now());
        if (!link) return deadLinkPage(desk.url);
        const before = await findPage(desk, link.page);
        if (before.state === 'resolved') return show(before, link.person);
        return show(await acknowledge(desk, link.page, { actor: `person:${link.person}`, name: link.person }), link.person);
      },
    }),
  ];
}

const STATES: readonly PageRow['state'][] = ['triggered', 'acknowledged', 'resolved'];

function statesOf(text: string | undefined): PageRow['state'][] | undefined {
  if (text === undefined || text === '') return undefined;
  const named = text.split(',').flatMap((one) => (one === 'open' ? ['triggered', 'acknowledged'] : [one.trim()]));
  const wrong = named.find((one) => !STATES.some((state) => state === one));
  if (wrong !== undefined)
    throw badRequest(`'${wrong}' is no state of a page: they are triggered, acknowledged, resolved, and open for the first two.`);
  return STATES.filter((state) => named.includes(state));
}
