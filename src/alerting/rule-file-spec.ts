/** Prometheus rule files as they are (model/rulefmt): known by `groups:` at the root. */
import { z } from 'zod';
import { durationText } from '../platform/duration.ts';
import { parsePromQL, PromQLSyntaxError } from '../monitoring/index.ts';
import { compileTemplate, TemplateError } from './template.ts';

/** YAML reads 1 and true as what they look like; Prometheus takes them as text. */
const scalar = z.union([z.string().max(10_000), z.number(), z.boolean()]).transform(String);

const texts = (reserved: boolean) =>
  z
    .record(z.string().min(1).max(500), scalar)
    .nullish()
    .transform((map) => map ?? {})
    .check((context) => {
      for (const [name, text] of Object.entries(context.value)) {
        const issue = (message: string): void => void context.issues.push({ code: 'custom', path: [name], message, input: text });
        if (reserved && name === '__name__') issue("a rule can't set the label __name__: use record");
        try {
          compileTemplate(text);
        } catch (error) {
          if (!(error instanceof TemplateError)) throw error;
          issue(error.message);
        }
      }
    });

const expression = z
  .union([z.string().max(65_536), z.number()], { error: 'expr is missing: the PromQL expression of the rule' })
  .transform((expr) => String(expr))
  .check((context) => {
    try {
      parsePromQL(context.value);
    } catch (error) {
      if (!(error instanceof PromQLSyntaxError)) throw error;
      context.issues.push({ code: 'custom', message: error.message, input: context.value });
    }
  });

const duration = durationText({ max: '1y' }).nullish();

const rule = z
  .strictObject({
    record: z
      .string()
      .min(1)
      .max(500)
      .refine((name) => !/[{}]/.test(name), 'record is a name without braces: put matchers into expr, labels into labels')
      .optional(),
    alert: z.string().min(1).max(500).optional(),
    expr: expression,
    for: duration,
    keep_firing_for: duration,
    labels: texts(true),
    annotations: texts(false),
  })
  .check((context) => {
    const { record, alert, annotations } = context.value;
    const issue = (path: string[], message: string): void =>
      void context.issues.push({ code: 'custom', path, message, input: context.value });
    if (record === undefined && alert === undefined) issue([], "a rule is an 'alert' or a 'record': it has neither");
    if (record !== undefined && alert !== undefined) issue([], "a rule is an 'alert' or a 'record', not both");
    if (record === undefined) return;
    if (context.value.for !== undefined) issue(['for'], "'for' belongs to an alert, not to a record");
    if (context.value.keep_firing_for !== undefined) issue(['keep_firing_for'], "'keep_firing_for' belongs to an alert, not to a record");
    if (Object.keys(annotations).length > 0) issue(['annotations'], "'annotations' belong to an alert, not to a record");
  });

const group = z.strictObject({
  name: z.string().min(1).max(500),
  interval: durationText({ min: '1s', max: '1d' }).nullish(),
  query_offset: duration,
  limit: z.int().min(0).default(0),
  labels: texts(true),
  rules: z
    .array(rule)
    .max(2_000)
    .nullish()
    .transform((rules) => rules ?? []),
});

export const ruleFileSpec = z
  .strictObject({
    groups: z
      .array(group)
      .max(1_000)
      .nullish()
      .transform((groups) => groups ?? []),
  })
  .check((context) => {
    const seen = new Set<string>();
    for (const [i, { name }] of context.value.groups.entries()) {
      if (seen.has(name))
        context.issues.push({
          code: 'custom',
          path: ['groups', i, 'name'],
          message: `the group '${name}' is there twice in this file`,
          input: name,
        });
      seen.add(name);
    }
  });
export type RuleFileSpec = z.output<typeof ruleFileSpec>;
export type RuleSpec = RuleFileSpec['groups'][number]['rules'][number];
