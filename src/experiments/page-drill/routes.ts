import { z } from 'zod';
import { created, type Route, route } from '../../platform/http/index.ts';
import type { Sql } from '../../platform/sql/index.ts';
import { drillsAnswer, drillsQuery, newDrill, pageDrill, type PageDrillJson } from '../contract.ts';
import { type DrillRow, reachedBy } from './drill.ts';
import { listDrills } from './drill-store.ts';
import type { PageDrills } from './page-drills.ts';

const PATH = '/nines/v1/drills';

export function drillRoutes(drills: PageDrills, sql: Sql): Route[] {
  return [
    route({
      method: 'POST',
      path: PATH,
      access: 'responder',
      summary: 'Exercises the whole chain of a page: alert, page, message, answer',
      body: newDrill,
      response: pageDrill,
      async handler({ body, principal }) {
        const row = await drills.begin(body.service, body.answerWithinSeconds * 1000, principal.actor);
        return created(`${PATH}/${row.id}`, drillJson(row));
      },
    }),
    route({
      method: 'GET',
      path: PATH,
      access: 'viewer',
      summary: 'Page drills, the newest first',
      query: drillsQuery,
      response: drillsAnswer,
      async handler({ query }) {
        const rows = await listDrills(sql, query);
        return { drills: rows.map(drillJson), marker: rows.length === query.limit ? (rows.at(-1)?.id ?? null) : null };
      },
    }),
    route({
      method: 'GET',
      path: `${PATH}/:id`,
      access: 'viewer',
      summary: 'A page drill, and how far it has come',
      params: z.object({ id: z.string().max(40) }),
      response: pageDrill,
      handler: async ({ params }) => drillJson(await drills.find(params.id)),
    }),
  ];
}

const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));

const drillJson = (row: DrillRow): PageDrillJson => ({
  id: row.id,
  service: row.service,
  askedBy: row.asked_by,
  state: row.finished_at === null ? 'running' : row.problem === null ? 'passed' : 'failed',
  reached: reachedBy(row),
  problem: row.problem,
  startedAt: iso(row.started_at),
  page: row.page,
  pagedAt: isoOrNull(row.paged_at),
  sentAt: isoOrNull(row.sent_at),
  acknowledgedAt: isoOrNull(row.acknowledged_at),
  acknowledgedBy: row.acknowledged_by,
  answerBy: iso(row.answer_by),
  finishedAt: isoOrNull(row.finished_at),
});
