import type { Clock } from '../../platform/clock.ts';
import type { Route } from '../../platform/http/index.ts';
import {
  handleFormatQuery,
  handleLabels,
  handleLabelValues,
  handleMetadata,
  handleQuery,
  handleQueryRange,
  handleSeries,
  type QueryEngine,
} from '../promql/index.ts';
import type { ExemplarSource, SeriesIndex } from '../series.ts';
import { both, get, ok } from './api-route.ts';
import { queryExemplars } from './query-exemplars.ts';
import { parseQuery } from './parse-query.ts';

interface QueryRoutesDeps {
  readonly query: QueryEngine;
  /** The engine for whoever calls itself so. */
  readonly askedBy?: ((userAgent: string | string[] | undefined) => QueryEngine) | undefined;
  readonly index: SeriesIndex;
  readonly exemplars: ExemplarSource;
  readonly clock: Clock;
}

/** Questions in PromQL, and about series. */
export function queryRoutes({ query, askedBy = () => query, index, exemplars, clock }: QueryRoutesDeps): Route[] {
  return [
    ...both('/api/v1/query', 'PromQL at one time', (params, { signal, headers }) =>
      handleQuery(askedBy(headers['user-agent']), params, clock.now(), signal),
    ),
    ...both('/api/v1/query_range', 'PromQL over a span of time', (params, { signal, headers }) =>
      handleQueryRange(askedBy(headers['user-agent']), params, signal),
    ),
    ...both('/api/v1/format_query', 'A PromQL expression, well laid out', (params) => handleFormatQuery(params)),
    ...both('/api/v1/parse_query', 'A PromQL expression as a tree', (params) => ok(parseQuery(params.get('query') ?? ''))),
    ...both('/api/v1/labels', 'Label names', (params) => handleLabels(index, params)),
    ...both('/api/v1/series', 'Series that match', (params) => handleSeries(index, params)),
    get('/api/v1/label/:name/values', 'Values of a label', (params, request) =>
      handleLabelValues(index, request.params['name'] ?? '', params),
    ),
    ...both('/api/v1/query_exemplars', 'Exemplars of the series that a PromQL expression asks for', async (params) =>
      ok(await queryExemplars(exemplars, params)),
    ),
    get('/api/v1/metadata', 'Types, units and descriptions of metrics', (params) => handleMetadata(index, params)),
  ];
}
