import { badRequest } from '../../platform/problem.ts';
import type { Route } from '../../platform/http/index.ts';
import { limitParameter, matchParameter, timeParameter, type ApiAnswer } from '../promql/index.ts';
import type { SeriesIndex } from '../series.ts';
import { both } from './api-route.ts';
import { scoreOf, type SearchTerms } from './search-score.ts';

const DEFAULT_LIMIT = 100;
const DEFAULT_BATCH = 100;
const NDJSON = 'application/x-ndjson; charset=utf-8';

type Names = (matchers: ReturnType<typeof matchParameter>, from: number, to: number) => Promise<readonly string[]> | readonly string[];

/** Names of metrics and labels, and values of labels, by parts of their texts: for completion as people type. */
export function searchRoutes(index: SeriesIndex): Route[] {
  const described = (metric: string) => {
    const { type, help, unit } = index.metadata(metric)[0] ?? { type: 'unknown', help: '', unit: '' };
    return { type, help, unit };
  };
  return [
    ...both('/api/v1/search/metric_names', 'Metric names that contain what was typed', (params) =>
      search(params, (...scope) => index.labelValues('__name__', ...scope), flag(params, 'include_metadata') ? described : undefined),
    ),
    ...both('/api/v1/search/label_names', 'Label names that contain what was typed', (params) =>
      search(params, (...scope) => index.labelNames(...scope)),
    ),
    ...both('/api/v1/search/label_values', 'Values of a label that contain what was typed', (params) => {
      const label = params.get('label') ?? '';
      if (label === '') throw badRequest('no label parameter provided');
      return search(params, (...scope) => index.labelValues(label, ...scope));
    }),
  ];
}

const flag = (params: URLSearchParams, name: string): boolean => params.get(name) === 'true';

function choice<T extends string>(params: URLSearchParams, name: string, choices: readonly T[]): T {
  const given = params.get(name) || choices[0]!;
  const found = choices.find((one) => one === given);
  if (found === undefined) throw badRequest(`invalid parameter "${name}": must be one of ${choices.join(', ')}`);
  return found;
}

/** `search[]`, `fuzz_threshold`, `fuzz_alg`, `case_sensitive`, `sort_by`, `sort_dir`, `include_score`, `limit`, `batch_size`, `match[]`, `start`, `end`. */
async function search(params: URLSearchParams, names: Names, described?: (name: string) => object): Promise<ApiAnswer> {
  const limit = limitParameter(params) || DEFAULT_LIMIT;
  const batch = limitParameter(params, 'batch_size') || DEFAULT_BATCH;
  const sortBy = choice(params, 'sort_by', ['alpha', 'score']);
  const descending = choice(params, 'sort_dir', ['asc', 'dsc']) === 'dsc';
  const terms: SearchTerms = {
    texts: params
      .getAll('search[]')
      .filter(Boolean)
      .slice(0, 20)
      .map((text) => text.slice(0, 200)),
    threshold: Math.min(100, limitParameter(params, 'fuzz_threshold')) / 100,
    algorithm: choice(params, 'fuzz_alg', ['subsequence', 'jarowinkler']),
    caseSensitive: flag(params, 'case_sensitive'),
  };
  const [from, to] = [timeParameter(params, 'start', Number.MIN_SAFE_INTEGER), timeParameter(params, 'end', Number.MAX_SAFE_INTEGER)];
  const found: { name: string; score: number }[] = [];
  for (const name of await names(matchParameter(params), from, to)) {
    const score = scoreOf(name, terms);
    if (score !== undefined) found.push({ name, score });
  }
  const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  found.sort(sortBy === 'score' ? (a, b) => b.score - a.score || byName(a, b) : descending ? (a, b) => byName(b, a) : byName);
  const withScore = flag(params, 'include_score');
  const shown = found.slice(0, limit).map(({ name, score }) => ({ name, ...(withScore && { score }), ...described?.(name) }));
  const lines: string[] = [];
  for (let i = 0; i < shown.length; i += batch) lines.push(JSON.stringify({ results: shown.slice(i, i + batch) }));
  lines.push(JSON.stringify({ status: 'success', has_more: found.length > limit }));
  return { status: 200, body: `${lines.join('\n')}\n`, type: NDJSON };
}
