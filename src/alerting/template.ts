/**
 * Templates of labels and annotations: the part of Go's text/template that Prometheus' rule files use in practice.
 * `{{ $labels.x }}`, `{{ .Value | humanize }}`, `{{ printf "%.2f" $value }}`, `{{ if … }} … {{ else }} … {{ end }}`.
 * Loops, definitions, variables and queries are refused when the rule is checked, not when someone is being paged.
 */
import { FUNCTIONS, TemplateError, truth } from './template-functions.ts';
import { printValue, type TemplateValue } from './template-values.ts';

export { TemplateError };

export interface TemplateInput {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Template {
  readonly text: string;
  /** Never throws: what can't be expanded says so in its place, as in Prometheus. */
  expand(input: TemplateInput): string;
}

type Operand = (input: TemplateInput) => TemplateValue;
type Node = (input: TemplateInput) => string;

const REFUSED = /^(range|with|define|template|block|query|first|sortByLabel|tableLink|graphLink|pathPrefix|externalURL|break|continue)$/;
const MAX_DEPTH = 20;

/** Throws `TemplateError`, saying what is wrong and what would be right. */
export function compileTemplate(text: string): Template {
  if (!text.includes('{{')) return { text, expand: () => text };
  const parts = split(text);
  const { node, rest } = sequence(parts, 0, 0);
  if (rest < parts.length) throw new TemplateError(`{{ ${parts[rest]!.action} }} without {{ if }}`);
  return {
    text,
    expand(input) {
      try {
        return node(input);
      } catch (error) {
        return `<error expanding template: ${error instanceof Error ? error.message : String(error)}>`;
      }
    },
  };
}

interface Part {
  readonly text: string;
  /** What stands between the braces after `text`; undefined at the end. */
  readonly action: string | undefined;
}

/** Text and actions in turn; `{{-` and `-}}` take the white space beside them away, comments are dropped. */
function split(text: string): Part[] {
  const parts: Part[] = [];
  const pattern = /\{\{(- )?((?:"(?:[^"\\]|\\.)*"|`[^`]*`|\/\*[\s\S]*?\*\/|[^"`])*?)( -)?\}\}/g;
  let from = 0;
  let trim = false;
  for (const match of text.matchAll(pattern)) {
    const before = text.slice(from, match.index);
    const left = trim ? before.trimStart() : before;
    parts.push({ text: match[1] === undefined ? left : left.trimEnd(), action: match[2]!.trim() });
    from = match.index + match[0].length;
    trim = match[3] !== undefined;
  }
  const rest = text.slice(from);
  if (rest.includes('{{')) throw new TemplateError('an action is not closed: {{ without }}');
  parts.push({ text: trim ? rest.trimStart() : rest, action: undefined });
  return parts;
}

/** Nodes up to the `else` or `end` that belongs to someone outside, or to the end. */
function sequence(parts: readonly Part[], from: number, depth: number): { node: Node; rest: number } {
  if (depth > MAX_DEPTH) throw new TemplateError(`{{ if }} is nested more than ${MAX_DEPTH} deep`);
  const nodes: Node[] = [];
  let i = from;
  for (; i < parts.length; i++) {
    const { text, action } = parts[i]!;
    if (text !== '') nodes.push(() => text);
    if (action === undefined || (action.startsWith('/*') && action.endsWith('*/'))) continue;
    if (/^(else|end)\b/.test(action)) break;
    if (/^if\b/.test(action)) {
      const branch = conditional(parts, i, action.slice(2), depth);
      nodes.push(branch.node);
      i = branch.rest;
      continue;
    }
    const run = pipeline(action);
    nodes.push((input) => printValue(run(input)));
  }
  return { node: (input) => nodes.map((node) => node(input)).join(''), rest: i };
}

/** `rest` is the part whose action is the `end`. */
function conditional(parts: readonly Part[], at: number, condition: string, depth: number): { node: Node; rest: number } {
  const test = pipeline(condition.trim());
  // The part that holds the `if` also holds the text before it: go on with the next.
  const then = sequence(parts, at + 1, depth + 1);
  const closing = parts[then.rest]?.action;
  if (closing === undefined) throw new TemplateError('{{ if }} without {{ end }}');
  if (closing === 'end') return { node: (input) => (truth(test(input)) ? then.node(input) : ''), rest: then.rest };
  const chained = /^else\s+if\b(.*)$/s.exec(closing);
  const otherwise = chained === null ? sequence(parts, then.rest + 1, depth + 1) : conditional(parts, then.rest, chained[1]!, depth + 1);
  if (parts[otherwise.rest]?.action !== 'end') throw new TemplateError('{{ else }} without {{ end }}');
  return { node: (input) => (truth(test(input)) ? then.node(input) : otherwise.node(input)), rest: otherwise.rest };
}

const TOKEN =
  /\s*(?:("(?:[^"\\]|\\.)*"|`[^`]*`)|([+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)|(\$?(?:\.?[a-zA-Z_]\w*)(?:\.\w+)*|\$|\.)|([()|])|(:=|=|,|\S))/y;

interface Token {
  readonly kind: 'string' | 'number' | 'name' | 'punctuation' | 'other';
  readonly text: string;
}

function tokens(action: string): Token[] {
  const out: Token[] = [];
  TOKEN.lastIndex = 0;
  while (action.slice(TOKEN.lastIndex).trim() !== '') {
    const match = TOKEN.exec(action)!;
    const kinds = ['string', 'number', 'name', 'punctuation', 'other'] as const;
    const found = kinds.findIndex((_, i) => match[i + 1] !== undefined);
    out.push({ kind: kinds[found]!, text: match[found + 1]! });
  }
  return out;
}

function pipeline(action: string): Operand {
  const list = tokens(action);
  if (list.length === 0) throw new TemplateError('an empty action: {{ }}');
  const position = { i: 0 };
  const run = pipe(list, position);
  if (position.i < list.length) throw new TemplateError(`unexpected ${list[position.i]!.text} in {{ ${action} }}`);
  return run;
}

function pipe(list: readonly Token[], position: { i: number }): Operand {
  let run = command(list, position, undefined);
  while (list[position.i]?.text === '|' && list[position.i]?.kind === 'punctuation') {
    position.i++;
    run = command(list, position, run);
  }
  return run;
}

function command(list: readonly Token[], position: { i: number }, piped: Operand | undefined): Operand {
  const first = list[position.i];
  if (first === undefined) throw new TemplateError('something is missing after |');
  const name =
    first.kind === 'name' && /^[a-zA-Z]/.test(first.text) && first.text !== 'true' && first.text !== 'false' ? first.text : undefined;
  if (name === undefined) {
    if (piped !== undefined) throw new TemplateError(`${first.text} is not a function: only functions may stand after |`);
    return operand(list, position);
  }
  if (REFUSED.test(name))
    throw new TemplateError(`{{ ${name} }} is not taken in templates: use labels, the value, if and else, and functions on them`);
  const run = FUNCTIONS.get(name);
  if (run === undefined) throw new TemplateError(`unknown function ${name}; known are ${[...FUNCTIONS.keys()].join(', ')}`);
  position.i++;
  const args: Operand[] = [];
  while (position.i < list.length && !/^[|)]$/.test(list[position.i]!.text)) args.push(operand(list, position));
  if (piped !== undefined) args.push(piped);
  return (input) => run(...args.map((arg) => arg(input)));
}

function operand(list: readonly Token[], position: { i: number }): Operand {
  const token = list[position.i++]!;
  if (token.kind === 'string') {
    const text = token.text.startsWith('`') ? token.text.slice(1, -1) : unescape(token.text);
    return () => text;
  }
  if (token.kind === 'number') return () => Number(token.text);
  if (token.text === '(' && token.kind === 'punctuation') {
    const run = pipe(list, position);
    if (list[position.i++]?.text !== ')') throw new TemplateError('a parenthesis is not closed');
    return run;
  }
  if (token.kind === 'name') return variable(token.text);
  if (token.text === ':=' || token.text === '=') throw new TemplateError('variables of your own are not taken in templates');
  throw new TemplateError(`unexpected ${token.text}`);
}

function unescape(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    throw new TemplateError(`${quoted} is not a string: escapes are \\" \\\\ \\n \\t \\uXXXX`);
  }
}

function variable(text: string): Operand {
  if (text === 'true' || text === 'false') return () => text === 'true';
  const path = text.replace(/^\$\./, '.').replace(/^\$/, '.').split('.').slice(1);
  const [head = '', label, more] = path;
  const root = head.toLowerCase();
  if (root === 'value' && label === undefined) return ({ value }) => value;
  if (root === 'labels' && more === undefined) return label === undefined ? ({ labels }) => labels : ({ labels }) => labels[label] ?? '';
  // nines has no external labels and no address of its own in templates: empty, as in a Prometheus without them.
  if (root === 'externallabels' || root === 'externalurl') return () => '';
  throw new TemplateError(`unknown ${text}: a template has $labels.name and $value`);
}
