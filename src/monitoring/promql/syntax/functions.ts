/** The functions of PromQL with the types of their arguments, as in Prometheus 3. */
import type { ValueType } from './ast.ts';

export interface Signature {
  readonly args: readonly ValueType[];
  /** 0: exactly `args`; n: the last of `args` may be left out and up to n - 1 of its kind added; -1: any number of the last. */
  readonly variadic: number;
  readonly type: 'scalar' | 'vector';
}

const of = (args: readonly ValueType[], variadic = 0, type: Signature['type'] = 'vector'): Signature => ({ args, variadic, type });
const each = (names: string, signature: Signature): [string, Signature][] => names.split(' ').map((name) => [name, signature]);

export const FUNCTIONS: ReadonlyMap<string, Signature> = new Map([
  ...each('abs ceil exp floor ln log10 log2 sgn sqrt deg rad', of(['vector'])),
  ...each('acos acosh asin asinh atan atanh cos cosh sin sinh tan tanh', of(['vector'])),
  ...each('absent sort sort_desc timestamp', of(['vector'])),
  ...each('histogram_avg histogram_count histogram_sum histogram_stddev histogram_stdvar', of(['vector'])),
  ...each('avg_over_time count_over_time first_over_time last_over_time mad_over_time max_over_time min_over_time', of(['matrix'])),
  ...each('present_over_time stddev_over_time stdvar_over_time sum_over_time absent_over_time', of(['matrix'])),
  ...each('ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time', of(['matrix'])),
  ...each('changes delta deriv idelta increase irate rate resets', of(['matrix'])),
  ...each('day_of_month day_of_week day_of_year days_in_month hour minute month year', of(['vector'], 1)),
  ...each('pi time start end range step', of([], 0, 'scalar')),
  ...each('clamp_max clamp_min', of(['vector', 'scalar'])),
  ['clamp', of(['vector', 'scalar', 'scalar'])],
  ['double_exponential_smoothing', of(['matrix', 'scalar', 'scalar'])],
  ['histogram_fraction', of(['scalar', 'scalar', 'vector'])],
  ['histogram_quantile', of(['scalar', 'vector'])],
  ['histogram_quantiles', of(['vector', 'string', 'scalar', 'scalar'], 9)],
  ...each('min_of max_of', of(['scalar', 'scalar'], 0, 'scalar')),
  ['info', of(['vector', 'vector'], 1)],
  ['label_join', of(['vector', 'string', 'string', 'string'], -1)],
  ['label_replace', of(['vector', 'string', 'string', 'string', 'string'])],
  ['predict_linear', of(['matrix', 'scalar'])],
  ['quantile_over_time', of(['scalar', 'matrix'])],
  ['round', of(['vector', 'scalar'], 1)],
  ['scalar', of(['vector'], 0, 'scalar')],
  ...each('sort_by_label sort_by_label_desc', of(['vector', 'string'], -1)),
  ['vector', of(['scalar'])],
]);

/** Functions whose answer depends on the time of evaluation even where every selector has an `@`. */
export const TIME_DEPENDENT: ReadonlySet<string> = new Set(
  'day_of_month day_of_week day_of_year days_in_month hour minute month year predict_linear time timestamp'.split(' '),
);
