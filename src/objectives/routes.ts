import { z } from 'zod';
import type { Clock } from '../platform/clock.ts';
import { route, type Route } from '../platform/http/index.ts';
import { badRequest } from '../platform/problem.ts';
import * as contract from './contract.ts';
import type { Objectives } from './objectives.ts';

const byName = z.object({ name: z.string().max(253) });
const span = z.object({ from: z.iso.datetime({ offset: true }), to: z.iso.datetime({ offset: true }).optional() });

export function objectiveRoutes(objectives: Pick<Objectives, 'statuses' | 'status' | 'cost'>, clock: Clock): Route[] {
  return [
    route({
      method: 'GET',
      path: '/nines/v1/objectives',
      access: 'viewer',
      summary: 'All objectives and how their budgets stand.',
      query: z.object({ service: z.string().max(63).optional() }),
      response: z.object({ objectives: z.array(contract.objectiveStatus) }),
      handler: async ({ query }) => {
        const all = await objectives.statuses();
        return { objectives: all.filter(({ service }) => query.service === undefined || service === query.service) };
      },
    }),
    route({
      method: 'GET',
      path: '/nines/v1/objectives/:name',
      access: 'viewer',
      summary: 'One objective and how its budget stands.',
      params: byName,
      response: contract.objectiveStatus,
      handler: ({ params }) => objectives.status(params.name),
    }),
    route({
      method: 'GET',
      path: '/nines/v1/objectives/:name/cost',
      access: 'viewer',
      summary: 'What a span of time cost an objective; until now where `to` is left out.',
      params: byName,
      query: span,
      response: contract.objectiveCost,
      handler: ({ params, query }) => {
        const from = Date.parse(query.from);
        const to = query.to === undefined ? clock.now() : Date.parse(query.to);
        if (from >= to) throw badRequest(`'from' (${query.from}) must be before 'to' (${query.to ?? 'now'}).`);
        return objectives.cost(params.name, from, to);
      },
    }),
  ];
}
