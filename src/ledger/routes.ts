import { z } from 'zod';
import type { Clock } from '../platform/clock.ts';
import { reply, route, type Route } from '../platform/http/index.ts';
import { badRequest, LimitError } from '../platform/problem.ts';
import { eventsPage, eventsQuery } from './contract.ts';
import { EventStream } from './event-stream.ts';
import type { Ledger } from './ledger.ts';

const streamQuery = eventsQuery.pick({ marker: true, kind: true, service: true, subject: true });

/** The feed over HTTP. `stop` ends the open streams, which would otherwise keep the server from closing. */
export interface LedgerRoutes {
  readonly routes: Route[];
  stop(): void;
}

export function createLedgerRoutes(deps: { ledger: Ledger; clock: Clock; maxStreams?: number }): LedgerRoutes {
  const { ledger, maxStreams = 200 } = deps;
  const open = new Set<EventStream>();

  const list = route({
    method: 'GET',
    path: '/nines/v1/events',
    access: 'viewer',
    summary: 'The ledger: every change and event, by marker',
    query: eventsQuery,
    response: eventsPage,
    handler: ({ query }) => ledger.read(query),
  });

  const follow = route({
    method: 'GET',
    path: '/nines/v1/events/stream',
    access: 'viewer',
    summary: 'The ledger as server-sent events: what came after the marker (or Last-Event-ID), then what comes',
    query: streamQuery,
    response: z.string().describe('text/event-stream; the data of each message is an event, its id the marker'),
    handler({ query, headers, signal }) {
      if (open.size >= maxStreams) {
        throw new LimitError(429, `There are ${open.size} open event streams.`, {
          limit: maxStreams,
          setting: 'NINES_MAX_EVENT_STREAMS',
          retryAfter: 30,
        });
      }
      const { marker, ...filter } = query;
      const events = new EventStream(deps, filter, lastEventId(headers['last-event-id']) ?? marker);
      open.add(events);
      events.once('close', () => open.delete(events));
      signal.addEventListener('abort', () => events.destroy(), { once: true });
      // Not `stream()`: a proxy that buffers or caches would hold the events back.
      return reply(200, events, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
      });
    },
  });

  return {
    routes: [list, follow],
    stop() {
      for (const events of open) events.close('nines is stopping');
    },
  };
}

/** The header that a browser sends when it comes back; it is newer than the marker of the address it first asked for. */
function lastEventId(header: string | string[] | undefined): number | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,15}$/.test(text))
    throw badRequest(`Last-Event-ID is the marker of an event, such as 42, and not ${JSON.stringify(text.slice(0, 40))}.`);
  return Number(text);
}
