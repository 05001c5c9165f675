import { z } from 'zod';
import { reply, route, type Route } from '../../platform/http/index.ts';
import { badRequest } from '../../platform/problem.ts';
import { type MatrixSeries, PromQLSyntaxError, type QueryEngine } from '../promql/index.ts';
import { toPng } from './png.ts';
import { renderChart } from './render-chart.ts';

const instant = z.iso.datetime({ offset: true });
const graphQuery = z.object({
  expr: z.string().min(1).max(10_000),
  /** Absolute times, so that a link shows tomorrow what it shows today. */
  from: instant,
  to: instant,
  title: z.string().max(200).optional(),
  /** `ratio`, `s`, `By`, or any word; guessed from the metric's name when left out. */
  unit: z.string().max(20).optional(),
  theme: z.enum(['light', 'dark']).default('light'),
  width: z.coerce.number().int().min(240).max(2_000).default(760),
  height: z.coerce.number().int().min(160).max(1_500).default(340),
});

const LONGEST_MS = 366 * 86_400_000;
const POINTS = 240;

/** Pictures of a query's result, for mails, chats and documents that run no script. */
export function chartRoutes({ query }: { query: Pick<QueryEngine, 'range'> }): Route[] {
  return (['svg', 'png'] as const).map((as) =>
    route({
      method: 'GET',
      path: `/nines/v1/graph.${as}`,
      access: 'viewer',
      summary: `A line chart of a PromQL expression, as ${as.toUpperCase()}`,
      query: graphQuery,
      response: z.string().describe(as === 'svg' ? 'image/svg+xml' : 'image/png'),
      async handler({ query: { expr, title, unit, ...look }, signal }) {
        const from = Date.parse(look.from);
        const to = Date.parse(look.to);
        if (from >= to) throw badRequest("'from' must be earlier than 'to'.");
        if (to - from > LONGEST_MS) throw badRequest("From 'from' to 'to' may be a year at most.", { limit: LONGEST_MS });
        const step = stepFor(from, to);
        // On round times, so that the same span gives the same points whoever asks.
        const found = await rangeOf(query, expr, { from: Math.ceil(from / step) * step, to, step, signal });
        const series = found.map((one) => ({ name: seriesName(one.labels), points: pointsOf(one) }));
        const svg = renderChart({
          ...look,
          title: title ?? expr,
          series,
          from,
          to,
          unit: unit ?? guessUnit(expr),
          annotations: [],
          gap: step * 1.5,
        });
        const caching = { 'cache-control': 'private, max-age=60' };
        return as === 'svg'
          ? reply(200, svg, { 'content-type': 'image/svg+xml; charset=utf-8', ...caching })
          : reply(200, await toPng(svg), { 'content-type': 'image/png', ...caching });
      },
    }),
  );
}

type Span = { from: number; to: number; step: number; signal: AbortSignal };

async function rangeOf(
  query: Pick<QueryEngine, 'range'>,
  expr: string,
  { from, to, step, signal }: Span,
): Promise<readonly MatrixSeries[]> {
  try {
    return (await query.range(expr, from, to, step, { signal, timeout: 20_000 })).series;
  } catch (error) {
    if (error instanceof PromQLSyntaxError) throw badRequest(`The expression is not PromQL: ${error.message}`, { field: 'expr' });
    throw error;
  }
}

/** A whole number of seconds that gives `points` points or fewer. */
export const stepFor = (from: number, to: number, points = POINTS): number =>
  Math.max(1_000, Math.ceil((to - from) / points / 1_000) * 1_000);

export const pointsOf = ({ times, values }: MatrixSeries): [number, number][] => Array.from(times, (time, i) => [time, values[i]!]);

/** `up{instance="a:9100"}`, as PromQL writes it. */
export function seriesName(labels: Readonly<Record<string, string>>): string {
  const { __name__: name = '', ...rest } = labels;
  const pairs = Object.entries(rest).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return pairs.length === 0 && name !== '' ? name : `${name}{${pairs.join(', ')}}`;
}

/** What the names of metrics tell by convention: a quotient of two of the same is a ratio, `_seconds` are seconds, `_bytes` bytes. */
export function guessUnit(expr: string): string {
  const rate = /\b(rate|irate|deriv)\s*\(/.test(expr);
  const metrics = [...expr.matchAll(/\b[a-zA-Z_:][\w:]*_(total|seconds|bytes|ratio|count|sum|bucket)\b/g)].map(([name]) => name);
  const [first = ''] = metrics;
  if (expr.includes('histogram_quantile')) return first.includes('_seconds') ? 's' : first.includes('_bytes') ? 'By' : '';
  if (expr.includes('/') && metrics.length > 1) return first.endsWith('_sum') && first.includes('_seconds') ? 's' : 'ratio';
  if (first.endsWith('_ratio')) return 'ratio';
  if (first.includes('_bytes')) return rate ? 'By/s' : 'By';
  if (rate) return first.includes('_seconds') && !first.endsWith('_count') ? '' : '/s';
  return first.endsWith('_seconds') && !first.endsWith('_timestamp_seconds') ? 's' : '';
}
