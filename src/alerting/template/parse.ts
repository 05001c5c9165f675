/**
 * Reads a template as Go's text/template/parse does (parse.go), with the functions that Prometheus adds. Longer than most: it is
 * one recursive descent over one list of tokens.
 */
import { unquote } from '../../monitoring/index.ts';
import type { Command, Node, Operand, Pipe } from './ast.ts';
import { lex, type Token } from './lex.ts';
import { TemplateError } from './template-error.ts';

export interface Parsed {
  readonly root: readonly Node[];
  readonly definitions: ReadonlyMap<string, readonly Node[]>;
}

const KEYWORDS = new Set(['if', 'range', 'with', 'template', 'define', 'block', 'break', 'continue', 'else', 'end']);
const MAX_DEPTH = 100;

/** Throws `TemplateError`. `variables` are there from the beginning, with their `$`. */
export function parseTemplate(text: string, isFunction: (name: string) => boolean, variables: readonly string[]): Parsed {
  return new Parser(lex(text), isFunction, variables).template();
}

class Parser {
  private readonly tokens: readonly Token[];
  private readonly isFunction: (name: string) => boolean;
  private readonly definitions = new Map<string, readonly Node[]>();
  private variables: string[];
  private at = 0;
  private loops = 0;
  private depth = 0;

  constructor(tokens: readonly Token[], isFunction: (name: string) => boolean, variables: readonly string[]) {
    this.tokens = tokens;
    this.isFunction = isFunction;
    this.variables = ['$', ...variables];
  }

  template(): Parsed {
    const { nodes, closing } = this.list(true);
    if (closing !== undefined) throw new TemplateError(`unexpected {{${closing.text}}}`, closing.pos);
    return { root: nodes, definitions: this.definitions };
  }

  /** Up to the `else` or `end` that belongs to someone outside: it stands then at the token after that word. */
  private list(top: boolean): { nodes: Node[]; closing: Token | undefined } {
    const nodes: Node[] = [];
    for (;;) {
      const token = this.tokens[this.at++]!;
      if (token.kind === 'end') return { nodes, closing: undefined };
      if (token.kind === 'text') {
        nodes.push({ kind: 'text', text: token.text });
        continue;
      }
      const first = this.next();
      if (first.kind === 'word' && (first.text === 'end' || first.text === 'else')) return { nodes, closing: first };
      if (first.kind === 'word' && first.text === 'define') {
        if (!top) throw new TemplateError('unexpected {{define}}', first.pos);
        this.definition();
        continue;
      }
      nodes.push(this.action(first));
    }
  }

  private action(first: Token): Node {
    if (first.kind === 'word' && KEYWORDS.has(first.text)) {
      switch (first.text) {
        case 'if':
        case 'range':
        case 'with':
          return this.branch(first.text, first.pos);
        case 'template':
          return this.invocation();
        case 'block':
          return this.block();
        case 'break':
        case 'continue':
          if (this.loops === 0) throw new TemplateError(`{{${first.text}}} outside {{range}}`, first.pos);
          this.expect('right', `{{${first.text}}}`);
          return { kind: first.text };
      }
    }
    this.at--;
    const pipe = this.pipeline('command', 'right');
    return { kind: 'action', pipe };
  }

  private branch(kind: 'if' | 'range' | 'with', pos: number): Node {
    if (++this.depth > MAX_DEPTH) throw new TemplateError(`nested more than ${MAX_DEPTH} deep`, pos);
    const known = this.variables.length;
    const pipe = this.pipeline(kind, 'right');
    if (kind === 'range') this.loops++;
    const then = this.list(false);
    if (kind === 'range') this.loops--;
    const otherwise = this.otherwise(kind, then.closing);
    this.variables.length = known;
    this.depth--;
    return { kind, pipe, list: then.nodes, otherwise };
  }

  private otherwise(kind: string, closing: Token | undefined): Node[] | undefined {
    if (closing === undefined) throw new TemplateError(`{{${kind}}} without {{end}}: unexpected EOF`);
    if (closing.text === 'end') {
      this.expect('right', '{{end}}');
      return undefined;
    }
    const chained = this.next();
    if (chained.kind === 'word' && chained.text === kind && kind !== 'range') return [this.branch(kind as 'if' | 'with', chained.pos)];
    if (chained.kind !== 'right') throw new TemplateError(`unexpected ${describe(chained)} in else`, chained.pos);
    const { nodes, closing: last } = this.list(false);
    if (last === undefined) throw new TemplateError(`{{${kind}}} without {{end}}: unexpected EOF`);
    if (last.text !== 'end') throw new TemplateError(`expected end; found {{${last.text}}}`, last.pos);
    this.expect('right', '{{end}}');
    return nodes;
  }

  private invocation(): Node {
    const pos = this.peek().pos;
    const name = this.name('template clause');
    const more = this.next();
    if (more.kind === 'right') return { kind: 'template', pos, name, pipe: undefined };
    this.at--;
    return { kind: 'template', pos, name, pipe: this.pipeline('template clause', 'right') };
  }

  private definition(): void {
    const name = this.name('define clause');
    this.expect('right', 'define clause');
    this.body(name, 'define');
  }

  private block(): Node {
    const pos = this.peek().pos;
    const name = this.name('block clause');
    const pipe = this.pipeline('block clause', 'right');
    this.body(name, 'block');
    return { kind: 'template', pos, name, pipe };
  }

  /** A template of its own: it sees no variables and no loop of those around it. */
  private body(name: string, what: string): void {
    const { variables, loops } = this;
    this.variables = ['$'];
    this.loops = 0;
    if (++this.depth > MAX_DEPTH) throw new TemplateError(`nested more than ${MAX_DEPTH} deep`);
    const { nodes, closing } = this.list(false);
    if (closing?.text !== 'end') throw new TemplateError(`unexpected ${closing === undefined ? 'EOF' : `{{${closing.text}}}`} in ${what} clause`, closing?.pos); // prettier-ignore
    this.expect('right', '{{end}}');
    this.depth--;
    this.variables = variables;
    this.loops = loops;
    // As in Go an empty definition never replaces one with content.
    const empty = nodes.every((node) => node.kind === 'text' && node.text.trim() === '');
    const before = this.definitions.get(name);
    if (before !== undefined && !empty && before.some((node) => node.kind !== 'text' || node.text.trim() !== ''))
      throw new TemplateError(`template: multiple definition of template ${JSON.stringify(name)}`);
    if (before === undefined || !empty) this.definitions.set(name, nodes);
  }

  private name(context: string): string {
    const token = this.next();
    if (token.kind !== 'string' && token.kind !== 'raw') throw new TemplateError(`unexpected ${describe(token)} in ${context}`, token.pos);
    return textOf(token);
  }

  private pipeline(context: string, closing: 'right' | ')'): Pipe {
    if (++this.depth > MAX_DEPTH) throw new TemplateError(`nested more than ${MAX_DEPTH} deep`);
    const pos = this.peek().pos;
    const { variables, assigns } = this.declaration(context);
    const commands: Command[] = [];
    for (;;) {
      const token = this.peek();
      const closes = closing === 'right' ? token.kind === 'right' : token.text === ')';
      if (closes) break;
      const { command, piped } = this.command(context);
      commands.push(command);
      if (!piped) continue;
      const after = this.peek();
      if (after.kind === 'right' || after.text === ')') throw new TemplateError(`missing value for ${context}`, after.pos);
    }
    this.next();
    if (commands.length === 0) throw new TemplateError(`missing value for ${context}: an empty action`, pos);
    for (const [i, { args }] of commands.entries()) {
      if (i > 0 && /^(?:bool|dot|nil|number|string)$/.test(args[0]!.kind))
        throw new TemplateError(`non executable command in pipeline stage ${i + 1}`, args[0]!.pos);
    }
    // Declared once its own value is worked out: it can't speak of itself.
    if (!assigns) this.variables.push(...variables);
    this.depth--;
    return { kind: 'pipe', pos, variables, assigns, commands };
  }

  /** `$x :=`, `$x =`, and for range also `$i, $x :=`. */
  private declaration(context: string): { variables: string[]; assigns: boolean } {
    const from = this.at;
    const variables: string[] = [];
    let token = this.next();
    while (token.kind === 'variable') {
      variables.push(token.text);
      token = this.next();
      if (token.text === ':=' || (token.text === '=' && token.kind === 'punctuation')) {
        if (token.text === '=') for (const name of variables) this.known(name, token.pos);
        return { variables, assigns: token.text === '=' };
      }
      if (token.text !== ',' || context !== 'range') {
        if (token.text === ',') throw new TemplateError(`too many declarations in ${context}`, token.pos);
        break;
      }
      if (variables.length === 2) throw new TemplateError(`too many declarations in ${context}`, token.pos);
      token = this.next();
    }
    this.at = from;
    return { variables: [], assigns: false };
  }

  private command(context: string): { command: Command; piped: boolean } {
    const pos = this.peek().pos;
    const args: Operand[] = [];
    let piped = false;
    for (;;) {
      args.push(this.operand(context));
      const token = this.tokens[this.at]!;
      if (token.kind === 'space') {
        const next = this.peek();
        if (next.kind === 'right' || next.text === ')') break;
        if (next.text === '|' && next.kind === 'punctuation') {
          this.at++;
          piped = true;
          break;
        }
        continue;
      }
      if (token.kind === 'right' || token.text === ')') break;
      if (token.text === '|' && token.kind === 'punctuation') {
        this.at++;
        piped = true;
        break;
      }
      throw new TemplateError(`unexpected ${describe(token)} in operand`, token.pos);
    }
    return { command: { kind: 'command', pos, args }, piped };
  }

  private operand(context: string): Operand {
    const term = this.term(context);
    if (this.tokens[this.at]!.kind !== 'field') return term;
    const pos = this.tokens[this.at]!.pos;
    const path: string[] = [];
    while (this.tokens[this.at]!.kind === 'field') path.push(this.tokens[this.at++]!.text.slice(1));
    if (/^(?:bool|string|number|nil|dot)$/.test(term.kind)) throw new TemplateError(`unexpected . after term ${JSON.stringify(describeTerm(term))}`, pos); // prettier-ignore
    if (term.kind === 'field') return { ...term, path: [...term.path, ...path] };
    return { kind: 'field', pos, of: term, path };
  }

  private term(context: string): Operand {
    const token = this.next();
    const { pos, text } = token;
    switch (token.kind) {
      case 'word':
        if (text === 'true' || text === 'false') return { kind: 'bool', pos, value: text === 'true' };
        if (text === 'nil') return { kind: 'nil', pos };
        if (KEYWORDS.has(text)) throw new TemplateError(`unexpected <${text}> in ${context}`, pos);
        if (!this.isFunction(text)) throw new TemplateError(`function ${JSON.stringify(text)} not defined`, pos);
        return { kind: 'function', pos, name: text };
      case 'dot':
        return { kind: 'dot', pos };
      case 'variable':
        this.known(text, pos);
        return { kind: 'variable', pos, name: text };
      case 'field':
        return { kind: 'field', pos, of: undefined, path: [text.slice(1)] };
      case 'number':
      case 'character':
        return { kind: 'number', pos, text, value: numberOf(token) };
      case 'string':
      case 'raw':
        return { kind: 'string', pos, text, value: textOf(token) };
      default:
        if (text === '(' && token.kind === 'punctuation') return this.pipeline('parenthesized pipeline', ')');
        throw new TemplateError(`unexpected ${describe(token)} in ${context}`, pos);
    }
  }

  private known(name: string, pos: number): void {
    if (!this.variables.includes(name)) throw new TemplateError(`undefined variable ${JSON.stringify(name)}`, pos);
  }

  /** Spaces matter only between a term and what follows it. */
  private next(): Token {
    while (this.tokens[this.at]!.kind === 'space') this.at++;
    return this.tokens[this.at++]!;
  }

  private peek(): Token {
    while (this.tokens[this.at]!.kind === 'space') this.at++;
    return this.tokens[this.at]!;
  }

  private expect(kind: Token['kind'], context: string): void {
    const token = this.next();
    if (token.kind !== kind) throw new TemplateError(`unexpected ${describe(token)} in ${context}`, token.pos);
  }
}

const describe = ({ kind, text }: Token): string => (kind === 'end' ? 'EOF' : kind === 'word' ? `<${text}>` : JSON.stringify(text));
const describeTerm = (term: Operand): string => ('text' in term ? term.text : term.kind === 'bool' ? String(term.value) : term.kind === 'dot' ? '.' : term.kind); // prettier-ignore

function textOf({ kind, text, pos }: Token): string {
  const body = text.slice(1, -1);
  if (kind === 'raw') return body.replaceAll('\r', '');
  const value = unquote(body, text[0]!);
  if (typeof value !== 'string') throw new TemplateError(`invalid syntax: the escape at ${body.slice(value.badEscape, value.badEscape + 2)} in ${text}`, pos); // prettier-ignore
  return value;
}

const INT64 = 2n ** 63n;

function numberOf(token: Token): bigint | number {
  if (token.kind === 'character') {
    const [character, more] = textOf(token);
    if (character === undefined || more !== undefined) throw new TemplateError(`malformed character constant: ${token.text}`, token.pos);
    return BigInt(character.codePointAt(0)!);
  }
  const text = token.text.replaceAll('_', '');
  const sign = text.startsWith('-') ? -1n : 1n;
  const digits = text.replace(/^[+-]/, '');
  if (/[.eE]/.test(digits) && !/^0[xX]/.test(digits)) return Number(text);
  const octal = /^0\d+$/.test(digits);
  if (octal && !/^[0-7]+$/.test(digits)) throw new TemplateError(`bad number syntax: ${JSON.stringify(token.text)}`, token.pos);
  try {
    const value = sign * BigInt(octal ? `0o${digits}` : digits);
    if (value >= INT64 || value < -INT64) throw new TemplateError(`integer overflow: ${token.text}`, token.pos);
    return value;
  } catch (error) {
    if (error instanceof TemplateError) throw error;
    throw new TemplateError(`bad number syntax: ${JSON.stringify(token.text)}`, token.pos);
  }
}
