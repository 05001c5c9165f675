import { z } from 'zod';

/** `GET /nines/v1/oncall/fairness?from=&to=&schedule=&team=`: the last 90 days by default, 400 at most; may lie ahead. */
export const fairnessQuery = z.object({
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  schedule: z.string().max(100).optional(),
  team: z.string().max(100).optional(),
});

const hours = z.number();

export const fairness = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  schedules: z.array(z.string()),
  /** Whoever had most hours as primary first. All but `secondary` is as primary. */
  people: z.array(
    z.object({
      person: z.string(),
      title: z.string(),
      shifts: z.number().int(),
      primary: hours,
      secondary: hours,
      nights: hours,
      weekends: hours,
      holidays: hours,
      /** Critical pages that called them, and nights of theirs that were broken by one. */
      pages: z.number().int(),
      wakes: z.number().int(),
    }),
  ),
});
export type Fairness = z.infer<typeof fairness>;
