import { z } from 'zod';

const user = z.object({
  /** Such as `alerting rule`, `objective`, `shared graph`, `query`. */
  kind: z.string(),
  name: z.string(),
  /** A path of the web. */
  link: z.string().nullable(),
  count: z.number().optional(),
  lastAt: z.iso.datetime().optional(),
});

/** What one metric costs, and whether somebody uses it: `GET /nines/v1/metrics`. */
export const metricCost = z.object({
  name: z.string(),
  type: z.string(),
  help: z.string(),
  unit: z.string(),
  /** Series that are known now. */
  series: z.number(),
  /** Samples on disk, and buckets of rollups beside them. */
  samples: z.number(),
  buckets: z.number(),
  /** Its share of the bytes on disk. */
  bytes: z.number(),
  /** Samples a second over the last minutes. */
  perSecond: z.number(),
  lastSeen: z.iso.datetime().nullable(),
  /** How many rules, objectives, graphs and kinds of askers read it: 0 is no one. */
  users: z.number().int(),
});
export type MetricCost = z.infer<typeof metricCost>;

const sum = z.object({ metrics: z.number(), series: z.number(), samples: z.number(), bytes: z.number(), perSecond: z.number() });
export type CostSum = z.infer<typeof sum>;

export const metricCostsAnswer = z.object({
  metrics: z.array(metricCost),
  /** Ask with it for those after these. */
  marker: z.string().nullable(),
  total: sum,
  /** What no one uses: so much would be saved without it. */
  unused: sum,
  /** When what is on disk was counted last; null before the first time. */
  countedAt: z.iso.datetime().nullable(),
  /** Why it could not be counted since. */
  problem: z.string().nullable(),
  /** Since when queries are counted. Before, nobody knows who asked. */
  queriesSince: z.iso.datetime(),
});
export type MetricCostsAnswer = z.infer<typeof metricCostsAnswer>;

export const metricDetail = metricCost.extend({
  firstSeen: z.iso.datetime().nullable(),
  /** The labels with the most values first, and some of those values with their series. */
  labels: z.array(
    z.object({
      name: z.string(),
      values: z.number(),
      series: z.number(),
      top: z.array(z.object({ value: z.string(), series: z.number() })),
    }),
  ),
  sources: z.array(z.object({ protocol: z.string(), name: z.string(), series: z.number() })),
  usedBy: z.array(user),
});
export type MetricDetail = z.infer<typeof metricDetail>;

/** Names, units and types that are odd: `GET /nines/v1/metrics/audit`. */
export const auditAnswer = z.object({
  findings: z.array(
    z.object({
      metric: z.string(),
      /** Short and constant, such as `counter-total`. */
      rule: z.string(),
      problem: z.string(),
      /** What would be right. */
      advice: z.string(),
      /** Who sends it, as `protocol/name`. */
      sources: z.array(z.string()),
    }),
  ),
  /** How many metrics were looked at. */
  looked: z.number().int(),
});
export type AuditAnswer = z.infer<typeof auditAnswer>;

/** A query that was asked lately: `GET /nines/v1/queries/slow`. */
export const slowQueriesAnswer = z.object({
  /** The slowest of the last hour. */
  queries: z.array(
    z.object({
      query: z.string(),
      asker: z.string(),
      at: z.iso.datetime(),
      waitedMs: z.number(),
      tookMs: z.number(),
      samples: z.number(),
      problem: z.string().nullable(),
    }),
  ),
  /** Of the newest two thousand, in milliseconds with waiting. */
  p50Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  asked: z.number(),
});
export type SlowQueriesAnswer = z.infer<typeof slowQueriesAnswer>;
