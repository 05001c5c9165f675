import { z } from 'zod';
import { created, type Route, route } from '../../platform/http/index.ts';
import { badRequest } from '../../platform/problem.ts';
import type { Desk } from '../desk.ts';
import { listOverrides } from '../shifts/roster-store.ts';
import { calendarRoutes } from './calendar-routes.ts';
import {
  newOverride,
  overrideAnswer,
  overridesAnswer,
  personShiftsAnswer,
  personShiftsQuery,
  schedulesAnswer,
  spanQuery,
} from './contract.ts';
import { addOverride, callable, removeOverride } from './overrides.ts';
import { requester } from './requester.ts';
import { overrideJson, personShifts, refTo, schedulesJson, writtenOverrides } from './schedule-answers.ts';
import { scheduleNamed, type Span } from './spans.ts';
import { swapRoutes } from './swap-routes.ts';

const DAY_MS = 86_400_000;
const AHEAD_MS = 92 * DAY_MS;
const LONGEST_VIEW_MS = 366 * DAY_MS;
const LOOK_BACK_MS = 31 * DAY_MS;
const byName = z.object({ name: z.string().max(100) });

/** From now, three months ahead, where nothing is said. 400 for a span that is none, or longer than a year. */
function viewed(query: { from?: string | undefined; to?: string | undefined }, now: number, ahead = AHEAD_MS): Span {
  const from = query.from === undefined ? now : Date.parse(query.from);
  const to = query.to === undefined ? from + ahead : Date.parse(query.to);
  if (to <= from || to - from > LONGEST_VIEW_MS) throw badRequest('Ask for a span from an earlier to a later time, a year apart at most.');
  return { from, to };
}

export function scheduleRoutes(desk: Desk): Route[] {
  return [
    route({
      method: 'GET',
      path: '/nines/v1/schedules',
      access: 'viewer',
      summary: 'The schedules, and who is in them',
      response: schedulesAnswer,
      handler: () => ({ schedules: schedulesJson(desk.catalog.current()) }),
    }),
    route({
      method: 'GET',
      path: '/nines/v1/oncall/shifts',
      access: 'viewer',
      summary: 'The shifts of a person, in all schedules',
      query: personShiftsQuery,
      response: personShiftsAnswer,
      async handler({ query, principal }) {
        await desk.rosters.refresh(desk.sql);
        const set = desk.catalog.current();
        const person = callable(set, query.person ?? principal.person, 'person');
        const { from, to } = viewed(query, desk.clock.now());
        // What has begun is told with its beginning.
        const shifts = personShifts(set, person, { from: from - LOOK_BACK_MS, to }).filter((one) => Date.parse(one.to) > from);
        return { person: refTo(set, person), shifts };
      },
    }),
    ...overrideRoutes(desk),
    ...swapRoutes(desk),
    ...calendarRoutes(desk),
  ];
}

function overrideRoutes(desk: Desk): Route[] {
  return [
    route({
      method: 'GET',
      path: '/nines/v1/schedules/:name/overrides',
      access: 'viewer',
      summary: 'Who stands in, in a schedule, from now on or in a span',
      params: byName,
      query: spanQuery,
      response: overridesAnswer,
      async handler({ params, query }) {
        const set = desk.catalog.current();
        const spec = scheduleNamed(set, params.name);
        const { from, to } = viewed(query, desk.clock.now(), LONGEST_VIEW_MS);
        const rows = (await listOverrides(desk.sql, from, params.name)).filter((one) => one.from_at < to);
        const written = writtenOverrides(set, params.name, spec).filter((one) => Date.parse(one.to) > from && Date.parse(one.from) < to);
        return { overrides: [...written, ...rows.map((row) => overrideJson(set, row))] };
      },
    }),
    route({
      method: 'POST',
      path: '/nines/v1/schedules/:name/overrides',
      access: 'responder',
      summary: 'Stand in, or have someone stand in, for a time',
      params: byName,
      body: newOverride,
      response: overrideAnswer,
      async handler({ params, body, principal }) {
        const { row, warnings } = await addOverride(desk, params.name, body, requester(principal));
        const answer = { override: overrideJson(desk.catalog.current(), row), warnings };
        return created(`/nines/v1/schedules/${params.name}/overrides/${row.id}`, answer);
      },
    }),
    route({
      method: 'DELETE',
      path: '/nines/v1/schedules/:name/overrides/:id',
      access: 'responder',
      summary: 'Take an override back',
      params: byName.extend({ id: z.string().max(40) }),
      handler: ({ params, principal }) => removeOverride(desk, params.name, params.id, requester(principal)),
    }),
  ];
}
