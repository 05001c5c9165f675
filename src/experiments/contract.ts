import { z } from 'zod';

/** How far a drill has come: an alert was raised, it became a page, a message left, a person answered. */
export const drillStage = z.enum(['alert', 'page', 'sent', 'acknowledged']);

/** An exercise of the whole chain from an alert to an answer. `GET /nines/v1/drills?service=`, `/drills/:id`. */
export const pageDrill = z.object({
  id: z.string(),
  service: z.string(),
  askedBy: z.string(),
  state: z.enum(['running', 'passed', 'failed']),
  reached: drillStage,
  /** What went wrong, and what to look at; null unless it failed. */
  problem: z.string().nullable(),
  startedAt: z.iso.datetime(),
  page: z.string().nullable(),
  /** When the page was there, the first message had left, and someone answered. */
  pagedAt: z.iso.datetime().nullable(),
  sentAt: z.iso.datetime().nullable(),
  acknowledgedAt: z.iso.datetime().nullable(),
  acknowledgedBy: z.string().nullable(),
  /** Until when an answer counts. */
  answerBy: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
});
export type PageDrillJson = z.infer<typeof pageDrill>;

/** `POST /nines/v1/drills` → 201. */
export const newDrill = z.strictObject({
  service: z.string().min(1).max(100),
  /** How long an answer may take: 10 seconds to a day; 15 minutes by default. */
  answerWithinSeconds: z.int().min(10).max(86_400).default(900),
});
export const drillsQuery = z.object({
  service: z.string().max(100).optional(),
  /** Only older ones than this id: where the last answer ended. */
  marker: z.string().max(40).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const drillsAnswer = z.object({ drills: z.array(pageDrill), marker: z.string().nullable() });
