import { z } from 'zod';
import { severity } from '../../catalog/contract.ts';

/** What the linter looks at; also the names that an annotation `nines_lint: 'ignore <check>: <reason>'` takes. */
export const lintCheck = z.enum([
  'subject',
  'length',
  'imperative',
  'documentation',
  'runbook',
  'owner',
  'severity',
  'cause',
  'link',
  'ignore',
]);
export type LintCheck = z.infer<typeof lintCheck>;

/** Something about an alert that makes it worth less at 3 a.m. */
export const lintFinding = z.object({
  check: lintCheck,
  /** What is wrong. */
  message: z.string(),
  /** What would be right. */
  hint: z.string(),
  /** Where in the rule: `annotations.summary`, `labels.severity`, `alert`. */
  where: z.string(),
});
export type LintFinding = z.infer<typeof lintFinding>;

/** An alerting rule in force and what the linter says of it. */
export const ruleLint = z.object({
  rule: z.string(),
  group: z.string(),
  /** The file it comes from. */
  source: z.string(),
  severity,
  service: z.string().nullable(),
  expr: z.string(),
  /** The link that its alerts carry, where the linter can know it. */
  documentation: z.string().nullable(),
  findings: z.array(lintFinding),
  /** What the rule's author told the linter to let pass, and why. */
  ignored: z.array(z.object({ check: lintCheck, reason: z.string() })),
});
export type RuleLint = z.infer<typeof ruleLint>;

/** `GET /nines/v1/rules/lint?service=&rule=`: those with the most findings first. */
export const lintQuery = z.object({ service: z.string().max(100).optional(), rule: z.string().max(500).optional() });
export const lintAnswer = z.object({ rules: z.array(ruleLint), findings: z.number().int() });
export type LintAnswer = z.infer<typeof lintAnswer>;
