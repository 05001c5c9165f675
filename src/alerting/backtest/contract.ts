import { z } from 'zod';
import { severity } from '../../catalog/contract.ts';

const labels = z.record(z.string().min(1).max(500), z.string().max(10_000));
const duration = z.string().max(50);

/** An alerting rule as Prometheus writes it. */
export const backtestRule = z.strictObject({
  alert: z.string().min(1).max(500),
  expr: z.string().min(1).max(65_536),
  for: duration.optional(),
  keep_firing_for: duration.optional(),
  /** How often it is evaluated; a minute. */
  interval: duration.optional(),
  labels: labels.default({}),
  annotations: labels.default({}),
});
export type BacktestRule = z.input<typeof backtestRule>;

/** `POST /nines/v1/backtest`; with `Accept: application/x-ndjson` lines of `{"progress": 0.4}` come before the answer. */
export const backtestRequest = z
  .strictObject({
    /** One rule … */
    rule: backtestRule.optional(),
    /** … or a rule file (YAML), of which the alerting rules are tried, or the one of `alert` … */
    file: z.string().max(1_000_000).optional(),
    /** … or a rule in force, by its name. */
    alert: z.string().min(1).max(500).optional(),
    /** In place of the number that the expression is compared with last. */
    threshold: z.number().optional(),
    /** In place of the rule's own. */
    for: duration.optional(),
    /** What it is compared with: the rule in force of the same name (the default), a rule file, or nothing. */
    against: z.union([z.enum(['in-force', 'nothing']), z.strictObject({ file: z.string().max(1_000_000) })]).default('in-force'),
    /** How far back, from now. */
    days: z.number().positive().max(400).optional(),
    from: z.iso.datetime({ offset: true }).optional(),
    to: z.iso.datetime({ offset: true }).optional(),
    /** When it is evaluated: as samples arrived, as nines does, or only at its interval, as Prometheus does; `auto` takes the former up to a day. */
    evaluate: z.enum(['auto', 'arrival', 'interval']).default('auto'),
  })
  .refine(({ rule, file, alert }) => rule !== undefined || file !== undefined || alert !== undefined, {
    message: "say what to try: 'rule', 'file', or 'alert' for a rule in force",
  });
export type BacktestRequest = z.input<typeof backtestRequest>;

const firing = z.object({
  labels: z.record(z.string(), z.string()),
  summary: z.string(),
  severity,
  service: z.string().nullable(),
  activeAt: z.iso.datetime(),
  firedAt: z.iso.datetime(),
  /** Null where it still fires at the end. */
  resolvedAt: z.iso.datetime().nullable(),
  value: z.number().nullable(),
  /** The incident it belongs to, by number. */
  incident: z.number().int().nullable(),
});

const caught = z.object({
  number: z.number().int(),
  id: z.string(),
  title: z.string(),
  beganAt: z.iso.datetime(),
  declaredAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  /** Null where it was missed. */
  firedAt: z.iso.datetime().nullable(),
  /** How much before the incident was declared; negative where later. Milliseconds. */
  beforeDeclaredMs: z.number().nullable(),
  /** How long after the outage began; negative where before. Milliseconds. */
  afterBeganMs: z.number().nullable(),
});

/** Someone who would have been called. */
const called = z.object({
  person: z.string(),
  title: z.string(),
  calls: z.number().int(),
  /** Of these, those that would have come in the person's night. */
  nights: z.number().int(),
});

/** What one rule would have done. */
export const backtestOutcome = z.object({
  expr: z.string(),
  for: z.string(),
  /** The first 500; `fired` counts all. */
  firings: z.array(firing),
  fired: z.number().int(),
  /** Firings of one service and severity that run into each other are one page. */
  pages: z.number().int(),
  /** All firings, added up. */
  firingMs: z.number(),
  longestMs: z.number(),
  called: z.array(called),
  /** Pages that nobody would have been called for. */
  nobody: z.number().int(),
  /** By class: critical wakes, today waits for working hours, eventually calls nobody. */
  bySeverity: z.record(severity, z.number().int()),
  caught: z.array(caught),
  missed: z.array(caught),
  /** Firings that belong to no incident. */
  noise: z.number().int(),
  /** Evaluations, and those that failed with the first failure's words. */
  evaluations: z.number().int(),
  failed: z.number().int(),
  failure: z.string().nullable(),
});
export type BacktestOutcome = z.infer<typeof backtestOutcome>;

export const backtestResult = z.object({
  alert: z.string(),
  after: backtestOutcome,
  /** Null where there is nothing that it is compared with. */
  before: backtestOutcome.nullable(),
  /** Where the expression ends in a comparison with a number: that number. */
  threshold: z.number().nullable(),
});
export type BacktestResult = z.infer<typeof backtestResult>;

export const backtestAnswer = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  evaluated: z.enum(['arrival', 'interval']),
  /** Milliseconds between evaluations. */
  stepMs: z.number(),
  /** What the reader has to know: rollups in place of samples, metrics that were not stored. */
  notes: z.array(z.string()),
  results: z.array(backtestResult),
  incidents: z.number().int(),
  /** For a pull request. */
  markdown: z.string(),
});
export type BacktestAnswer = z.infer<typeof backtestAnswer>;
