import type { Clock } from '../../platform/clock.ts';
import { reply, route, type Access, type Reply, type Route, type RouteRequest } from '../../platform/http/index.ts';
import type { SeriesIndex } from '../series.ts';
import { errorReply, jsonReply, textReply } from './answers.ts';
import { completerQuery, findAnswer } from './find/find-answers.ts';
import { TagAnswers } from './find/tag-answers.ts';
import { functionDetails, functionList } from './function-list.ts';
import { GraphiteError } from './graphite-error.ts';
import type { Graphite } from './graphite.ts';
import { toCsv, toDygraph, toJson, toRaw, toRickshaw } from './render/formats.ts';
import { nodesPickle, seriesPickle } from './render/pickle.ts';
import { chartOf, toPicture, toSvg } from './render/picture.ts';
import { jsonpOf, renderRequest } from './render/request.ts';

const ACCESS: Access = 'viewer';
const JSON_TYPE = 'application/json; charset=utf-8';
/** What clients that ask for the version get: they choose by it what they may ask. */
const VERSION = '1.1.10';
const MOST_PATHS = 1_000_000;

interface Deps {
  readonly graphite: Graphite;
  readonly index: SeriesIndex;
  readonly clock: Clock;
}

type Handler = (params: URLSearchParams, request: RouteRequest) => Promise<Reply> | Reply;

/** Parameters of the query string and of a form together; of one that is in both, the form's count, as in graphite-web. */
function parametersOf({ search, body }: RouteRequest): URLSearchParams {
  const all = new URLSearchParams(search);
  if (!(body instanceof URLSearchParams)) return all;
  for (const name of new Set(body.keys())) all.delete(name);
  for (const [name, value] of body) all.append(name, value);
  return all;
}

/** The same by GET and, where it is one to be posted, by POST. */
function ask(path: string, summary: string, handle: Handler, methods: readonly ('GET' | 'POST')[] = ['GET', 'POST']): Route[] {
  const handler = async (request: RouteRequest): Promise<Reply> => {
    try {
      return await handle(parametersOf(request), request);
    } catch (error) {
      return errorReply(error);
    }
  };
  return methods.map((method) =>
    method === 'GET'
      ? route({ method, path, access: ACCESS, summary, handler })
      : route({ method, path, access: ACCESS, summary: `${summary} (parameters as a form)`, bodyAs: 'form', handler }),
  );
}

async function render({ graphite, clock }: Deps, params: URLSearchParams, signal: AbortSignal): Promise<Reply> {
  const asked = renderRequest(params, clock.now() / 1000);
  const list = await graphite.render(asked.targets, asked, signal);
  switch (asked.format) {
    case 'json':
      return textReply(toJson(list, asked), JSON_TYPE, asked.jsonp);
    case 'csv':
      return textReply(toCsv(list, asked.zone), 'text/csv; charset=utf-8');
    case 'raw':
      return textReply(toRaw(list), 'text/plain; charset=utf-8');
    case 'dygraph':
      return textReply(toDygraph(list), JSON_TYPE, asked.jsonp);
    case 'rickshaw':
      return textReply(toRickshaw(list), JSON_TYPE, asked.jsonp);
    case 'pickle':
      return reply(200, seriesPickle(list), { 'content-type': 'application/pickle' });
    case 'svg': {
      const svg = toSvg(chartOf(params, list, asked.from, asked.until));
      return asked.jsonp === undefined
        ? reply(200, svg, { 'content-type': 'image/svg+xml; charset=utf-8' })
        : jsonReply(JSON.stringify(svg), asked.jsonp);
    }
    case 'png':
      return reply(200, await toPicture(chartOf(params, list, asked.from, asked.until)), { 'content-type': 'image/png' });
    default:
      throw new GraphiteError(
        `There is no format '${asked.format.slice(0, 40)}': it is one of json, csv, raw, pickle, dygraph, rickshaw, png, svg.`,
      );
  }
}

async function find({ graphite }: Deps, params: URLSearchParams, signal: AbortSignal): Promise<Reply> {
  const query = params.get('query') ?? '';
  if (query === '') throw new GraphiteError("The parameter 'query' is missing, or empty.");
  const format = params.get('format') ?? 'treejson';
  const pattern = format === 'completer' ? completerQuery(query, params.get('automatic_variants') === '1') : query;
  const found = await graphite.nodes(pattern, signal);
  const nodes = params.get('leavesOnly') === '1' ? found.filter(({ leaf }) => leaf) : found;
  if (format === 'pickle') return reply(200, nodesPickle(nodes), { 'content-type': 'application/pickle' });
  return jsonReply(JSON.stringify(findAnswer(format, query, nodes, params)), jsonpOf(params));
}

async function expand({ graphite }: Deps, params: URLSearchParams, signal: AbortSignal): Promise<Reply> {
  const byQuery: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
  for (const query of params.getAll('query').slice(0, 1_000)) {
    const found = await graphite.nodes(query, signal);
    const kept = params.get('leavesOnly') === '1' ? found.filter(({ leaf }) => leaf) : found;
    byQuery[query] = [...new Set(kept.map(({ path }) => path))];
  }
  const results = params.get('groupByExpr') === '1' ? byQuery : [...new Set(Object.values(byQuery).flat())].sort();
  return jsonReply(JSON.stringify({ results }), jsonpOf(params));
}

/** Graphite's HTTP API, so that Grafana's Graphite source, dashboards and scripts can ask nines. */
export function graphiteRoutes(deps: Deps): Route[] {
  const tags = new TagAnswers(deps.index);
  const json = (make: (params: URLSearchParams, request: RouteRequest) => Promise<unknown>): Handler => async (params, request) =>
    jsonReply(JSON.stringify(await make(params, request)), jsonpOf(params)); // prettier-ignore
  return [
    ...ask('/render', 'Series by Graphite targets, as JSON, CSV, text, pickle or a picture', (params, { signal }) => render(deps, params, signal)),
    ...ask('/metrics/find', 'Nodes of the paths of series, by a glob', (params, { signal }) => find(deps, params, signal)),
    ...ask('/metrics/expand', 'Paths of series, by globs', (params, { signal }) => expand(deps, params, signal)),
    ...ask('/metrics/index.json', 'Every path of a series', json(async () => [...(await deps.index.labelValues('__name__', [], 0, Number.MAX_SAFE_INTEGER, MOST_PATHS))].sort())),
    ...ask('/functions', 'The functions that targets may call', (params) => jsonReply(functionList(params), jsonpOf(params)), ['GET']),
    ...ask('/functions/:name', 'One function that targets may call', (params, request) => jsonReply(functionDetails(request.params['name'] ?? ''), jsonpOf(params)), ['GET']),
    ...ask('/tags', 'The tags of series', json((params) => tags.tags(params)), ['GET']),
    ...ask('/tags/findSeries', 'Series by tag expressions', json((params) => tags.findSeries(params))),
    ...ask('/tags/autoComplete/tags', 'Tags that begin so', json((params) => tags.completeTags(params))),
    ...ask('/tags/autoComplete/values', 'Values of a tag that begin so', json((params) => tags.completeValues(params))),
    ...ask('/tags/:tag', 'The values of a tag', json((params, request) => tags.tag(request.params['tag'] ?? '', params)), ['GET']),
    ...ask('/version', 'The version of Graphite whose API this is', () => jsonReply(JSON.stringify(VERSION)), ['GET']),
  ];
} // prettier-ignore
