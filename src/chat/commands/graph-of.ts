import type { SharedGraphHead } from '../../monitoring/graphs/contract.ts';
import type { ObjectiveStatus } from '../../objectives/contract.ts';
import { nearest } from '../../catalog/index.ts';
import { formatDuration } from '../../platform/duration.ts';
import { badRequest, Problem } from '../../platform/problem.ts';
import type { GraphMeant } from '../language/command.ts';
import { findNamed, type Speech } from '../speech.ts';
import { isPattern, selectorOf } from './graphite-path.ts';

/** What to draw. */
export interface Drawing {
  readonly title: string;
  readonly expr: string;
  readonly unit?: string;
  readonly threshold?: number;
}

const MOST_METRICS = 20_000;

/** Finds what is meant. Throws a Problem that says what is near. */
export async function graphsOf(speech: Speech, meant: GraphMeant, spanMs: number): Promise<Drawing[]> {
  if (meant.by === 'promql') return [{ title: meant.expr.slice(0, 200), expr: meant.expr }];
  if (meant.by === 'words') return [await byWords(speech, meant.words, spanMs)];
  const drawings: Drawing[] = [];
  for (const name of meant.names) drawings.push(await byName(speech, name, spanMs));
  return drawings;
}

/** An objective, a saved graph (by id, or by its title with any words in it joined), a metric. */
async function byName(speech: Speech, name: string, spanMs: number): Promise<Drawing> {
  if (isPattern(name)) return { title: name.slice(0, 200), expr: selectorOf(name) };
  const { objectives } = await speech.get<{ objectives: ObjectiveStatus[] }>('/nines/v1/objectives');
  const objective = objectives.find((one) => one.name === name || slug(one.title) === slug(name));
  if (objective !== undefined) return errorsOf(objective);
  const { graphs } = await speech.get<{ graphs: SharedGraphHead[] }>('/nines/v1/graphs', { limit: 200 });
  const saved = graphs.find((one) => one.id === name || slug(one.title) === slug(name));
  // What chat itself has shared is titled by its expression: a metric's own name is the metric.
  if (saved !== undefined && saved.title !== saved.expr) return { title: saved.title, expr: saved.expr };
  const metrics = await metricNames(speech);
  if (metrics.includes(name)) return ofMetric(name, spanMs);
  const near = nearest(name, [...objectives.map((one) => one.name), ...metrics]);
  throw new Problem(404, 'not-found', `There is no metric, objective or saved graph '${name.slice(0, 100)}'.${near === undefined ? '' : ` Did you mean @${near}?`}`); // prettier-ignore
}

const slug = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-|-$/g, ''); // prettier-ignore

async function metricNames({ get }: Speech): Promise<string[]> {
  const answer = await get<string | { data: string[] }>('/api/v1/label/__name__/values', { limit: MOST_METRICS });
  return (typeof answer === 'string' ? (JSON.parse(answer) as { data: string[] }) : answer).data;
}

/** A counter as its rate, a histogram as its 95th percentile, anything else as it is. */
function ofMetric(name: string, spanMs: number): Drawing {
  const selector = /^[a-zA-Z_:][\w:]*$/.test(name) ? name : `{__name__=${JSON.stringify(name)}}`;
  // Two points of the picture at least, so that no sample falls between them.
  const window = formatDuration(Math.max(300, Math.ceil((spanMs / 240_000) * 2)) * 1000);
  if (name.endsWith('_bucket'))
    return { title: `${name.slice(0, -7)}: 95th percentile`, expr: `histogram_quantile(0.95, sum by (le) (rate(${selector}[${window}])))` };
  if (/_(total|count|sum)$/.test(name)) return { title: `${name} a second`, expr: `sum(rate(${selector}[${window}]))` };
  return { title: name, expr: selector };
}

/** The share of bad events: how fast the budget burns, times what may be bad. */
export function errorsOf({ name, title, target, burnRates }: ObjectiveStatus): Drawing {
  const shortest = burnRates.toSorted((a, b) => a.windowMs - b.windowMs)[0];
  if (shortest === undefined) throw badRequest(`The objective ${name} measures nothing yet.`);
  const window = formatDuration(shortest.windowMs);
  const allowed = Number((1 - target).toPrecision(6));
  return {
    title: `${title}: bad events, over ${window}`,
    expr: `nines_slo_burn_rate{objective=${JSON.stringify(name)}, window="${window}"} * ${allowed}`,
    unit: 'ratio',
    threshold: allowed,
  };
}

const budgetOf = ({ name, title }: ObjectiveStatus): Drawing => ({
  title: `${title}: budget left`,
  expr: `nines_slo_budget_remaining{objective=${JSON.stringify(name)}}`,
  unit: 'ratio',
});

const SIGNALS: readonly (readonly [RegExp, RegExp])[] = [
  [/^(errors?|failures?|error-?rate|failed|bad)$/, /avail|error|success|fail/i],
  [/^(availability|uptime|slo)$/, /avail|error|success|up/i],
  [/^(latency|slow|slowness|speed|response|times?|duration|percentile|p\d{2,3})$/, /laten|fast|slow|speed|duration|time/i],
];

/** `checkout errors`, `checkout latency`, `checkout budget`; else a metric whose name has all the words in it. */
async function byWords(speech: Speech, words: readonly string[], spanMs: number): Promise<Drawing> {
  const service = words.map((word) => findNamed(speech.set, ['Service'], word)?.name).find((name) => name !== undefined);
  if (service !== undefined) {
    const { objectives } = await speech.get<{ objectives: ObjectiveStatus[] }>('/nines/v1/objectives', { service });
    const wanted = SIGNALS.find(([signal]) => words.some((word) => signal.test(word)))?.[1];
    const fitting = objectives.find(({ name, title }) => wanted?.test(`${name} ${title}`)) ?? (wanted === undefined ? undefined : objectives[0]); // prettier-ignore
    if (fitting !== undefined) return errorsOf(fitting);
    const budget = words.includes('budget') ? objectives[0] : undefined;
    if (budget !== undefined) return budgetOf(budget);
  }
  const metrics = await metricNames(speech);
  const fits = metrics.filter((name) => words.every((word) => name.toLowerCase().includes(word)));
  if (fits.length === 1) return ofMetric(fits[0]!, spanMs);
  const some = fits.slice(0, 5).map((name) => `@${name}`);
  throw new Problem(
    404,
    'not-found',
    fits.length > 1
      ? `Which of ${fits.length} metrics? ${some.join(', ')}${fits.length > 5 ? ', …' : ''}`
      : `'${words.join(' ').slice(0, 100)}' is no metric, and no service with an objective for it. Name a metric: graph @http_requests_total`,
  );
}
