import { z } from 'zod';
import { personRef } from '../contract.ts';

export const handoverNote = z.object({ id: z.string(), author: z.string(), text: z.string(), at: z.iso.datetime() });
/** `POST /nines/v1/schedules/:name/notes` → 201: for whoever takes over next. */
export const newHandoverNote = z.strictObject({ text: z.string().trim().min(1).max(4_000) });

/** `GET /nines/v1/schedules/:name/handovers`: the next one with its notes so far, and those that were, the newest first. */
export const handoversAnswer = z.object({
  schedule: z.string(),
  next: z.object({ at: z.iso.datetime(), outgoing: personRef.nullable(), incoming: personRef.nullable() }),
  /** Written since the last hand-over. */
  notes: z.array(handoverNote),
  past: z.array(z.object({ at: z.iso.datetime(), outgoing: personRef, incoming: personRef, digest: z.string() })),
});
export type HandoversAnswer = z.infer<typeof handoversAnswer>;
