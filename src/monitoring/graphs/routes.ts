import { z } from 'zod';
import type { Ledger } from '../../ledger/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { created, reply, route, type Principal, type Route } from '../../platform/http/index.ts';
import { newId, newSecret } from '../../platform/id.ts';
import { badRequest, notFound } from '../../platform/problem.ts';
import type { Sql } from '../../platform/sql/index.ts';
import { toPng } from '../charts/index.ts';
import { parse, PromQLSyntaxError, type QueryEngine } from '../promql/index.ts';
import { graphDetail, graphsPage, newGraph, type SharedGraphDetail, type SharedGraphHead } from './contract.ts';
import { frozenCsv } from './frozen-csv.ts';
import { drawFrozen, freezeGraph, type Annotation } from './frozen-graph.ts';
import { deleteGraph, findSharedGraph, insertGraph, listGraphs, type SharedGraph } from './graph-store.ts';

export interface GraphsDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly ledger: Pick<Ledger, 'read'>;
  readonly query: Pick<QueryEngine, 'range'>;
  /** The address people open nines at. */
  readonly url: string;
}

const BASE = '/nines/v1/graphs';
const LONGEST_MS = 5 * 366 * 86_400_000;
const FREEZE = { points: 240, mostSeries: 20 };
const MOST_ANNOTATIONS = 10;
/** A frozen graph never changes, but it can be taken back. */
const KEEP = { 'cache-control': 'private, max-age=3600' };

/** Graphs that are shared: a permanent link, absolute in time, with its data frozen. */
export function graphRoutes(deps: GraphsDeps): Route[] {
  return [
    shareRoute(deps),
    listRoute(deps),
    readRoute(deps),
    ...(['svg', 'png', 'csv'] as const).map((as) => pictureRoute(deps, as)),
    removeRoute(deps),
  ];
}

const shareRoute = (deps: GraphsDeps): Route =>
  route({
    method: 'POST',
    path: BASE,
    access: 'viewer',
    summary: "Shares a graph: a permanent link to a query's answer as it is now",
    body: newGraph,
    response: graphDetail,
    async handler({ body, principal, signal }) {
      const [from, to] = [Date.parse(body.from), Date.parse(body.to)];
      if (from >= to) throw badRequest("'from' must be earlier than 'to'.");
      if (to - from > LONGEST_MS) throw badRequest("From 'from' to 'to' may be five years at most.", { limit: LONGEST_MS });
      refuseSyntax(body.expr);
      const { expr, title = body.expr.slice(0, 200), unit, threshold } = body;
      const asked = { expr, title, from, to, ...(unit !== undefined && { unit }), ...(threshold !== undefined && { threshold }) };
      const now = deps.clock.now();
      const shared: SharedGraph = {
        id: body.public ? newSecret() : newId(now),
        graph: await freezeGraph(deps.query, asked, { ...FREEZE, signal }),
        annotations: await changesBetween(deps.ledger, from, to),
        public: body.public,
        note: body.note,
        created_at: now,
        created_by: principal.actor,
      };
      await insertGraph(deps.sql, shared);
      return created(`${BASE}/${shared.id}`, detail(shared, deps.url));
    },
  });

function refuseSyntax(expr: string): void {
  try {
    parse(expr);
  } catch (error) {
    if (error instanceof PromQLSyntaxError) throw badRequest(`The expression is not PromQL: ${error.message}`, { field: 'expr' });
    throw error;
  }
}

/** What changed on purpose meanwhile: most outages begin with one of those. */
async function changesBetween(ledger: Pick<Ledger, 'read'>, from: number, to: number): Promise<Annotation[]> {
  const { events } = await ledger.read({ kind: 'change.*', from, to, order: 'desc', limit: MOST_ANNOTATIONS });
  return events.map(({ time, title }) => ({ time: Date.parse(time), label: title.slice(0, 60) })).reverse();
}

const listRoute = ({ sql, url }: GraphsDeps): Route =>
  route({
    method: 'GET',
    path: BASE,
    access: 'viewer',
    summary: 'Shared graphs, newest first',
    query: z.object({ marker: z.coerce.number().int().optional(), limit: z.coerce.number().int().min(1).max(200).default(50) }),
    response: graphsPage,
    async handler({ query: { marker, limit } }) {
      const rows = await listGraphs(sql, marker, limit);
      const graphs = rows.map(({ created_at, created_by, ...row }): SharedGraphHead => ({
        ...row,
        createdAt: new Date(created_at).toISOString(),
        createdBy: created_by,
        ...addresses(row.id, url),
      }));
      return { graphs, marker: rows.length === limit ? (rows.at(-1)?.created_at ?? null) : null };
    },
  });

const params = z.object({ id: z.string().max(64) });

const readRoute = (deps: GraphsDeps): Route =>
  route({
    method: 'GET',
    path: `${BASE}/:id`,
    access: 'public',
    summary: 'A shared graph with its numbers; without an account where it was shared so',
    params,
    response: graphDetail,
    handler: async ({ params: { id }, principal }) => detail(await find(deps, id, principal), deps.url),
  });

const look = z.object({
  theme: z.enum(['light', 'dark']).default('light'),
  width: z.coerce.number().int().min(240).max(2_000).default(860),
  height: z.coerce.number().int().min(160).max(1_500).default(360),
});

const pictureRoute = (deps: GraphsDeps, as: 'svg' | 'png' | 'csv'): Route =>
  route({
    method: 'GET',
    path: `${BASE}/:id/graph.${as}`,
    access: 'public',
    summary: as === 'csv' ? "A shared graph's numbers as CSV" : `A shared graph as a picture (${as.toUpperCase()})`,
    params,
    query: look,
    async handler({ params: { id }, query, principal }) {
      const { graph, annotations } = await find(deps, id, principal);
      if (as === 'csv') return reply(200, frozenCsv(graph), { 'content-type': 'text/csv; charset=utf-8', ...KEEP });
      const svg = drawFrozen(graph, { ...query, annotations });
      if (as === 'svg') return reply(200, svg, { 'content-type': 'image/svg+xml; charset=utf-8', ...KEEP });
      return reply(200, await toPng(svg), { 'content-type': 'image/png', ...KEEP });
    },
  });

const removeRoute = ({ sql }: GraphsDeps): Route =>
  route({
    method: 'DELETE',
    path: `${BASE}/:id`,
    access: 'responder',
    summary: 'Takes a shared graph back: its link leads nowhere from now on',
    params,
    async handler({ params: { id } }) {
      if (!(await deleteGraph(sql, id))) throw notFound('graph', id);
    },
  });

/** Who may not see it is told the same as who asks for one that isn't there. */
async function find({ sql }: GraphsDeps, id: string, { role }: Principal): Promise<SharedGraph> {
  const found = await findSharedGraph(sql, id);
  if (!found || !(found.public || (role !== null && role !== 'intake'))) throw notFound('graph', id);
  return found;
}

const addresses = (id: string, url: string) => ({ url: `${url}/graphs/${id}`, image: `${url}${BASE}/${id}/graph.png` });

function detail(shared: SharedGraph, url: string): SharedGraphDetail {
  const { graph, annotations } = shared;
  return {
    id: shared.id,
    title: graph.title,
    expr: graph.expr,
    note: shared.note,
    public: shared.public,
    createdAt: new Date(shared.created_at).toISOString(),
    createdBy: shared.created_by,
    ...addresses(shared.id, url),
    from: new Date(graph.from).toISOString(),
    to: new Date(graph.to).toISOString(),
    unit: graph.unit,
    threshold: graph.threshold,
    series: graph.series.map(({ name, points }) => ({ name, points: points.map(([time, value]) => [time, value]) })),
    left: graph.left,
    problem: graph.problem,
    annotations: [...annotations],
  };
}
