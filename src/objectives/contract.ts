import { z } from 'zod';
import { severity } from '../catalog/contract.ts';

const ratio = z.number();

/** One objective and how its budget stands now: `GET /nines/v1/objectives`, `/objectives/:name`. Ratios are 0 to 1, times ISO 8601. */
export const objectiveStatus = z.object({
  name: z.string(),
  title: z.string(),
  service: z.string(),
  /** For example 0.999. */
  target: ratio,
  /** The rolling window in milliseconds. */
  windowMs: z.number(),
  /** good / total over the window; null while there is no data. */
  attainment: ratio.nullable(),
  /** Events in the window. */
  good: z.number().nullable(),
  total: z.number().nullable(),
  budget: z.object({
    /** Bad events that the whole window allows, at the traffic so far. */
    allowed: z.number().nullable(),
    spent: z.number().nullable(),
    /** 1 when untouched, 0 when spent, negative when overspent. */
    remaining: ratio.nullable(),
  }),
  /** How many times faster than sustainable the budget burns, over each window of the alerts. */
  burnRates: z.array(z.object({ windowMs: z.number(), rate: z.number().nullable() })),
  /** When the budget is gone at the burn rate of the last hour; null when it isn't burning faster than it refills. */
  exhaustedAt: z.iso.datetime().nullable(),
  /** `no-data` while nothing was measured. */
  state: z.enum(['ok', 'burning', 'exhausted', 'no-data']),
  /** The burn-rate alerts it stands behind. */
  alerts: z.array(z.object({ severity, burnRate: z.number(), longMs: z.number(), shortMs: z.number() })),
  evaluatedAt: z.iso.datetime(),
});
export type ObjectiveStatus = z.infer<typeof objectiveStatus>;

/** What a time span cost an objective: `GET /nines/v1/objectives/:name/cost?from=&to=`. */
export const objectiveCost = z.object({
  objective: z.string(),
  /** What people call it. */
  title: z.string(),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  good: z.number().nullable(),
  total: z.number().nullable(),
  bad: z.number().nullable(),
  /** The share of the whole window's budget that it took: 0.25 is a quarter. */
  budgetShare: ratio.nullable(),
});
export type ObjectiveCost = z.infer<typeof objectiveCost>;
