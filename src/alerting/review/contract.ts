import { z } from 'zod';
import { severity } from '../../catalog/contract.ts';

/** What is asked of every alert of the week. Source: 'Real-World SRE', on reviewing alerts. */
export const reviewQuestion = z.enum(['responded', 'level', 'keep', 'change', 'wished']);
export type ReviewQuestion = z.infer<typeof reviewQuestion>;

export const QUESTIONS: Readonly<Record<ReviewQuestion, string>> = {
  responded: 'Did we respond as we should?',
  level: 'Was it the right level?',
  keep: 'Should we keep it?',
  change: 'Should we change it?',
  wished: 'What did we wish we had been told?',
};

export const reviewAnswer = z.object({
  question: reviewQuestion,
  /** Null where only a note was given, as for `wished`. */
  answer: z.enum(['yes', 'no']).nullable(),
  note: z.string(),
  by: z.string(),
  at: z.iso.datetime(),
});
export type ReviewAnswer = z.infer<typeof reviewAnswer>;

/** What the data suggest, each with its evidence. */
export const reviewSuggestion = z.object({
  kind: z.enum(['never-acted-on', 'always-at-night', 'resolves-itself', 'flaps', 'late-answer', 'always-with', 'noisy']),
  /** What to do. */
  title: z.string(),
  /** What it follows from, in numbers. */
  evidence: z.string(),
  /** A change that a backtest can try: the path in the web UI. */
  backtest: z.string().nullable(),
});
export type ReviewSuggestion = z.infer<typeof reviewSuggestion>;

export const reviewOccurrence = z.object({
  fingerprint: z.string(),
  firedAt: z.iso.datetime(),
  resolvedAt: z.iso.datetime().nullable(),
  page: z.string().nullable(),
  acknowledgedAt: z.iso.datetime().nullable(),
  acknowledgedBy: z.string().nullable(),
  /** In the team's night, 22:00 to 07:00. */
  night: z.boolean(),
});

/** All that one rule said of one service in the week. */
export const reviewedAlert = z.object({
  rule: z.string(),
  service: z.string().nullable(),
  team: z.string().nullable(),
  severity,
  summary: z.string(),
  fired: z.number().int(),
  pages: z.number().int(),
  acknowledged: z.number().int(),
  nights: z.number().int(),
  firingMs: z.number(),
  /** The newest first, 50 at most. */
  occurrences: z.array(reviewOccurrence),
  suggestions: z.array(reviewSuggestion),
  answers: z.array(reviewAnswer),
});
export type ReviewedAlert = z.infer<typeof reviewedAlert>;

/** Promised and real answers of a class. Milliseconds. The promise is that of each page, by its policy: the shortest and the longest. */
export const responseTimes = z.object({
  severity,
  promisedMs: z.number().nullable(),
  promisedUpToMs: z.number().nullable(),
  pages: z.number().int(),
  answered: z.number().int(),
  inTime: z.number().int(),
  medianMs: z.number().nullable(),
  longestMs: z.number().nullable(),
});
export type ResponseTimes = z.infer<typeof responseTimes>;

/** `GET /nines/v1/review?week=2026-W47&team=`; without a week the last whole one. */
export const reviewQuery = z.object({
  week: z
    .string()
    .regex(/^\d{4}-W\d\d$/, "a week is written as '2026-W47'")
    .optional(),
  team: z.string().max(63).optional(),
});

export const review = z.object({
  week: z.string(),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  team: z.string().nullable(),
  timeZone: z.string(),
  /** The week before and the one after, as far as it has begun. */
  previous: z.string(),
  next: z.string().nullable(),
  /** Those that woke people first, then the most frequent. */
  alerts: z.array(reviewedAlert),
  responses: z.array(responseTimes),
  /** How many alerts have all their questions answered. */
  reviewed: z.number().int(),
  /** More happened than was looked at. */
  partial: z.boolean(),
});
export type Review = z.infer<typeof review>;

/** `PUT /nines/v1/review/answers`: keeps one answer; without answer and note it is taken back. */
export const newAnswer = z.strictObject({
  week: z.string().regex(/^\d{4}-W\d\d$/, "a week is written as '2026-W47'"),
  rule: z.string().min(1).max(500),
  service: z.string().max(500).nullable().default(null),
  question: reviewQuestion,
  answer: z.enum(['yes', 'no']).nullable().default(null),
  note: z.string().max(2_000).default(''),
});
