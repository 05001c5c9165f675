import { z } from 'zod';
import { route, type Route } from '../../platform/http/index.ts';
import { notFound } from '../../platform/problem.ts';
import { auditAnswer, metricCostsAnswer, metricDetail, slowQueriesAnswer, type MetricCost, type MetricCostsAnswer } from './contract.ts';
import { sumOf } from './metric-costs.ts';
import type { Usage } from './usage.ts';

const SORTS = ['series', 'samples', 'bytes', 'rate', 'name'] as const;

const listQuery = z.object({
  sort: z.enum(SORTS).default('series'),
  search: z.string().max(200).optional(),
  unused: z.enum(['true', 'false']).optional(),
  marker: z.string().max(10).regex(/^\d+$/, "a marker is what an earlier answer gave as 'marker'").optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

const iso = (ms: number | undefined): string | null => (ms === undefined || !Number.isFinite(ms) ? null : new Date(ms).toISOString());

type Sort = (typeof SORTS)[number];
const VALUE: Readonly<Record<Exclude<Sort, 'name'>, (cost: MetricCost) => number>> = {
  series: ({ series }) => series,
  samples: ({ samples }) => samples,
  bytes: ({ bytes }) => bytes,
  rate: ({ perSecond }) => perSecond,
};
const byName = (a: MetricCost, b: MetricCost): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** The largest first, names from A; of those that are alike, names from A. */
export const sorted = (costs: readonly MetricCost[], sort: Sort): MetricCost[] =>
  [...costs].sort(sort === 'name' ? byName : (a, b) => VALUE[sort](b) - VALUE[sort](a) || byName(a, b));

/** What metrics cost and who uses them, and how long queries take. */
export const usageRoutes = (usage: Usage): Route[] => [
  route({
    method: 'GET',
    path: '/nines/v1/metrics',
    access: 'viewer',
    summary: 'What each metric costs (series, samples, bytes) and how many use it; unused=true for those that no one does',
    query: listQuery,
    response: metricCostsAnswer,
    async handler({ query }): Promise<MetricCostsAnswer> {
      const { sort, search, unused, marker = '0', limit } = query;
      const all = await usage.costs.list();
      const fits = ({ name, users }: MetricCost): boolean =>
        (search === undefined || name.toLowerCase().includes(search.toLowerCase())) && (unused !== 'true' || users === 0);
      const found = sorted(all.filter(fits), sort);
      const end = Number(marker) + limit;
      return {
        metrics: found.slice(Number(marker), end),
        marker: end < found.length ? String(end) : null,
        total: sumOf(all),
        unused: sumOf(all.filter(({ users }) => users === 0)),
        countedAt: iso(usage.costs.countedAt),
        problem: usage.costs.problem ?? null,
        queriesSince: new Date(usage.queriesSince).toISOString(),
      };
    },
  }),
  route({
    method: 'GET',
    path: '/nines/v1/metrics/audit',
    access: 'viewer',
    summary: 'Names, units and types of metrics that are odd: what would be right, and who sends them',
    response: auditAnswer,
    handler: () => usage.audit(),
  }),
  route({
    method: 'GET',
    path: '/nines/v1/metrics/:name',
    access: 'viewer',
    summary: 'One metric: its cost, its labels with the most values, who sends it, and who uses it',
    params: z.object({ name: z.string().min(1).max(1024) }),
    response: metricDetail,
    async handler({ params: { name } }) {
      const detail = await usage.detail(name);
      if (!detail) throw notFound('metric', name);
      return detail;
    },
  }),
  route({
    method: 'GET',
    path: '/nines/v1/queries/slow',
    access: 'viewer',
    summary: 'The slowest queries of the last hour: who asked, how long each waited and took, and why it failed',
    query: z.object({ limit: z.coerce.number().int().min(1).max(100).default(20) }),
    response: slowQueriesAnswer,
    handler: ({ query: { limit } }) => usage.slow(limit),
  }),
];
