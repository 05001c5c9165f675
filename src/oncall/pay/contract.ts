import { z } from 'zod';

/** `GET /nines/v1/oncall/pay?month=2026-11`: the last month by default. `format=csv` for a spreadsheet. */
export const payQuery = z.object({
  month: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/, "write a month as '2026-11'")
    .optional(),
  /** Whose months begin when; UTC by default. */
  timeZone: z.string().max(60).optional(),
  format: z.enum(['json', 'csv']).default('json'),
});

export const payAnswer = z.object({
  month: z.string(),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  currency: z.string(),
  people: z.array(
    z.object({
      person: z.string(),
      title: z.string(),
      hours: z.number(),
      /** The hours with their factors. */
      counted: z.number(),
      /** For a counted hour, and the sum; null where no wage is known. */
      rate: z.number().nullable(),
      amount: z.number().nullable(),
    }),
  ),
});
export type PayAnswer = z.infer<typeof payAnswer>;
