import { z } from 'zod';

/** `GET /nines/v1/postmortems`, `/postmortems/:id`; `/postmortems/:id.md` is the Markdown alone; `PUT` saves `text`. */
export const postmortem = z.object({
  id: z.string(),
  incident: z.string(),
  incidentNumber: z.number().int(),
  title: z.string(),
  services: z.array(z.string()),
  state: z.enum(['draft', 'published']),
  /** From the outage's beginning, in milliseconds. */
  mttaMs: z.number().nullable(),
  mttrMs: z.number().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  updatedBy: z.string(),
  /** Grows with every save; a save of an older one is refused with 409. */
  version: z.number().int(),
});
export type PostmortemSummary = z.infer<typeof postmortem>;
export const postmortemDetail = postmortem.extend({ markdown: z.string() });
export type PostmortemDetail = z.infer<typeof postmortemDetail>;
export const savePostmortem = z.strictObject({
  markdown: z.string().min(1).max(1_000_000),
  version: z.number().int(),
  state: z.enum(['draft', 'published']).optional(),
});
