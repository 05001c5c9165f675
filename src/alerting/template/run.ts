/**
 * Works a template out as Go's text/template/exec does, in bounded time and space. Longer than most: it is one walk over one tree.
 * It never waits: a query whose answer isn't there yet is noted in `Queries`, and the template is worked out again once it is.
 */
import { show, showInvocation, type Branch, type Command, type Invocation, type Node, type Operand, type Pipe } from './ast.ts';
import { escapeHtml, GO_FUNCTIONS, type Kind, type TemplateFunction } from './functions.ts';
import { member } from './methods.ts';
import { PROMETHEUS_FUNCTIONS } from './prometheus-functions.ts';
import type { Queries } from './queries.ts';
import { TemplateError } from './template-error.ts';
import { AnyMap, Data, Duration, isList, Listing, MethodMap, printValue, Sample, StringMap, Time, truth, typeOf, type Value } from './values.ts'; // prettier-ignore

export interface Environment {
  /** The evaluation's time in milliseconds. */
  readonly now: number;
  readonly externalUrl: string;
  readonly queries: Queries;
  readonly definitions: ReadonlyMap<string, readonly Node[]>;
  /** In place of what Prometheus adds to Go's functions. */
  readonly functions?: Readonly<Record<string, TemplateFunction>>;
  /** What actions write is escaped for HTML, but for what `safeHtml` passes; as html/template does between tags and in quoted attributes. */
  readonly escape?: boolean;
}

/** An error with its place, which only what knows the template's name and text can write down. */
export class PlacedError extends TemplateError {
  readonly context: string;
  /** The definition in which it happened; undefined outside of any. */
  readonly within: string | undefined;

  constructor(message: string, pos: number, context: string, within: string | undefined) {
    super(message, pos);
    this.context = context;
    this.within = within;
  }
}

const MAX_STEPS = 100_000;
const MAX_OUTPUT = 100_000;
const MAX_VALUE = 1_000_000;
const MAX_DEPTH = 50;

/** Functions that need the evaluation, by what they take. */
const OWN: Readonly<Record<string, readonly Kind[]>> = {
  query: ['string'],
  tmpl: ['string', 'any'],
  now: [],
  externalURL: [],
  pathPrefix: [],
};

export const functionNames = [
  ...Object.keys(GO_FUNCTIONS),
  ...Object.keys(PROMETHEUS_FUNCTIONS),
  ...Object.keys(OWN),
  'and',
  'or',
].sort() as readonly string[];
const KNOWN = new Set(functionNames);
export const isFunction = (name: string): boolean => KNOWN.has(name);

type Jump = 'break' | 'continue' | undefined;

export class Run {
  private readonly environment: Environment;
  private readonly variables: [name: string, value: Value][];
  private readonly budget: { steps: number };
  private readonly depth: number;
  private readonly within: string | undefined;
  private out = '';

  constructor(environment: Environment, data: Value, variables: readonly (readonly [string, Value])[], outer?: { run: Run; name: string }) {
    this.environment = environment;
    this.variables = [['$', data], ...variables.map(([name, value]): [string, Value] => [name, value])];
    this.budget = outer?.run.budget ?? { steps: 0 };
    this.depth = (outer?.run.depth ?? 0) + 1;
    this.within = outer?.name;
  }

  /** Throws `TemplateError`, and `Unanswered`. */
  output(nodes: readonly Node[], dot: Value): string {
    this.list(nodes, dot);
    return this.out;
  }

  private list(nodes: readonly Node[], dot: Value): Jump {
    for (const node of nodes) {
      this.step();
      const jump = this.node(node, dot);
      if (jump !== undefined) return jump;
    }
    return undefined;
  }

  private node(node: Node, dot: Value): Jump {
    switch (node.kind) {
      case 'text':
        this.write(node.text);
        return undefined;
      case 'action': {
        const value = this.pipe(node.pipe, dot);
        if (node.pipe.variables.length === 0) this.write(this.escaped(printValue(value), node.pipe));
        return undefined;
      }
      case 'if':
      case 'with':
        return this.scoped(() => {
          const value = this.pipe(node.pipe, dot);
          if (truth(value)) return this.list(node.list, node.kind === 'with' ? value : dot);
          return node.otherwise === undefined ? undefined : this.list(node.otherwise, dot);
        });
      case 'range':
        return this.scoped(() => this.range(node, dot));
      case 'template':
        this.write(this.invoke(node.name, node.pipe === undefined ? null : this.pipe(node.pipe, dot), node));
        return undefined;
      default:
        return node.kind;
    }
  }

  private escaped(text: string, { commands }: Pipe): string {
    const last = commands.at(-1)!.args[0]!;
    const safe = last.kind === 'function' && /^(?:safeHtml|safeUrl|html)$/.test(last.name);
    return this.environment.escape === true && !safe ? escapeHtml(text) : text;
  }

  private scoped<T>(run: () => T): T {
    const known = this.variables.length;
    try {
      return run();
    } finally {
      this.variables.length = known;
    }
  }

  private range(node: Branch, dot: Value): Jump {
    const over = this.pipe(node.pipe, dot, true);
    let any = false;
    for (const [key, element] of this.elements(over, node.pipe)) {
      this.step();
      any = true;
      const jump = this.scoped(() => {
        this.declare(node.pipe, node.pipe.variables.length === 2 ? [key, element] : [element]);
        return this.list(node.list, element);
      });
      if (jump === 'break') return undefined;
    }
    return any || node.otherwise === undefined ? undefined : this.list(node.otherwise, dot);
  }

  private *elements(over: Value, pipe: Pipe): Generator<[Value, Value]> {
    if (over === null) return;
    if (typeof over === 'bigint') for (let i = 0n; i < over; i++) yield [i, i];
    else if (isList(over)) for (const [i, sample] of over.entries()) yield [BigInt(i), sample];
    else if (over instanceof StringMap || over instanceof AnyMap) {
      const entries: [string, Value][] = over instanceof StringMap ? Object.entries(over.entries) : [...over.entries];
      yield* entries.sort(([a], [b]) => (a < b ? -1 : 1));
    } else this.fail(`range can't iterate over ${printValue(over)}`, pipe.commands.at(-1)!.args[0]!);
  }

  private declare({ variables, assigns }: Pipe, values: readonly Value[]): void {
    for (const [i, name] of variables.entries()) {
      if (!assigns) this.variables.push([name, values[i]!]);
      else this.variables.findLast(([known]) => known === name)![1] = values[i]!;
    }
  }

  private pipe(pipe: Pipe, dot: Value, ranges = false): Value {
    let value: Value | undefined;
    for (const command of pipe.commands) value = this.command(command, dot, value);
    if (!ranges) this.declare(pipe, [value!]);
    return value!;
  }

  private command(command: Command, dot: Value, piped: Value | undefined): Value {
    this.step();
    const [first, ...rest] = command.args as [Operand, ...Operand[]];
    if (first.kind === 'function') return this.call(first.name, command, rest, dot, piped);
    if (first.kind === 'field') {
      const args = [...rest.map((arg) => this.operand(arg, dot)), ...(piped === undefined ? [] : [piped])];
      return this.field(first, dot, args);
    }
    if (rest.length > 0 || piped !== undefined) this.fail(`can't give argument to non-function ${show(first)}`, first);
    if (first.kind === 'nil') this.fail('nil is not a command', first);
    return this.operand(first, dot);
  }

  private operand(operand: Operand, dot: Value): Value {
    switch (operand.kind) {
      case 'dot':
        return dot;
      case 'nil':
        return null;
      case 'bool':
      case 'number':
      case 'string':
        return operand.value;
      case 'variable':
        return this.variables.findLast(([name]) => name === operand.name)![1];
      case 'field':
        return this.field(operand, dot, []);
      case 'function':
        return this.call(operand.name, operand, [], dot, undefined);
      default:
        return this.pipe(operand, dot);
    }
  }

  private field(node: Operand & { kind: 'field' }, dot: Value, args: readonly Value[]): Value {
    let value = node.of === undefined ? dot : this.operand(node.of, dot);
    for (const [i, name] of node.path.entries()) value = this.member(value, name, i === node.path.length - 1 ? args : [], node);
    return value;
  }

  private member(value: Value, name: string, args: readonly Value[], node: Operand): Value {
    const typed = value instanceof MethodMap || value instanceof Listing;
    const method = typed ? this.placed(node, () => member(value, name, args)) : undefined;
    if (method !== undefined) return method;
    const isMap = value instanceof StringMap || value instanceof AnyMap;
    if (args.length > 0 && !(value instanceof Time) && !(value instanceof Duration))
      this.fail(value instanceof Data || value instanceof Sample ? `${name} has arguments but cannot be invoked as function` : `${name} is not a method but has arguments`, node); // prettier-ignore
    if (isMap) {
      if (value instanceof StringMap) return Object.hasOwn(value.entries, name) ? value.entries[name]! : '';
      return value.entries.get(name) ?? null;
    }
    if (value === null) this.fail(`nil data; no entry for key ${JSON.stringify(name)}`, node);
    const found = value instanceof Data ? value.fields.get(name) : this.placed(node, () => member(value, name, args));
    if (found === undefined) this.fail(`can't evaluate field ${name} in type ${typeOf(value)}`, node);
    return found;
  }

  private call(name: string, node: Command | Operand, given: readonly Operand[], dot: Value, piped: Value | undefined): Value {
    if (name === 'and' || name === 'or') return this.logic(name, node, given, dot, piped);
    const { functions } = this.environment;
    const own = functions === undefined && Object.hasOwn(OWN, name) ? OWN[name] : undefined;
    const plain = own === undefined ? (GO_FUNCTIONS[name] ?? (functions ?? PROMETHEUS_FUNCTIONS)[name]) : undefined;
    const takes = own ?? plain!.takes;
    const more = plain?.more;
    const count = given.length + (piped === undefined ? 0 : 1);
    if (count < takes.length || (more === undefined && count > takes.length)) {
      const wanted = more === undefined ? `want ${takes.length}` : `want at least ${takes.length}`;
      this.fail(`wrong number of args for ${name}: ${wanted} got ${count}`, node);
    }
    const kind = (i: number): Kind => takes[i] ?? more!;
    const args = given.map((arg, i) => this.argument(arg, kind(i), dot));
    if (piped !== undefined) args.push(this.fits(piped, kind(count - 1), node));
    const result = own === undefined ? this.plain(plain!, name, node, args) : this.own(name, node, args);
    if (typeof result === 'string' && result.length > MAX_VALUE)
      this.fail(`the result of ${name} is longer than ${MAX_VALUE} characters`, node);
    // What makes long texts out of long texts uses up the budget as well.
    if (typeof result === 'string') this.budget.steps += result.length >> 10;
    return result;
  }

  private plain({ run }: TemplateFunction, name: string, node: Command | Operand, args: readonly Value[]): Value {
    try {
      return run(...args);
    } catch (error) {
      return this.fail(`error calling ${name}: ${error instanceof Error ? error.message : String(error)}`, node);
    }
  }

  private own(name: string, node: Command | Operand, args: readonly Value[]): Value {
    const { now, externalUrl, queries } = this.environment;
    if (name === 'now') return now / 1000;
    if (name === 'externalURL') return externalUrl;
    if (name === 'pathPrefix') return pathOf(externalUrl);
    if (name === 'tmpl') return this.invoke(args[0] as string, args[1]!, node);
    const answer = queries.answer(args[0] as string);
    // Goes on as if nothing were found: so all that is missing is noted in one go.
    if (answer === undefined) return [];
    if (typeof answer === 'string') this.fail(`error calling query: ${answer}`, node);
    return answer;
  }

  private logic(name: 'and' | 'or', node: Command | Operand, given: readonly Operand[], dot: Value, piped: Value | undefined): Value {
    if (given.length === 0 && piped === undefined) this.fail(`wrong number of args for ${name}: want at least 1 got 0`, node);
    let value: Value = null;
    for (const arg of given) {
      value = this.operand(arg, dot);
      if (truth(value) === (name === 'or')) return value;
    }
    return piped === undefined ? value : piped;
  }

  private argument(operand: Operand, kind: Kind, dot: Value): Value {
    const constant = operand.kind === 'bool' || operand.kind === 'number' || operand.kind === 'string';
    if (!constant || kind === 'any') return this.fits(this.operand(operand, dot), kind, operand);
    if (kind === 'float' && operand.kind === 'number') return Number(operand.value);
    if (typeof operand.value !== kind) this.fail(`expected ${GO_TYPES[kind]}; found ${show(operand)}`, operand);
    return operand.value;
  }

  private fits(value: Value, kind: Kind, node: Command | Operand): Value {
    const right =
      kind === 'any' ||
      (kind === 'string' && typeof value === 'string') ||
      (kind === 'float' && typeof value === 'number') ||
      (kind === 'list' && isList(value)) ||
      (kind === 'sample' && value instanceof Sample);
    if (!right) this.fail(value === null ? `invalid value; expected ${GO_TYPES[kind]}` : `wrong type for value; expected ${GO_TYPES[kind]}; got ${typeOf(value)}`, node); // prettier-ignore
    return value;
  }

  private invoke(name: string, data: Value, node: Invocation | Command | Operand): string {
    const nodes = this.environment.definitions.get(name);
    const problem =
      nodes === undefined
        ? `template ${JSON.stringify(name)} not defined`
        : this.depth >= MAX_DEPTH
          ? `exceeded maximum template depth (${MAX_DEPTH})`
          : undefined;
    if (problem !== undefined) throw new PlacedError(problem, node.pos, node.kind === 'template' ? showInvocation(node) : show(node), this.within); // prettier-ignore
    return new Run(this.environment, data, [], { run: this, name }).output(nodes!, data);
  }

  private write(text: string): void {
    this.out += text;
    if (this.out.length > MAX_OUTPUT) throw new TemplateError(`the text is longer than ${MAX_OUTPUT} characters`);
  }

  private step(): void {
    if (++this.budget.steps > MAX_STEPS) throw new TemplateError(`it takes more than ${MAX_STEPS} steps`);
  }

  private placed<T>(node: Command | Operand, run: () => T): T {
    try {
      return run();
    } catch (error) {
      return this.fail(error instanceof Error ? error.message : String(error), node);
    }
  }

  private fail(message: string, node: Pipe | Command | Operand): never {
    throw new PlacedError(message, node.pos, show(node), this.within);
  }
}

const GO_TYPES: Readonly<Record<Kind, string>> = {
  any: 'interface {}',
  string: 'string',
  float: 'float64',
  list: 'template.queryResult',
  sample: '*template.sample',
};

function pathOf(url: string): string {
  try {
    const { pathname } = new URL(url);
    // An address without a path has none; JavaScript gives it one.
    return pathname === '/' && !url.endsWith('/') ? '' : pathname;
  } catch {
    return '';
  }
}
