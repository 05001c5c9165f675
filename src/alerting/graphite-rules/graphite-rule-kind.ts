import { z } from 'zod';
import { resourceName, type ResourceKind, type ResourceProblem } from '../../catalog/index.ts';
import { severity } from '../../catalog/contract.ts';
import { parseGraphiteTarget } from '../../monitoring/index.ts';
import { durationText, parseDuration } from '../../platform/duration.ts';
import { compileTemplate, TemplateError } from '../template/index.ts';

const target = z.string().min(1).max(10_000).check((context) => {
  try {
    parseGraphiteTarget(context.value);
  } catch (error) {
    context.issues.push({ code: 'custom', message: (error as Error).message, input: context.value });
  }
}); // prettier-ignore

const template = z.string().max(10_000).check((context) => {
  try {
    compileTemplate(context.value);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    context.issues.push({ code: 'custom', message: error.message, input: context.value });
  }
}); // prettier-ignore

const limits = z
  .strictObject({ above: z.number().optional().describe('It fires above this.'), below: z.number().optional().describe('It fires below this.') })
  .refine(({ above, below }) => above !== undefined || below !== undefined, "write 'above', 'below', or both")
  .refine(({ above = Infinity, below = -Infinity }) => below <= above, "'below' must not be greater than 'above': every value would fire"); // prettier-ignore
export type Limits = z.output<typeof limits>;

const missing = z.strictObject({
  after: durationText({ min: '10s', max: '31d' }).default('10m').describe('How long it must have been gone.'),
  severity: severity.default('today').describe('Of the alert.'),
  forgetAfter: durationText({ min: '1h', max: '366d' }).default('7d').describe('After how long it is taken for gone for good: its alert ends, and it is no longer waited for.'),
}); // prettier-ignore

export const graphiteRuleSpec = z.strictObject({
  description: z.string().max(2_000).optional().describe('What it means where it fires.'),
  target: target.describe("What Graphite's /render takes: `alias*`, functions, globs. Each series that it answers has an alert of its own."),
  interval: durationText({ min: '5s', max: '1d' }).default('1m').describe('How often it is evaluated.'),
  window: durationText({ min: '10s', max: '31d' }).default('5m').describe('How far back it looks.'),
  delay: durationText({ max: '1d' }).default('0s').describe('How far in the past the window ends: for samples that come late.'),
  reduce: z.enum(['last', 'average', 'min', 'max', 'sum']).default('last').describe('What is made of the values of the window.'),
  for: durationText({ max: '31d' }).default('0s').describe('How long it must hold before it fires.'),
  keepFiringFor: durationText({ max: '31d' }).default('0s').describe('How long it goes on firing after it no longer holds.'),
  critical: limits.optional().describe('What wakes people.'),
  today: limits.optional().describe('What is told in working hours. While a series is critical, this does not begin for it.'),
  eventually: limits.optional().describe('What makes a ticket.'),
  missing: z.union([z.literal(false), missing]).prefault({}).describe('The alert of a series that was there and is gone; `false` makes none.'),
  service: resourceName.optional().describe('The service that it is about.'),
  labels: z.record(z.string().regex(/^[A-Za-z_]\w{0,99}$/), template).default({}).describe('Put on its alerts; templates know `$labels.series`, the tags of the series, and `$value`.'),
  annotations: z.record(z.string().min(1).max(100), template).default({}).describe('`summary`, `description`, `runbook_url`, …; templates as in `labels`.'),
}); // prettier-ignore
export type GraphiteRuleSpec = z.output<typeof graphiteRuleSpec>;

export const graphiteRuleKind: ResourceKind<GraphiteRuleSpec> = {
  kind: 'GraphiteRule',
  spec: graphiteRuleSpec,
  summary: 'An alert for each series that a Graphite target answers, and for each that was there and is gone.',
  example: `apiVersion: nines/v1
kind: GraphiteRule
metadata:
  name: disk-free
spec:
  service: checkout
  target: servers.*.disk.root.percent_free
  interval: 1m
  window: 5m
  for: 10m
  critical: {below: 5}
  today: {below: 15}
  missing: {after: 30m, severity: today, forgetAfter: 7d}
  annotations:
    summary: 'Free disk space: {{ $labels.series }} has {{ $value }} %'
    nines_lint: 'ignore cause: what is written there is lost'
`,
  references: ({ service }) => (service === undefined ? [] : [{ path: ['spec', 'service'], kind: 'Service', name: service }]),
  check: ({ spec }) => [...idle(spec), ...upsideDown(spec), ...tooShort(spec)],
};

const problem = (path: string[], severityOf: 'error' | 'warning', message: string, hint: string): ResourceProblem => ({ path: ['spec', ...path], severity: severityOf, message, hint }); // prettier-ignore

function idle({ critical, today, eventually, missing: gone }: GraphiteRuleSpec): ResourceProblem[] {
  if (critical || today || eventually || gone !== false) return [];
  return [problem(['target'], 'error', 'this rule can never fire', 'write critical, today or eventually with above or below')];
}

function upsideDown({ critical, today }: GraphiteRuleSpec): ResourceProblem[] {
  const above = critical?.above !== undefined && today?.above !== undefined && critical.above < today.above;
  const below = critical?.below !== undefined && today?.below !== undefined && critical.below > today.below;
  if (!above && !below) return [];
  return [problem(['critical'], 'warning', 'it is critical before it is for today', 'critical should be the further limit')];
}

function tooShort({ window, interval }: GraphiteRuleSpec): ResourceProblem[] {
  if (parseDuration(window) >= parseDuration(interval)) return [];
  return [problem(['window'], 'warning', `it looks back ${window} every ${interval}: what is between is never seen`, 'make the window at least as long as the interval')]; // prettier-ignore
}
