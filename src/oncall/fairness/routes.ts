import { type Route, route } from '../../platform/http/index.ts';
import { badRequest, notFound } from '../../platform/problem.ts';
import { type Desk, titleOf } from '../desk.ts';
import type { ScheduleSpec } from '../shifts/schedule.ts';
import { fairness, fairnessQuery } from './contract.ts';
import { servicesBetween, wokenBetween, zoneOf } from './services-between.ts';
import { sharesOf } from './share.ts';

const DAY_MS = 86_400_000;
const LONGEST_MS = 400 * DAY_MS;
const iso = (at: number): string => new Date(at).toISOString();

export const fairnessRoutes = (desk: Desk): Route[] => [
  route({
    method: 'GET',
    path: '/nines/v1/oncall/fairness',
    access: 'viewer',
    summary: 'Hours, nights, weekends, holidays and pages by person',
    query: fairnessQuery,
    response: fairness,
    async handler({ query }) {
      const to = query.to === undefined ? desk.clock.now() : Date.parse(query.to);
      const from = query.from === undefined ? to - 90 * DAY_MS : Date.parse(query.from);
      if (to <= from || to - from > LONGEST_MS) throw badRequest('Ask from an earlier to a later time, 400 days apart at most.');
      await desk.rosters.refresh(desk.sql);
      const set = desk.catalog.current();
      const fits = ({ name, spec }: { name: string; spec: ScheduleSpec }): boolean =>
        (query.schedule === undefined || name === query.schedule) && (query.team === undefined || spec.team === query.team);
      const schedules = set.list<ScheduleSpec>('Schedule').filter(fits).map(({ name }) => name); // prettier-ignore
      if (query.schedule !== undefined && schedules.length === 0) throw notFound('schedule', query.schedule);
      const services = servicesBetween(set, schedules, from, to);
      const people = new Set(services.map(({ person }) => person));
      const woken = (await wokenBetween(desk.sql, from, to)).filter(({ person }) => people.has(person));
      const shares = sharesOf(services, woken, (person) => zoneOf(set, person));
      return { from: iso(from), to: iso(to), schedules, people: shares.map((one) => ({ ...one, title: titleOf(set, one.person) })) };
    },
  }),
];
