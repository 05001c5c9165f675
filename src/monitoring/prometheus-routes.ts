import type { Clock } from '../platform/clock.ts';
import { reply, route, type Access, type Reply, type Route, type RouteRequest } from '../platform/http/index.ts';
import type { QueryEngine } from './promql/index.ts';
import {
  handleFormatQuery,
  handleLabels,
  handleLabelValues,
  handleMetadata,
  handleQuery,
  handleQueryRange,
  handleSeries,
  type ApiAnswer,
} from './promql/index.ts';
import { toPrometheusTargets, type Scraper } from './scrape/index.ts';
import type { SeriesIndex } from './series.ts';

interface PrometheusRoutesDeps {
  readonly query: QueryEngine;
  readonly index: SeriesIndex;
  readonly scraper: Scraper;
  readonly clock: Clock;
}

const ACCESS: Access = 'viewer';
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
const toReply = ({ status, body, retryAfter }: ApiAnswer): Reply =>
  reply(status, body, { ...JSON_TYPE, ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }) });

/** Prometheus takes parameters from the query string and from a form, and from both at once. */
function parametersOf({ search, body }: RouteRequest): URLSearchParams {
  const all = new URLSearchParams(search);
  if (body instanceof URLSearchParams) for (const [name, value] of body) all.append(name, value);
  return all;
}

type Handler = (params: URLSearchParams, request: RouteRequest) => Promise<ApiAnswer> | ApiAnswer;

/** The same question by GET and by POST. */
function both(path: string, summary: string, handle: Handler): Route[] {
  const handler = async (request: RouteRequest): Promise<Reply> => toReply(await handle(parametersOf(request), request));
  return [
    route({ method: 'GET', path, access: ACCESS, summary, handler }),
    route({ method: 'POST', path, access: ACCESS, summary: `${summary} (parameters as a form)`, bodyAs: 'form', handler }),
  ];
}

const get = (path: string, summary: string, handle: Handler): Route =>
  route({
    method: 'GET',
    path,
    access: ACCESS,
    summary,
    handler: async (request) => toReply(await handle(parametersOf(request), request)),
  });

const success = (data: unknown): ApiAnswer => ({ status: 200, body: JSON.stringify({ status: 'success', data }) });

/** Prometheus' HTTP API, so that Grafana, promtool and whatever else asks Prometheus can ask nines. */
export function prometheusRoutes({ query, index, scraper, clock }: PrometheusRoutesDeps): Route[] {
  return [
    ...both('/api/v1/query', 'PromQL at one time', (params, { signal }) => handleQuery(query, params, clock.now(), signal)),
    ...both('/api/v1/query_range', 'PromQL over a span of time', (params, { signal }) => handleQueryRange(query, params, signal)),
    ...both('/api/v1/format_query', 'A PromQL expression, well laid out', (params) => handleFormatQuery(params)),
    ...both('/api/v1/labels', 'Label names', (params) => handleLabels(index, params)),
    ...both('/api/v1/series', 'Series that match', (params) => handleSeries(index, params)),
    get('/api/v1/label/:name/values', 'Values of a label', (params, request) =>
      handleLabelValues(index, request.params['name'] ?? '', params),
    ),
    get('/api/v1/metadata', 'Types, units and descriptions of metrics', (params) => handleMetadata(index, params)),
    get('/api/v1/targets', "Scrape targets, as Prometheus' API has them", () => success(toPrometheusTargets(scraper.targets()))),
    get('/api/v1/status/buildinfo', 'What answers here: Grafana asks to know what it can ask', () =>
      success({ version: '3.0.0', revision: 'nines', branch: '', buildUser: '', buildDate: '', goVersion: '' }),
    ),
  ];
}
