import { type Route, route } from '../../platform/http/index.ts';
import type { Desk } from '../desk.ts';
import { onCallWho, whoQuery } from './contract.ts';
import { whoToCall } from './who-to-call.ts';

export const whoRoutes = (desk: Desk): Route[] => [
  route({
    method: 'GET',
    path: '/nines/v1/oncall/who',
    access: 'viewer',
    summary: 'Whom to call about a service, a team, or words that are near one: now, and next',
    query: whoQuery,
    response: onCallWho,
    handler: ({ query: { about } }) => whoToCall(desk.catalog.current(), about, desk.clock.now()),
  }),
];
