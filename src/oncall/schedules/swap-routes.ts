import { z } from 'zod';
import type { ResourceSet } from '../../catalog/index.ts';
import { created, type Route, route } from '../../platform/http/index.ts';
import type { Desk } from '../desk.ts';
import { newSwap, type SwapJson, swapJson, swapsAnswer, swapsQuery } from './contract.ts';
import { requester } from './requester.ts';
import { refTo } from './schedule-answers.ts';
import { iso } from './spans.ts';
import { listSwaps, type SwapRow } from './swap-store.ts';
import { acceptSwap, endSwap, proposeSwap } from './swaps.ts';

const byId = z.object({ id: z.string().max(40) });

const toJson = (set: ResourceSet, row: SwapRow): SwapJson => ({
  id: row.id,
  schedule: row.schedule,
  layer: row.layer,
  giver: refTo(set, row.giver),
  taker: refTo(set, row.taker),
  give: { from: iso(row.from_at), to: iso(row.to_at) },
  back: row.back_from === null || row.back_to === null ? null : { from: iso(row.back_from), to: iso(row.back_to) },
  note: row.note,
  state: row.state,
  createdAt: iso(row.created_at),
  answeredAt: row.answered_at === null ? null : iso(row.answered_at),
});

export function swapRoutes(desk: Desk): Route[] {
  const json = (row: SwapRow): SwapJson => toJson(desk.catalog.current(), row);
  return [
    route({
      method: 'GET',
      path: '/nines/v1/swaps',
      access: 'viewer',
      summary: 'Shifts that are offered, and those that were swapped',
      query: swapsQuery,
      response: swapsAnswer,
      handler: async ({ query }) => ({ swaps: (await listSwaps(desk.sql, query)).map(json) }),
    }),
    route({
      method: 'POST',
      path: '/nines/v1/swaps',
      access: 'responder',
      summary: 'Offer a shift to someone, perhaps for one of theirs',
      body: newSwap,
      response: swapJson,
      async handler({ body, principal }) {
        const row = await proposeSwap(desk, body, requester(principal));
        return created(`/nines/v1/swaps/${row.id}`, json(row));
      },
    }),
    route({
      method: 'POST',
      path: '/nines/v1/swaps/:id/accept',
      access: 'responder',
      summary: 'Accept a swap, as the side that was asked',
      params: byId,
      response: swapJson,
      handler: async ({ params, principal }) => json(await acceptSwap(desk, params.id, requester(principal))),
    }),
    route({
      method: 'POST',
      path: '/nines/v1/swaps/:id/decline',
      access: 'responder',
      summary: 'Decline a swap, as the side that was asked',
      params: byId,
      response: swapJson,
      handler: async ({ params, principal }) => json(await endSwap(desk, params.id, 'declined', requester(principal))),
    }),
    route({
      method: 'POST',
      path: '/nines/v1/swaps/:id/cancel',
      access: 'responder',
      summary: 'Take the offer of a swap back',
      params: byId,
      response: swapJson,
      handler: async ({ params, principal }) => json(await endSwap(desk, params.id, 'cancelled', requester(principal))),
    }),
  ];
}
