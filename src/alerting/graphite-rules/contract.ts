import { z } from 'zod';

const state = z.enum(['ok', 'pending', 'firing', 'missing']);

/** A rule over Graphite series: `GET /nines/v1/graphite-rules`. */
export const graphiteRule = z.object({
  name: z.string(),
  title: z.string(),
  target: z.string(),
  service: z.string().nullable(),
  interval: z.string(),
  /** `critical > 90`, `today < 5`. */
  conditions: z.array(z.string()),
  evaluatedAt: z.iso.datetime().nullable(),
  /** Of the last evaluation, in milliseconds. */
  tookMs: z.number().nullable(),
  error: z.string().nullable(),
  /** How many the last evaluation found. */
  series: z.number().int(),
  firing: z.number().int(),
  missing: z.number().int(),
});
export type GraphiteRuleJson = z.infer<typeof graphiteRule>;

export const graphiteSeries = z.object({
  series: z.string(),
  value: z.number(),
  state,
  /** The levels that hold: `critical`, `today`, `eventually`, `missing`. */
  levels: z.array(z.string()),
  firstSeenAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
});
export type GraphiteSeries = z.infer<typeof graphiteSeries>;

export const graphiteRulesAnswer = z.object({ rules: z.array(graphiteRule) });
/** Those in trouble first; a thousand at most. */
export const graphiteRuleDetail = graphiteRule.extend({ known: z.array(graphiteSeries) });
export type GraphiteRuleDetail = z.infer<typeof graphiteRuleDetail>;
