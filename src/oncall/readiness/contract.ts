import { z } from 'zod';

export const contactReadiness = z.object({
  channel: z.string(),
  address: z.string(),
  /** When a message to it last proved to arrive; null where none did in the last half year. */
  verifiedAt: z.iso.datetime().nullable(),
  /** When it was last asked, and has not been answered since. */
  askedAt: z.iso.datetime().nullable(),
});

export const personReadiness = z.object({
  person: z.string(),
  title: z.string(),
  /** Their next shift as primary or secondary within four weeks; now, where they have one. */
  nextShift: z.iso.datetime().nullable(),
  ready: z.boolean(),
  /** What is missing, and what to do. */
  problem: z.string().nullable(),
  contacts: z.array(contactReadiness),
});
export type PersonReadinessJson = z.infer<typeof personReadiness>;

/** `GET /nines/v1/oncall/ready?team=`: who carries a shift within four weeks, whose is next first. */
export const readinessQuery = z.object({ team: z.string().max(100).optional() });
export const readinessAnswer = z.object({ people: z.array(personReadiness) });
export type ReadinessAnswer = z.infer<typeof readinessAnswer>;

/** `POST /nines/v1/oncall/ready/:person/verify`: the code of a message. */
export const codeBody = z.strictObject({ code: z.string().regex(/^\d{6}$/, 'the code of the message: six digits') });
/** `POST /nines/v1/oncall/ready/:person/check` → 202: how many messages were sent. */
export const checkAnswer = z.object({ sent: z.number().int() });
