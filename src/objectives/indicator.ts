/**
 * From a document's ratio metric to the two queries that count its events in any window.
 *
 * A `good`, `bad` or `total` query may be
 * - a counter's selector: `http_requests_total{code!~"5.."}` (the name ends in `_total`, `_count`, `_bucket` or `_sum`);
 * - `rate(c[…])` or `increase(c[…])` of a counter, as is or in `sum(…)`, whatever its window: `[5m]`, `[{{.window}}]`;
 * - `sum_over_time(g[…])` or `count_over_time(g[…])` of a gauge of 0 and 1 such as `probe_success` or `up`, or such a gauge's
 *   selector alone: as `good` it stands for the first, as `total` for the second;
 * - sums and differences of these.
 *
 * Only what is counted is taken from it; the window is nines' own. A counter's events in a window are
 * `increase(c[w] anchored)`: exact differences, that of adjoining windows add up with no event lost or counted twice,
 * which an extrapolated `increase` can't promise. No series means no events, never an error.
 */
import { parsePromQL, PromQLSyntaxError, selectorText, unwrap, type Expr, type VectorSelector } from './promql.ts';

export type EventsRole = 'good' | 'bad' | 'total';

export interface RatioQueries {
  readonly good?: string | undefined;
  readonly bad?: string | undefined;
  readonly total: string;
}

/** Counts events in the `w` before the evaluation time; `w` is a duration (`1m`). */
type CountQuery = (w: string) => string;

export interface Indicator {
  readonly total: CountQuery;
  /** Counts the good events, or the bad ones where `counts` says so. */
  readonly part: CountQuery;
  readonly counts: 'good' | 'bad';
  /** Changes when what is measured does: what was counted under another identity can't be mixed with it. */
  readonly identity: string;
}

/** Why a query can't be used; `message` says what would be right. */
export class IndicatorError extends Error {}

/** Throws `IndicatorError`. */
export function compileIndicator(queries: RatioQueries): Indicator {
  const counts = queries.good === undefined ? 'bad' : 'good';
  const total = compileEvents(queries.total, 'total');
  const part = compileEvents((queries.good ?? queries.bad)!, counts);
  return { total, part, counts, identity: `${counts} ${part('1m')} / ${total('1m')}` };
}

/** Throws `IndicatorError`. */
export function compileEvents(query: string, role: EventsRole): CountQuery {
  const text = query.replaceAll(/\{\{\s*\.window\s*\}\}/g, '5m');
  let expr: Expr;
  try {
    expr = parsePromQL(text);
  } catch (error) {
    if (error instanceof PromQLSyntaxError) throw new IndicatorError(error.message);
    throw error;
  }
  return events(expr, role);
}

function events(expr: Expr, role: EventsRole): CountQuery {
  const inner = unwrap(expr);
  if (inner.kind === 'binary' && (inner.op === '+' || inner.op === '-')) {
    const left = events(inner.left, role);
    const right = events(inner.right, role);
    return (w) => `(${left(w)} ${inner.op} ${right(w)})`;
  }
  if (inner.kind === 'aggregation' && inner.op === 'sum') {
    if (inner.grouping.length > 0 || inner.without) refuse('an objective is one number: write sum(…) without by or without');
    return term(unwrap(inner.expr), role);
  }
  return term(inner, role);
}

const COUNTER = /_(?:total|count|bucket|sum)$/;
const KNOWN_GAUGES: ReadonlySet<string> = new Set(['probe_success', 'up']);

function term(expr: Expr, role: EventsRole): CountQuery {
  if (expr.kind === 'selector') return ofSelector(expr, role);
  const range = expr.kind === 'call' ? expr.args[0] : undefined;
  if (expr.kind !== 'call' || range?.kind !== 'range') {
    return refuse(
      'it must count events: a counter such as http_requests_total, sum(rate(counter[5m])), or sum_over_time(probe_success[5m])',
    );
  }
  if (expr.name === 'rate' || expr.name === 'increase') return counted(range.selector, 'increase', ' anchored');
  if (expr.name === 'sum_over_time' || expr.name === 'count_over_time') return counted(range.selector, expr.name, '');
  return refuse(
    `${expr.name} doesn't count events: use increase or rate of a counter, sum_over_time or count_over_time of a gauge of 0 and 1`,
  );
}

function ofSelector(selector: VectorSelector, role: EventsRole): CountQuery {
  const name = selector.matchers.find(({ name, op }) => name === '__name__' && op === '=')?.value ?? '';
  if (COUNTER.test(name)) return counted(selector, 'increase', ' anchored');
  if (!KNOWN_GAUGES.has(name)) {
    refuse(
      `whether ${name === '' ? 'this selector' : name} is a counter can't be told from its name: write increase(${name}[5m]) for a counter, ` +
        `sum_over_time(${name}[5m]) for a gauge of 0 and 1`,
    );
  }
  if (role === 'bad') refuse(`${name} is 1 when all is well: give it as good, not as bad`);
  return counted(selector, role === 'good' ? 'sum_over_time' : 'count_over_time', '');
}

function counted(selector: VectorSelector, func: string, edge: string): CountQuery {
  if (selector.offset !== 0 || selector.at !== undefined) refuse('events are counted when they happen: leave offset and @ out');
  const series = selectorText(selector.matchers);
  return (w) => `(sum(${func}(${series}[${w}]${edge})) or vector(0))`;
}

function refuse(reason: string): never {
  throw new IndicatorError(reason);
}
