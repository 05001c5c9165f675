import { z } from 'zod';

const found = z.object({ kind: z.enum(['service', 'team', 'schedule', 'policy', 'person']), name: z.string(), title: z.string() });

/** `GET /nines/v1/oncall/who?about=`: a name, a title, or words. */
export const whoQuery = z.object({ about: z.string().trim().min(1).max(200) });

/** Whom to call about something, now and next. */
export const onCallWho = z.object({
  at: z.iso.datetime(),
  about: z.string(),
  /** What was understood; null where nothing is near. */
  found: found.nullable(),
  /** What may have been meant instead, the likeliest first. */
  alternatives: z.array(found),
  policy: z.string().nullable(),
  team: z.object({ name: z.string(), title: z.string(), channel: z.string().nullable() }).nullable(),
  /** Who would be called if a critical page left now, and when. */
  steps: z.array(
    z.object({
      at: z.iso.datetime(),
      people: z.array(z.object({ name: z.string(), title: z.string(), timeZone: z.string() })),
      /** Only one of them, whose turn it is. */
      oneOf: z.boolean(),
    }),
  ),
  /** When somebody else is on call first. */
  until: z.iso.datetime().nullable(),
  /** Why nobody would be called. */
  problem: z.string().nullable(),
});
export type OnCallWho = z.infer<typeof onCallWho>;
export type WhoFound = z.infer<typeof found>;
