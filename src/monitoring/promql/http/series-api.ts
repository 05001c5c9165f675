/** `/api/v1/labels`, `/label/<name>/values`, `/series` and `/metadata` of Prometheus' HTTP API, apart from HTTP. */
import { badRequest } from '../../../platform/problem.ts';
import type { MetricMetadata, SeriesIndex } from '../../series.ts';
import { isWellFormed, quote } from '../syntax/strings.ts';
import { answer, success, type ApiAnswer } from './envelope.ts';
import { limitParameter, matchParameter, timeParameter } from './parameters.ts';
import { metricJson } from './write-result.ts';

interface Scope {
  readonly matchers: ReturnType<typeof matchParameter>;
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

const TRUNCATED = 'results truncated due to limit';

function scopeOf(params: URLSearchParams): Scope {
  const from = timeParameter(params, 'start', 0);
  const to = timeParameter(params, 'end', Number.MAX_SAFE_INTEGER);
  if (to < from) throw badRequest('invalid parameter "end": end timestamp must not be before start timestamp');
  return { matchers: matchParameter(params), from, to, limit: limitParameter(params) };
}

/** One more than the limit is asked for, to know whether there is more. */
const probe = ({ limit }: Scope): number | undefined => (limit > 0 ? limit + 1 : undefined);

function writeList(texts: readonly string[], limit: number): ApiAnswer {
  const more = limit > 0 && texts.length > limit;
  const shown = more ? texts.slice(0, limit) : texts;
  return success(`[${shown.join(',')}]`, more ? [TRUNCATED] : []);
}

const sorted = (texts: readonly string[]): string[] => [...texts].sort().map((text) => JSON.stringify(text));

/** `start`, `end`, `match[]`, `limit`. */
export function handleLabels(index: SeriesIndex, params: URLSearchParams): Promise<ApiAnswer> {
  return answer(async () => {
    const scope = scopeOf(params);
    return writeList(sorted(await index.labelNames(scope.matchers, scope.from, scope.to)), scope.limit);
  });
}

/** `start`, `end`, `match[]`, `limit`; the name may be escaped as `U__a_2e_b`. */
export function handleLabelValues(index: SeriesIndex, name: string, params: URLSearchParams): Promise<ApiAnswer> {
  return answer(async () => {
    const label = unescapeName(name);
    if (label === '' || !isWellFormed(label)) throw badRequest(`invalid label name: ${quote(name.slice(0, 60))}`);
    const scope = scopeOf(params);
    return writeList(sorted(await index.labelValues(label, scope.matchers, scope.from, scope.to)), scope.limit);
  });
}

/** `match[]` (at least one), `start`, `end`, `limit`. */
export function handleSeries(index: SeriesIndex, params: URLSearchParams): Promise<ApiAnswer> {
  return answer(async () => {
    const scope = scopeOf(params);
    if (scope.matchers.length === 0) throw badRequest('no match[] parameter provided: give at least one, such as match[]=up');
    const series = await index.series(scope.matchers, scope.from, scope.to, probe(scope));
    return writeList(series.map(metricJson), scope.limit);
  });
}

/** `metric`, `limit`, `limit_per_metric`. */
export function handleMetadata(index: SeriesIndex, params: URLSearchParams): Promise<ApiAnswer> {
  return answer(() => {
    const limit = limitParameter(params);
    const metric = params.get('metric') ?? '';
    const all = [...index.metadata(metric === '' ? undefined : metric)];
    const byMetric = new Map<string, MetricMetadata[]>();
    for (const one of all) byMetric.set(one.metric, [...(byMetric.get(one.metric) ?? []), one]);
    const shown = limit > 0 ? [...byMetric].slice(0, limit) : [...byMetric];
    const each = limitParameter(params, 'limit_per_metric') || Number.POSITIVE_INFINITY;
    const entries = shown.map(([name, list]) => [name, list.slice(0, each).map(({ type, help, unit }) => ({ type, help, unit }))] as const);
    return success(JSON.stringify(Object.fromEntries(entries)));
  });
}

/** Prometheus' escaping of names for URLs: `U__` before, `_2e_` for a character by its code, `__` for an underscore. */
function unescapeName(name: string): string {
  if (!name.startsWith('U__')) return name;
  return name.slice(3).replaceAll(/__|_([0-9a-fA-F]{1,6})_/g, (whole, code: string | undefined) => {
    if (code === undefined) return '_';
    const point = Number.parseInt(code, 16);
    return point > 0x10ffff ? whole : String.fromCodePoint(point);
  });
}
