export interface GraphiteSettings {
  /** Values that one request may fetch and make. Setting `graphite.maxValues`. */
  readonly maxValues: number;
  /** Series that one path may find. Setting `graphite.maxSeries`. */
  readonly maxSeries: number;
  /** Values of a series in one request: beyond them its step is widened. Setting `graphite.maxPoints`. */
  readonly maxPoints: number;
  /** Seconds for paths that a regular expression matches, the first one counts; of others the step is found. Setting `graphite.steps`. */
  readonly steps: readonly { readonly pattern: string; readonly step: number }[];
  /** How the values of a step are put together, likewise. Setting `graphite.aggregations`. */
  readonly aggregations: readonly { readonly pattern: string; readonly method: AggregationMethod }[];
}

export type AggregationMethod = 'average' | 'sum' | 'min' | 'max' | 'last';

export const DEFAULT_GRAPHITE_SETTINGS: GraphiteSettings = {
  maxValues: 20_000_000,
  maxSeries: 20_000,
  maxPoints: 20_000,
  steps: [],
  aggregations: [],
};
