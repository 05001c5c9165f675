import { z } from 'zod';
import { reply, type Route, route } from '../../platform/http/index.ts';
import { badRequest, notFound } from '../../platform/problem.ts';
import type { CalendarSpec } from '../calendars/calendar.ts';
import { sourceOf } from '../calendars/fetch-calendar.ts';
import type { Desk } from '../desk.ts';
import { listCalendarCopies } from '../shifts/calendar-store.ts';
import { type CalendarJson, calendarLinkJson, calendarsAnswer, type GapJson, gapsAnswer, newCalendarLink } from './contract.ts';
import { calendarLink, readFeed } from './feeds.ts';
import { listAnnounced, sameGap } from './gap-store.ts';
import { GAPS_AHEAD_MS } from './gap-watch.ts';
import { gapsBetween } from './gaps.ts';
import { requester } from './requester.ts';
import { refTo } from './schedule-answers.ts';
import { iso } from './spans.ts';

export function calendarRoutes(desk: Desk): Route[] {
  return [
    route({
      method: 'GET',
      path: '/nines/v1/oncall/gaps',
      access: 'viewer',
      summary: 'Times in the next three months when nobody is on call, or someone who is away',
      response: gapsAnswer,
      handler: async () => ({ gaps: await gapsJson(desk) }),
    }),
    route({
      method: 'GET',
      path: '/nines/v1/calendars',
      access: 'viewer',
      summary: 'The calendars of holidays, and how the last try to read them went',
      response: calendarsAnswer,
      handler: async () => ({ calendars: await calendarsJson(desk) }),
    }),
    route({
      method: 'POST',
      path: '/nines/v1/oncall/calendar-links',
      access: 'viewer',
      summary: 'The secret address of a calendar of shifts, for calendar programs',
      body: newCalendarLink,
      response: calendarLinkJson,
      handler({ body, principal }) {
        const by = requester(principal);
        const name = body.name ?? (body.kind === 'person' ? by.person : null);
        if (name === null) throw badRequest("Say whose: 'name' is missing.");
        return calendarLink(desk, { ...body, name }, by);
      },
    }),
    route({
      method: 'GET',
      path: '/shifts/:file',
      access: 'public',
      summary: 'A calendar of shifts, by its secret address',
      params: z.object({ file: z.string().max(100) }),
      async handler({ params, headers }) {
        const secret = /^([0-9a-z]{20,60})\.ics$/.exec(params.file)?.[1];
        const feed = secret === undefined ? undefined : await readFeed(desk, secret);
        if (!feed) throw notFound('calendar', params.file.slice(0, 8));
        const caching = { etag: feed.etag, 'cache-control': 'private, max-age=300' };
        if (headers['if-none-match'] === feed.etag) return reply(304, undefined, caching);
        return reply(200, feed.body, { ...caching, 'content-type': 'text/calendar; charset=utf-8', 'content-disposition': 'inline; filename="on-call.ics"' }); // prettier-ignore
      },
    }),
  ];
}

async function gapsJson(desk: Desk): Promise<GapJson[]> {
  await desk.rosters.refresh(desk.sql);
  const set = desk.catalog.current();
  const now = desk.clock.now();
  const announced = await listAnnounced(desk.sql);
  return gapsBetween(set, now, now + GAPS_AHEAD_MS).map((gap) => {
    const { schedule, team, kind, person, summary, from, to } = gap;
    const told = announced.find((row) => sameGap(row, gap))?.announced_at;
    return { schedule, team, kind, from: iso(from), to: iso(to), person: person === '' ? null : refTo(set, person), summary, announcedAt: told === undefined ? null : iso(told) }; // prettier-ignore
  });
}

async function calendarsJson(desk: Desk): Promise<CalendarJson[]> {
  const set = desk.catalog.current();
  const copies = new Map((await listCalendarCopies(desk.sql)).map((one) => [one.name, one]));
  return set.list<CalendarSpec>('Calendar').map(({ name, spec }) => {
    const copy = copies.get(name);
    const fetched = copy?.fetched_at ?? null;
    return {
      name,
      source: sourceOf(spec),
      people: spec.people.map((person) => refTo(set, person)),
      events: copy?.events.length ?? 0,
      fetchedAt: fetched === null ? null : iso(fetched),
      problem: copy?.problem ?? null,
    };
  });
}
