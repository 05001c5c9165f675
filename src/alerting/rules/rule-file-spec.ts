/** Prometheus rule files as they are (model/rulefmt): known by `groups:` at the root. */
import { z } from 'zod';
import { durationText } from '../../platform/duration.ts';
import { isWellFormed, parsePromQL, PromQLSyntaxError } from '../../monitoring/index.ts';
import { compileTemplate, TemplateError } from '../template/index.ts';

/** YAML reads 1 and true as what they look like; Prometheus takes them as text. */
const scalar = z.union([z.string().max(10_000), z.number(), z.boolean()]).transform(String);

/** Which names labels and annotations may have: any text, as Prometheus 3 takes them, or those of Prometheus 2. */
type NameScheme = 'utf8' | 'legacy';

const LEGACY_NAME = /^[a-zA-Z_]\w*$/;

/** `what` is a label or an annotation. Templates are read where they are used: in alerts. */
const texts = (what: 'label' | 'annotation', scheme: NameScheme) =>
  z
    .record(z.string().min(1).max(500), scalar)
    .nullish()
    .transform((map) => map ?? {})
    .check((context) => {
      for (const [name, text] of Object.entries(context.value)) {
        const issue = (message: string): void => void context.issues.push({ code: 'custom', path: [name], message, input: text });
        if (what === 'label' && name === '__name__') issue("a rule can't set the label __name__: use record");
        if (scheme === 'legacy' && !LEGACY_NAME.test(name))
          issue(`invalid ${what} name: letters, digits and _ alone, as in ${name.replaceAll(/\W/g, '_')}`); // prettier-ignore
        else if (!isWellFormed(name) || !isWellFormed(text)) issue(`the ${what} ${name} is not valid UTF-8`);
      }
    });

/** What is wrong with templates, by name. */
function badTemplates(map: Readonly<Record<string, string>>): [name: string, message: string][] {
  return Object.entries(map).flatMap(([name, text]): [string, string][] => {
    try {
      compileTemplate(text);
      return [];
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      return [[name, error.message]];
    }
  });
}

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

const duration = durationText().nullish();

const ruleOf = (scheme: NameScheme) =>
  z
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
      labels: texts('label', scheme),
      annotations: texts('annotation', scheme),
    })
    .check((context) => {
      const { record, alert, annotations } = context.value;
      const issue = (path: string[], message: string): void =>
        void context.issues.push({ code: 'custom', path, message, input: context.value });
      if (record === undefined && alert === undefined) issue([], "a rule is an 'alert' or a 'record': it has neither");
      if (record !== undefined && alert !== undefined) issue([], "a rule is an 'alert' or a 'record', not both");
      if (record === undefined) {
        for (const [name, message] of badTemplates(context.value.labels)) issue(['labels', name], message);
        for (const [name, message] of badTemplates(annotations)) issue(['annotations', name], message);
        return;
      }
      if (scheme === 'legacy' && !/^[a-zA-Z_:][\w:]*$/.test(record)) issue(['record'], `invalid recording rule name: ${record}`);
      if (context.value.for !== undefined) issue(['for'], "'for' belongs to an alert, not to a record");
      if (context.value.keep_firing_for !== undefined) issue(['keep_firing_for'], "'keep_firing_for' belongs to an alert, not to a record");
      if (Object.keys(annotations).length > 0) issue(['annotations'], "'annotations' belong to an alert, not to a record");
    });

const groupOf = (scheme: NameScheme) =>
  z.strictObject({
    name: z.string().min(1).max(500),
    interval: durationText().nullish(),
    query_offset: duration,
    limit: z.int().min(0).default(0),
    labels: texts('label', scheme),
    rules: z
      .array(ruleOf(scheme))
      .max(20_000)
      .nullish()
      .transform((rules) => rules ?? []),
  });

const fileOf = (scheme: NameScheme) =>
  z
    .strictObject({
      groups: z
        .array(groupOf(scheme))
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

export const ruleFileSpec = fileOf('utf8');
/** For files that were written for Prometheus 2. */
export const legacyRuleFileSpec = fileOf('legacy');
export type RuleFileSpec = z.output<typeof ruleFileSpec>;
export type RuleSpec = RuleFileSpec['groups'][number]['rules'][number];
