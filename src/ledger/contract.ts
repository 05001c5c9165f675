import { z } from 'zod';

/** One thing that happened: a deploy, an alert, a page, an acknowledgement, a note, an edit of the configuration. */
export const ledgerEvent = z.object({
  /** Grows with every event; whoever has read up to a marker has missed nothing below it. */
  marker: z.number().int(),
  /** When it happened, ISO 8601 UTC. */
  time: z.iso.datetime(),
  /** What happened, `<thing>.<past verb>`: `deploy.finished`, `page.acknowledged`. */
  kind: z.string(),
  /** The service it is about, if any. */
  service: z.string().nullable(),
  /** Who or what did it: `person:ana`, `token:ci`, `nines`. */
  actor: z.string(),
  /** What it is about, `<thing>/<id>`: `page/…`, `incident/…`, `alert/…`. */
  subject: z.string().nullable(),
  /** One sentence for a person. */
  title: z.string(),
  /** The rest, by kind. */
  data: z.record(z.string(), z.unknown()),
});
export type LedgerEvent = z.infer<typeof ledgerEvent>;

export const eventsQuery = z.object({
  /** Only events after this marker. */
  marker: z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(50),
  /** A kind, or several separated by commas; `page.*` means every kind that begins with `page.`. */
  kind: z.string().max(500).optional(),
  service: z.string().max(100).optional(),
  subject: z.string().max(200).optional(),
  /** `desc` lists the newest first, and `marker` then means 'before'. */
  order: z.enum(['asc', 'desc']).default('asc'),
});
export type EventsQuery = z.infer<typeof eventsQuery>;

export const eventsPage = z.object({
  events: z.array(ledgerEvent),
  /** Pass as `marker` to go on where this page ended. */
  marker: z.number().int(),
});
export type EventsPage = z.infer<typeof eventsPage>;
