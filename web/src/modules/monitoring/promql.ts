import { request, withQuery } from '../../api/http.ts';
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { ApiProblem } from '../../api/http.ts';

interface Series {
  readonly metric: Readonly<Record<string, string>>;
}
export interface InstantSeries extends Series {
  readonly value: readonly [time: number, value: string];
}
export interface RangeSeries extends Series {
  readonly values: readonly (readonly [time: number, value: string])[];
}

interface PromAnswer<T> {
  readonly status: string;
  readonly data: { readonly resultType: string; readonly result: readonly T[] };
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

/** One instant query, asked again every so often. A scalar is a series without labels. */
export function useInstant(expr: string, every = 15_000): UseQueryResult<readonly InstantSeries[], ApiProblem> {
  return useQuery<readonly InstantSeries[], ApiProblem>({
    queryKey: ['instant', expr],
    refetchInterval: every,
    queryFn: async ({ signal }) => {
      const { data } = await request<PromAnswer<InstantSeries>>('GET', withQuery('/api/v1/query', { query: expr }), undefined, signal);
      return data.resultType === 'scalar' ? [{ metric: {}, value: data.result as unknown as InstantSeries['value'] }] : data.result;
    },
  });
}

export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** About as many points as a graph has room for, on round steps so that neighbouring requests agree. */
export function stepFor({ fromMs, toMs }: Range, points = 240): number {
  const rough = Math.max(1_000, (toMs - fromMs) / points);
  const round = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 86_400].map((s) => s * 1_000);
  return round.find((step) => step >= rough) ?? Math.ceil(rough / 86_400_000) * 86_400_000;
}

interface RangeAnswer {
  readonly series: readonly RangeSeries[];
  /** What the answer says of itself: warnings, and that it was made of rollups. */
  readonly notes: readonly string[];
}

/** @param follow how often to ask again, for a graph that ends now */
export function useRange(expr: string, range: Range, follow?: number): UseQueryResult<RangeAnswer, ApiProblem> {
  const step = stepFor(range);
  return useQuery<RangeAnswer, ApiProblem>({
    queryKey: ['range', expr, range.fromMs, range.toMs],
    enabled: expr !== '',
    placeholderData: (before) => before,
    ...(follow !== undefined && { refetchInterval: follow }),
    queryFn: async ({ signal }) => {
      const start = Math.floor(range.fromMs / step) * step;
      const parameters = { query: expr, start: start / 1_000, end: range.toMs / 1_000, step: step / 1_000 };
      const { data, warnings, infos } = await request<PromAnswer<RangeSeries>>(
        'GET',
        withQuery('/api/v1/query_range', parameters),
        undefined,
        signal,
      );
      return { series: data.result, notes: [...(warnings ?? []), ...(infos ?? []).filter(isOfAnswer)] };
    },
  });
}

/** Hints on how a query is written are for who writes it; these tell what the numbers are made of. */
const isOfAnswer = (info: string): boolean => !info.startsWith('PromQL info');
