import { z } from 'zod';

/**
 * The three classes, each with a promised response: `critical` wakes people and is answered within 30 minutes; `today` is told in
 * working hours and answered within 24 hours; `eventually` calls nobody: it waits in the queue.
 */
export const severity = z.enum(['critical', 'today', 'eventually']);
export type Severity = z.infer<typeof severity>;

/** Where in the documents something is wrong, for a person with an editor. */
export const documentProblem = z.object({
  file: z.string(),
  /** From 1. */
  line: z.number().int(),
  column: z.number().int(),
  severity: z.enum(['error', 'warning']),
  /** What is wrong. */
  message: z.string(),
  /** What would be right, where that can be said. */
  hint: z.string().nullable(),
});
export type DocumentProblem = z.infer<typeof documentProblem>;

export const documentFile = z.strictObject({ file: z.string().max(500), text: z.string().max(1_000_000) });
/** The body of `POST /nines/v1/resources/check`, `/diff` and `/apply`: the whole folder. */
export const documentFolder = z.strictObject({ files: z.array(documentFile).max(5_000) });

export const resourceChange = z.object({
  action: z.enum(['create', 'update', 'delete']),
  kind: z.string(),
  name: z.string(),
  file: z.string().nullable(),
  /** A unified diff of the YAML, for updates. */
  diff: z.string().nullable(),
});
export type ResourceChange = z.infer<typeof resourceChange>;

export const checkAnswer = z.object({ ok: z.boolean(), problems: z.array(documentProblem), documents: z.number().int() });
export const diffAnswer = z.object({ problems: z.array(documentProblem), changes: z.array(resourceChange) });
/** 200 when applied, 422 with the problems and nothing changed otherwise. */
export const applyAnswer = z.object({
  applied: z.boolean(),
  version: z.number().int(),
  problems: z.array(documentProblem),
  changes: z.array(resourceChange),
});

/** `GET /nines/v1/resources?kind=`. */
export const resource = z.object({
  kind: z.string(),
  name: z.string(),
  /** The file that owns it; null for one made by the API. An object that a file owns is read-only in UI and API. */
  file: z.string().nullable(),
  spec: z.record(z.string(), z.unknown()),
});
export type ResourceJson = z.infer<typeof resource>;

/** `GET /nines/v1/config`: what is in force, and the last edit that was refused, if it still stands in the files. */
export const configState = z.object({
  version: z.number().int(),
  appliedAt: z.iso.datetime().nullable(),
  source: z.string().nullable(),
  /** Warnings about what is in force: what nines does nothing with, among them. */
  problems: z.array(documentProblem),
  refused: z.object({ at: z.iso.datetime(), problems: z.array(documentProblem) }).nullable(),
});

/** `GET /nines/v1/services` and `/services/:name`. */
export const service = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  owner: z.string().nullable(),
  /** 1 is what the company lives on; 4 may wait. */
  tier: z.number().int(),
  repository: z.string().nullable(),
  runbook: z.string().nullable(),
  dependsOn: z.array(z.string()),
  dependents: z.array(z.string()),
});
export type ServiceJson = z.infer<typeof service>;

export type CheckAnswer = z.infer<typeof checkAnswer>;
export type DiffAnswer = z.infer<typeof diffAnswer>;
export type ApplyAnswer = z.infer<typeof applyAnswer>;
export type ConfigState = z.infer<typeof configState>;
export const resourcesAnswer = z.object({ resources: z.array(resource) });
export const servicesAnswer = z.object({ services: z.array(service) });
