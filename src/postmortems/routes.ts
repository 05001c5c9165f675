import { z } from 'zod';
import { drawFrozen } from '../monitoring/index.ts';
import { type Principal, reply, route, type Route } from '../platform/http/index.ts';
import { conflict, notFound } from '../platform/problem.ts';
import { postmortem, type PostmortemDetail, postmortemDetail, savePostmortem } from './contract.ts';
import { outageMarks } from './freeze-graphs.ts';
import type { PostmortemsDeps } from './deps.ts';
import {
  findGraph,
  findPostmortem,
  listPostmortems,
  lockPostmortem,
  type PostmortemRow,
  savePostmortemRow,
  toDetail,
} from './postmortem-store.ts';

const BASE = '/nines/v1/postmortems';
/** A postmortem's id or its incident's number. */
const ID = '[0-9a-z]{1,40}';
const params = z.object({ id: z.string().regex(new RegExp(`^${ID}$`), "a postmortem is named by its id or its incident's number") });

const postmortemsQuery = z.object({
  state: z.enum(['draft', 'published']).optional(),
  /** Lists those of incidents before this number. */
  marker: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
const postmortemsPage = z.object({ postmortems: z.array(postmortem), marker: z.number().int().nullable() });

type Find = (id: string) => Promise<PostmortemRow>;

export function postmortemRoutes(deps: PostmortemsDeps): Route[] {
  const find: Find = async (id) => {
    const found = await findPostmortem(deps.sql, /^\d{1,9}$/.test(id) ? { number: Number(id) } : { id });
    if (found === undefined) throw notFound('postmortem', id);
    return found;
  };
  return [listRoute(deps), readRoute(find), graphRoute(deps, find), saveRoute(deps, find)];
}

const listRoute = ({ sql }: PostmortemsDeps): Route =>
  route({
    method: 'GET',
    path: BASE,
    access: 'viewer',
    summary: 'Postmortems, newest first',
    query: postmortemsQuery,
    response: postmortemsPage,
    async handler({ query: { marker, ...query } }) {
      const found = await listPostmortems(sql, { ...query, before: marker });
      return { postmortems: found, marker: found.length === query.limit ? (found.at(-1)?.incidentNumber ?? null) : null };
    },
  });

const readRoute = (find: Find): Route =>
  route({
    method: 'GET',
    path: `${BASE}/:id`,
    access: 'viewer',
    summary: 'A postmortem; with `.md` after its id, the Markdown alone',
    params: z.object({ id: z.string().regex(new RegExp(`^${ID}(\\.md)?$`), "a postmortem is named by its id or its incident's number") }),
    response: postmortemDetail,
    async handler({ params: { id } }) {
      const row = await find(id.replace(/\.md$/, ''));
      if (!id.endsWith('.md')) return toDetail(row);
      const disposition = `inline; filename="postmortem-${row.incident_number}.md"`;
      return reply(200, row.markdown, { 'content-type': 'text/markdown; charset=utf-8', 'content-disposition': disposition });
    },
  });

const graphRoute = ({ sql }: PostmortemsDeps, find: Find): Route =>
  route({
    method: 'GET',
    path: `${BASE}/:id/graphs/:graph`,
    access: 'viewer',
    summary: 'A graph of a postmortem as it was at the all-clear: `1.svg`',
    params: params.extend({ graph: z.string().regex(/^[1-9]\d{0,2}\.svg$/, "a graph is named by its number: '1.svg'") }),
    query: z.object({ theme: z.enum(['light', 'dark']).default('light') }),
    response: z.string().describe('image/svg+xml'),
    async handler({ params: { id, graph }, query }) {
      const row = await find(id);
      const frozen = await findGraph(sql, row.id, Number.parseInt(graph, 10));
      if (frozen === undefined) throw notFound('graph', graph);
      const headers = { 'content-type': 'image/svg+xml; charset=utf-8', 'cache-control': 'private, max-age=86400' };
      return reply(200, drawFrozen(frozen, { theme: query.theme, annotations: outageMarks(row.outage) }), headers);
    },
  });

const saveRoute = (deps: PostmortemsDeps, find: Find): Route =>
  route({
    method: 'PUT',
    path: `${BASE}/:id`,
    access: 'responder',
    summary: 'Saves the text; refused with 409 where someone else has saved since',
    params,
    body: savePostmortem,
    bodyLimit: 4 * 1024 * 1024,
    response: postmortemDetail,
    handler: async ({ params: { id }, body, principal }) => save(deps, (await find(id)).id, body, principal),
  });

function save(
  { sql, clock, ledger }: PostmortemsDeps,
  id: string,
  input: z.infer<typeof savePostmortem>,
  principal: Principal,
): Promise<PostmortemDetail> {
  return sql.transaction(async (tx) => {
    const before = await lockPostmortem(tx, id);
    if (before === undefined) throw notFound('postmortem', id);
    if (before.version !== input.version) {
      throw conflict(
        `${before.updated_by} saved version ${before.version} since you read version ${input.version}: read it again and put your changes on it.`,
        { version: before.version, updatedBy: before.updated_by },
      );
    }
    const change = {
      markdown: input.markdown,
      state: input.state ?? before.state,
      version: before.version + 1,
      updated_at: clock.now(),
      updated_by: principal.person ?? principal.name,
    };
    await savePostmortemRow(tx, id, change);
    const published = change.state === 'published' && before.state === 'draft';
    await ledger.append(tx, [
      {
        kind: published ? 'postmortem.published' : 'postmortem.saved',
        title: `${change.updated_by} ${published ? 'published' : 'saved'} the postmortem of incident ${before.incident_number}`,
        actor: principal.actor,
        subject: `incident/${before.incident}`,
        service: before.services[0] ?? null,
        data: { incident: before.incident, postmortem: id, version: change.version },
      },
    ]);
    return toDetail({ ...before, ...change });
  });
}
