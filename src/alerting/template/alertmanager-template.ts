/** Templates of Alertmanager's receivers: Go's text/template with Alertmanager's functions, over what a group's alerts are told by. */
import { alertmanagerFunctionNames, alertmanagerFunctions, isAlertmanagerFunction } from './alertmanager-functions.ts';
import type { Node } from './ast.ts';
import { parseTemplate } from './parse.ts';
import { Queries } from './queries.ts';
import { PlacedError, Run } from './run.ts';
import { TemplateError } from './template-error.ts';
import type { Value } from './values.ts';

/** What `{{ define }}` made, by name. */
export type Definitions = ReadonlyMap<string, readonly Node[]>;

const isEmpty = (nodes: readonly Node[]): boolean => nodes.every((node) => node.kind === 'text' && node.text.trim() === '');

/** The later ones count; as in Go one without content never takes the place of one with. */
export function mergeDefinitions(...all: readonly Definitions[]): Definitions {
  const merged = new Map<string, readonly Node[]>();
  for (const one of all) for (const [name, nodes] of one) if (!merged.has(name) || !isEmpty(nodes)) merged.set(name, nodes);
  return merged;
}

/** The definitions in a text; what is outside of them says nothing. @throws TemplateError with its line */
export const definitionsIn = (text: string): Definitions => parsed(text).definitions;

/**
 * @param data what `.` is
 * @param now milliseconds
 * @param escape what the data says is escaped for HTML, but for what `safeHtml` passes
 * @throws TemplateError saying what is wrong, and where in the text
 */
export function expandNotification(
  text: string,
  data: Value,
  { definitions, now, escape = false }: { definitions: Definitions; now: number; escape?: boolean },
): string {
  const own = parsed(text);
  const all = own.definitions.size === 0 ? definitions : mergeDefinitions(definitions, own.definitions);
  const environment = { now, externalUrl: '', queries: new Queries(), definitions: all, functions: alertmanagerFunctions(now), escape };
  try {
    return new Run(environment, data, []).output(own.root, data);
  } catch (error) {
    if (!(error instanceof PlacedError)) throw error;
    const within = error.within === undefined ? '' : `in the template ${JSON.stringify(error.within)}, `;
    throw new TemplateError(`${within}at <${error.context}>: ${error.message}`);
  }
}

function parsed(text: string): ReturnType<typeof parseTemplate> {
  try {
    return parseTemplate(text, isAlertmanagerFunction, []);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const line = text.slice(0, error.pos ?? 0).split('\n').length;
    const hint = /^function .* not defined$/.test(error.message) ? `; known are ${alertmanagerFunctionNames.join(', ')}` : '';
    throw new TemplateError(`line ${line}: ${error.message}${hint}`, error.pos);
  }
}

/** Names that are invoked somewhere in a text, and which it does not define itself. Empty where it is no template. */
export function invokedNames(text: string): string[] {
  try {
    const { root, definitions } = parsed(text);
    const names = new Set<string>();
    const look = (nodes: readonly Node[]): void => {
      for (const node of nodes) {
        if (node.kind === 'template') names.add(node.name);
        if (node.kind === 'if' || node.kind === 'with' || node.kind === 'range') {
          look(node.list);
          look(node.otherwise ?? []);
        }
      }
    };
    look(root);
    for (const nodes of definitions.values()) look(nodes);
    return [...names].filter((name) => !definitions.has(name));
  } catch {
    return [];
  }
}
