import { z } from 'zod';
import { created, route, type Route } from '../platform/http/index.ts';
import { notFound } from '../platform/problem.ts';
import { callAllClear, declare, handOver, join, note, update } from './commands.ts';
import { allClear, declareIncident, incident, incidentDetail, newNote, newUpdate, roleChange, timelineEntry } from './contract.ts';
import type { Desk } from './desk.ts';
import { toJson } from './incident.ts';
import { findByNumber, findIncident, listIncidents, pageIdsOf, pagesOf, type StoredIncident } from './incident-store.ts';
import { readTimeline } from './timeline.ts';

const BASE = '/nines/v1/incidents';
/** An incident's id, or its number: `3`. */
const params = z.object({ id: z.string().regex(/^[0-9a-z]{1,40}$/, 'an incident is named by its id or its number') });

const incidentsQuery = z.object({
  state: z.enum(['open', 'all-clear']).optional(),
  service: z.string().max(100).optional(),
  /** Lists the incidents before this number. */
  marker: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
const incidentsPage = z.object({ incidents: z.array(incident), marker: z.number().int().nullable() });

export function incidentRoutes(desk: Desk): Route[] {
  const find = async (id: string): Promise<StoredIncident> => {
    const found = /^\d{1,9}$/.test(id) ? await findByNumber(desk.sql, Number(id)) : await findIncident(desk.sql, id);
    if (found === undefined) throw notFound('incident', id);
    return found;
  };
  const shown = async (one: StoredIncident) => toJson(one, (await pageIdsOf(desk.sql, [one.id])).get(one.id) ?? []);
  return [...readRoutes(desk, find), ...commandRoutes(desk, find, shown)];
}

type Find = (id: string) => Promise<StoredIncident>;

function readRoutes(desk: Desk, find: Find): Route[] {
  return [
    route({
      method: 'GET',
      path: BASE,
      access: 'viewer',
      summary: 'Incidents, newest first',
      query: incidentsQuery,
      response: incidentsPage,
      async handler({ query: { marker, ...query } }) {
        const found = await listIncidents(desk.sql, { ...query, before: marker });
        const pages = await pageIdsOf(
          desk.sql,
          found.map(({ id }) => id),
        );
        const more = found.length === query.limit ? (found.at(-1)?.number ?? null) : null;
        return { incidents: found.map((one) => toJson(one, pages.get(one.id) ?? [])), marker: more };
      },
    }),
    route({
      method: 'GET',
      path: `${BASE}/:id`,
      access: 'viewer',
      summary: 'An incident with its timeline and what changed before it',
      params,
      response: incidentDetail,
      async handler({ params }) {
        const one = await find(params.id);
        const pages = await pagesOf(desk.sql, one.id);
        const views = await readTimeline(desk.ledger, desk.catalog.current(), one, pages);
        return {
          ...toJson(
            one,
            pages.map(({ id }) => id),
          ),
          ...views,
        };
      },
    }),
  ];
}

function commandRoutes(desk: Desk, find: Find, shown: (one: StoredIncident) => Promise<unknown>): Route[] {
  const post = { method: 'POST', access: 'responder', params } as const;
  return [
    route({
      method: 'POST',
      path: BASE,
      access: 'responder',
      summary: 'Declares an incident',
      body: declareIncident,
      response: incident,
      async handler({ body, principal }) {
        const one = await declare(desk, body, principal);
        return created(`${BASE}/${one.id}`, await shown(one));
      },
    }),
    route({
      ...post,
      path: `${BASE}/:id/join`,
      summary: "'I am on the scene': the first to say so is incident commander",
      response: incident,
      handler: async ({ params, principal }) => shown(await join(desk, (await find(params.id)).id, principal)),
    }),
    route({
      ...post,
      path: `${BASE}/:id/notes`,
      summary: 'Writes into the timeline',
      body: newNote,
      response: timelineEntry,
      async handler({ params, body, principal }) {
        const { id } = await find(params.id);
        return created(`${BASE}/${id}`, await note(desk, id, body.text, principal));
      },
    }),
    route({
      ...post,
      path: `${BASE}/:id/updates`,
      summary: 'Tells everyone who follows, and resets the thirty minutes',
      body: newUpdate,
      response: timelineEntry,
      async handler({ params, body, principal }) {
        const { id } = await find(params.id);
        return created(`${BASE}/${id}`, await update(desk, id, body.text, principal));
      },
    }),
    route({
      ...post,
      path: `${BASE}/:id/roles`,
      summary: 'Hands a role to a person, by name',
      body: roleChange,
      response: incident,
      handler: async ({ params, body, principal }) => shown(await handOver(desk, (await find(params.id)).id, body, principal)),
    }),
    route({
      ...post,
      path: `${BASE}/:id/all-clear`,
      summary: 'Ends the incident; refused while its pages fire, unless forced',
      body: allClear,
      response: incident,
      handler: async ({ params, body, principal }) => shown(await callAllClear(desk, (await find(params.id)).id, body, principal)),
    }),
  ];
}
