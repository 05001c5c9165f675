import { badRequest } from '../../platform/problem.ts';
import { formatJson, parse, PromQLSyntaxError, selectorsOf, timeParameter } from '../promql/index.ts';
import type { ExemplarSource } from '../series.ts';

/** `query` (whose selectors count), `start`, `end`. */
export async function queryExemplars(source: ExemplarSource, params: URLSearchParams): Promise<unknown[]> {
  const from = timeParameter(params, 'start', Number.MIN_SAFE_INTEGER);
  const to = timeParameter(params, 'end', Number.MAX_SAFE_INTEGER);
  if (to < from) throw badRequest('invalid parameter "end": end timestamp must not be before start timestamp');
  const found = await source.exemplarsOf(selectors(params.get('query') ?? ''), from, to);
  return found.map(({ labels, exemplars }) => ({
    seriesLabels: labels,
    exemplars: exemplars.map(({ labels, value, time }) => ({ labels, value: formatJson(value), timestamp: time / 1000 })),
  }));
}

function selectors(query: string) {
  try {
    return selectorsOf(parse(query)).map(({ matchers }) => matchers);
  } catch (error) {
    if (error instanceof PromQLSyntaxError) throw badRequest(`invalid parameter "query": ${error.message}`);
    throw error;
  }
}
