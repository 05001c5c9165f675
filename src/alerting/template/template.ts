/**
 * Templates of labels and annotations, as Prometheus' rules have them: Go's text/template with Prometheus' functions, the variables
 * `$labels`, `$value`, `$externalLabels` and `$externalURL`, and its errors.
 */
import { parseTemplate } from './parse.ts';
import { Queries } from './queries.ts';
import { functionNames, isFunction, PlacedError, Run } from './run.ts';
import { TemplateError } from './template-error.ts';
import { Data, StringMap, type Value } from './values.ts';

export interface TemplateInput {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** The rule's name: errors speak of it. */
  readonly name?: string;
  /** The evaluation's time in milliseconds. */
  readonly now?: number;
  readonly externalLabels?: Readonly<Record<string, string>>;
  readonly externalUrl?: string;
  /** Where answers of queries are. Without it, queries find nothing. */
  readonly queries?: Queries;
}

export interface Template {
  readonly text: string;
  /** Never throws: what can't be expanded says so in its place, as in Prometheus; empty while a query's answer is missing. */
  expand(input: TemplateInput): string;
}

/** Prometheus writes these declarations before every text: places in its errors count them. */
const PREFIX = '{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}';
const VARIABLES = ['$labels', '$externalLabels', '$externalURL', '$value'];

const NO_LABELS = new StringMap({});

/** Throws `TemplateError`, saying what is wrong and where. */
export function compileTemplate(text: string): Template {
  if (!text.includes('{{')) return { text, expand: () => text };
  const parsed = readTemplate(text);
  return {
    text,
    expand(input) {
      const { labels, value, name = '', now = 0, externalLabels, externalUrl = '', queries = new Queries() } = input;
      const fields: [string, Value][] = [
        ['Labels', new StringMap(labels)],
        ['ExternalLabels', externalLabels === undefined ? NO_LABELS : new StringMap(externalLabels)],
        ['ExternalURL', externalUrl],
        ['Value', value],
      ];
      const data = new Data(new Map(fields));
      const variables = fields.map(([, value], i) => [VARIABLES[i]!, value] as const);
      const { misses } = queries;
      try {
        const expanded = new Run({ now, externalUrl, queries, definitions: parsed.definitions }, data, variables).output(parsed.root, data);
        return queries.misses === misses ? expanded : '';
      } catch (error) {
        if (queries.misses !== misses) return '';
        return `<error expanding template: error executing template __alert_${name}: template: ${placeOf(error, `__alert_${name}`, text)}>`;
      }
    },
  };
}

function readTemplate(text: string): ReturnType<typeof parseTemplate> {
  try {
    return parseTemplate(text, isFunction, VARIABLES);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const line = text.slice(0, error.pos ?? 0).split('\n').length;
    const where = line > 1 ? `line ${line} of the template: ` : '';
    const hint = error.message.endsWith('not defined') && error.message.startsWith('function') ? `; known are ${functionNames.join(', ')}` : ''; // prettier-ignore
    throw new TemplateError(`${where}${error.message}${hint}`, error.pos);
  }
}

/** `name:line:column: executing "name" at <node>: what`, as Go's ErrorContext has it. */
function placeOf(error: unknown, name: string, text: string): string {
  if (!(error instanceof PlacedError)) return `${name}: ${error instanceof Error ? error.message : String(error)}`;
  const before = PREFIX + text.slice(0, error.pos);
  const line = before.split('\n').length;
  const column = Buffer.byteLength(before.slice(before.lastIndexOf('\n') + 1));
  return `${name}:${line}:${column}: executing ${JSON.stringify(error.within ?? name)} at <${error.context}>: ${error.message}`;
}
