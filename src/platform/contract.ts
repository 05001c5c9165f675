import { z } from 'zod';

/** `GET /nines/v1/health`: how nines itself is, part by part. */
export const componentHealth = z.object({
  component: z.string(),
  state: z.enum(['ok', 'degraded', 'down']),
  problem: z.string(),
  since: z.iso.datetime(),
});
export const healthAnswer = z.object({
  state: z.enum(['ok', 'degraded', 'down']),
  version: z.string(),
  components: z.array(componentHealth),
});
export type HealthAnswer = z.infer<typeof healthAnswer>;

/** What every error looks like: `application/problem+json` (RFC 9457). */
export const problemDocument = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  requestId: z.string().optional(),
});
export type ProblemDocument = z.infer<typeof problemDocument>;
