import { z } from 'zod';

/** What is open for samples that are pushed, and what came: `GET /nines/v1/intakes`. */
export const intakesAnswer = z.object({
  intakes: z.array(
    z.object({
      protocol: z.string(),
      /** Null where it is a path on the main port. */
      port: z.number().int().nullable(),
      open: z.boolean(),
      problem: z.string().nullable(),
      taken: z.number(),
      lostPackets: z.number(),
      refused: z.number(),
      /** The newest first. */
      refusals: z.array(z.object({ reason: z.string(), count: z.number(), at: z.iso.datetime(), detail: z.string(), example: z.string() })),
    }),
  ),
});
export type IntakesAnswer = z.infer<typeof intakesAnswer>;
