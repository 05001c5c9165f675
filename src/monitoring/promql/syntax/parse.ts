/**
 * PromQL's grammar, by hand: precedence climbing over a scanner. The Prometheus project's lezer grammar is made for
 * highlighting while one types: it binds `offset`, `@` and `[5m:]` to the whole of `a + b offset 5m`, takes `-1^2` for 1
 * and an open string for a closed one. Here each binds as in Prometheus, and errors can say what would be right. Longer than
 * most: a rule of the grammar each.
 */
import type { Matcher } from '../../series.ts';
import {
  AGGREGATION_OPS,
  AGGREGATION_PARAM,
  PRECEDENCE,
  type Aggregation,
  type AggregationOp,
  type BinaryOp,
  type Expr,
  type Span,
  type VectorMatching,
  type VectorSelector,
} from './ast.ts';
import { checkAggregation, checkBinary, checkCall, checkSelector, checkUnary } from './check.ts';
import { FUNCTIONS } from './functions.ts';
import { applyPostfix } from './postfix.ts';
import { Scanner } from './scanner.ts';
import { quote } from './strings.ts';

/** Longer is a mistake or an attack. */
const MAX_LENGTH = 64 * 1024;
/** Evaluation and printing recurse as deep as the expression does. */
const MAX_DEPTH = 250;

const OPERATORS: readonly BinaryOp[] = ['==', '!=', '<=', '>=', '</', '>/', '<', '>', '+', '-', '*', '/', '%', '^'];
const WORD_OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'unless', 'atan2']);
/** Words that can't be a metric's name. */
const RESERVED: ReadonlySet<string> = new Set(['on', 'ignoring', 'bool', 'group_left', 'group_right', 'atan2']);
const UNARY_PRECEDENCE = 6;

/** Parses and type-checks. Throws `PromQLSyntaxError`. */
export function parse(text: string): Expr {
  const scanner = new Scanner(text.slice(0, MAX_LENGTH));
  if (text.length > MAX_LENGTH) scanner.fail(`the query has ${text.length} characters, at most ${MAX_LENGTH} are taken`);
  if (scanner.atEnd) scanner.fail('no expression found in input');
  const parser = new Parser(scanner);
  const expr = parser.expression(1);
  if (!scanner.atEnd) scanner.unexpected('an operator or the end of the query');
  return expr;
}

class Parser {
  private readonly in: Scanner;
  private depth = 0;
  /** Whether the selector that comes may match everything: info's second argument only picks labels. */
  private anySelector = false;

  constructor(scanner: Scanner) {
    this.in = scanner;
  }

  /** An expression of operators that bind at least as tightly as `precedence`. */
  expression(precedence: number): Expr {
    const from = this.in.position;
    if (++this.depth > MAX_DEPTH) this.in.fail(`the query is nested too deeply: at most ${MAX_DEPTH} levels are taken`);
    let left = this.unary();
    let links = 0;
    for (let op = this.operator(); op !== undefined && PRECEDENCE[op] >= precedence; op = this.operator()) {
      if (++links + this.depth > MAX_DEPTH) this.in.fail(`the query chains too many operators: at most ${MAX_DEPTH} are taken`);
      const at = this.in.position;
      this.in.position += op.length;
      this.in.skip();
      const bool = this.in.takeKeyword('bool');
      const modifiers = this.matching();
      // A power binds to its right, the others to their left.
      const right = this.expression(op === '^' ? PRECEDENCE[op] : PRECEDENCE[op] + 1);
      left = checkBinary(this.in, { op, left, right, bool, modifiers, at, span: this.span(from) });
    }
    this.depth--;
    return left;
  }

  private operator(): BinaryOp | undefined {
    const word = this.in.peekWord();
    if (word !== '') return WORD_OPERATORS.has(word.toLowerCase()) ? (word.toLowerCase() as BinaryOp) : undefined;
    return OPERATORS.find((op) => this.in.text.startsWith(op, this.in.position));
  }

  private unary(): Expr {
    const from = this.in.position;
    const op = this.in.take('-') ? '-' : this.in.take('+') ? '+' : undefined;
    if (op === undefined) return applyPostfix(this.in, this.primary());
    // Tighter than `*`, looser than `^`: -a^2 is -(a^2).
    const expr = this.expression(UNARY_PRECEDENCE);
    return checkUnary(this.in, op, expr, this.span(from));
  }

  private primary(): Expr {
    const from = this.in.position;
    if (this.in.take('(')) {
      const expr = this.expression(1);
      this.in.expect(')', 'to close the parenthesis');
      return freeze({ kind: 'paren', type: expr.type, expr, span: this.span(from) });
    }
    const text = this.in.string();
    if (text !== undefined) return freeze({ kind: 'string', type: 'string', value: text, span: this.span(from) });
    if (this.in.peek() === '{') return this.selector(undefined, from);
    const value = this.in.number();
    if (value !== undefined) return freeze({ kind: 'number', type: 'scalar', value, span: this.span(from) });
    const word = this.in.peekWord();
    if (word === '') this.in.unexpected('a metric, a function, a number or a parenthesis');
    return this.named(word, from);
  }

  /** What starts with a word: aggregation, call or selector. */
  private named(word: string, from: number): Expr {
    const lower = word.toLowerCase();
    if (RESERVED.has(lower)) this.in.unexpected('a metric, a function, a number or a parenthesis');
    this.in.advance(word);
    const next = this.in.peek() === '(' ? '(' : this.in.peekWord().toLowerCase();
    const aggregation = (AGGREGATION_OPS as readonly string[]).includes(lower);
    if (aggregation && (next === '(' || next === 'by' || next === 'without')) return this.aggregation(lower as AggregationOp, from);
    if (next === '(') return this.call(word, from);
    return this.selector(word, from);
  }

  private call(name: string, from: number): Expr {
    const signature = FUNCTIONS.get(name);
    if (signature === undefined) this.in.fail(`unknown function with name ${quote(name)}${suggestion(name)}`, from);
    let position = 0;
    const argument = (): Expr => {
      this.anySelector = name === 'info' && position++ === 1;
      return this.expression(1);
    };
    const args = this.list(argument, `after the arguments of ${name}`);
    this.anySelector = false;
    return checkCall(this.in, name, signature, args, this.span(from));
  }

  private aggregation(op: AggregationOp, from: number): Expr {
    let grouping = this.grouping();
    const args = this.list(() => this.expression(1), `after the arguments of ${op}`);
    grouping ??= this.grouping();
    const wanted = AGGREGATION_PARAM[op] === undefined ? 1 : 2;
    if (args.length !== wanted) {
      this.in.fail(`wrong number of arguments for aggregate expression provided, expected ${wanted}, got ${args.length}`, from);
    }
    const node: Aggregation = {
      kind: 'aggregation',
      type: 'vector',
      op,
      param: wanted === 2 ? args[0] : undefined,
      expr: args.at(-1)!,
      without: grouping?.without ?? false,
      grouping: grouping?.labels ?? [],
      span: this.span(from),
    };
    return checkAggregation(this.in, freeze(node));
  }

  private grouping(): { without: boolean; labels: readonly string[] } | undefined {
    if (this.in.takeKeyword('by')) return { without: false, labels: this.labels('by') };
    if (this.in.takeKeyword('without')) return { without: true, labels: this.labels('without') };
    return undefined;
  }

  private labels(after: string): readonly string[] {
    return freeze(this.list(() => this.label('a label name'), `after the labels of ${after}`, true));
  }

  private label(wanted: string): string {
    return this.in.string() ?? this.in.labelName() ?? this.in.unexpected(wanted);
  }

  /** `( item, item )`, with a comma after the last where `trailing`. */
  private list<T>(item: () => T, where: string, trailing = false): T[] {
    this.in.expect('(', where.replace(/^after/, 'before'));
    const items: T[] = [];
    while (!this.in.take(')')) {
      if (items.length > 0) {
        if (!this.in.take(',')) this.in.unexpected(`"," or ")" ${where}`);
        if (trailing && this.in.take(')')) break;
      }
      items.push(item());
    }
    return items;
  }

  private matching(): Partial<VectorMatching> | undefined {
    let matching: Partial<VectorMatching> | undefined;
    const on = this.in.takeKeyword('on');
    if (on || this.in.takeKeyword('ignoring')) {
      matching = { on, labels: this.labels(on ? 'on' : 'ignoring') };
      const left = this.in.takeKeyword('group_left');
      if (left || this.in.takeKeyword('group_right')) {
        const include = this.in.peek() === '(' ? this.labels(left ? 'group_left' : 'group_right') : [];
        matching = { ...matching, card: left ? 'many-to-one' : 'one-to-many', include };
      }
    }
    return this.fills(matching);
  }

  private fills(matching: Partial<VectorMatching> | undefined): Partial<VectorMatching> | undefined {
    let filled = matching;
    for (;;) {
      const word = this.in.peekWord().toLowerCase();
      if (word !== 'fill' && word !== 'fill_left' && word !== 'fill_right') return filled;
      // `a + fill` is a metric called so; the modifier has a parenthesis.
      if (!/^\s*\(/.test(this.in.text.slice(this.in.position + word.length))) return filled;
      this.in.advance(word);
      this.in.expect('(', `after ${word}`);
      const negative = this.in.take('-') || (this.in.take('+'), false);
      const value = this.in.number() ?? this.in.unexpected('a number');
      this.in.expect(')', `after the value of ${word}`);
      const fill = negative ? -value : value;
      filled = { ...filled, ...(word !== 'fill_right' && { fillLeft: fill }), ...(word !== 'fill_left' && { fillRight: fill }) };
    }
  }

  private selector(name: string | undefined, from: number): VectorSelector {
    const matchers: Matcher[] = name === undefined ? [] : [{ name: '__name__', op: '=', value: name }];
    const any = this.anySelector;
    this.anySelector = false;
    if (this.in.take('{')) {
      while (!this.in.take('}')) {
        matchers.push(this.matcher(matchers));
        if (!this.in.take(',') && this.in.peek() !== '}') this.in.unexpected('"," or "}" after a label matcher');
      }
    }
    return checkSelector(this.in, { name, matchers, any, span: this.span(from) });
  }

  private matcher(before: readonly Matcher[]): Matcher {
    const at = this.in.position;
    const quoted = this.in.string();
    const name = quoted ?? this.in.labelName() ?? this.in.unexpected('a label name or "}"');
    const op = (['=~', '!~', '!=', '='] as const).find((op) => this.in.take(op));
    if (op === undefined) {
      if (quoted === undefined) this.in.unexpected('a label matching operator: =, !=, =~ or !~');
      const set = before.find((matcher) => matcher.name === '__name__' && matcher.op === '=');
      if (set !== undefined) this.in.fail(`metric name must not be set twice: ${quote(set.value)} or ${quote(name)}`, at);
      return { name: '__name__', op: '=', value: name };
    }
    const value = this.in.string() ?? this.in.unexpected('the value to match as a quoted string');
    return { name, op, value };
  }

  private span(from: number): Span {
    return { from, to: trimEnd(this.in.text, from, this.in.position) };
  }
}

/** Recursively of its own parts only: the parts of an expression are frozen already. */
function freeze<T extends object>(value: T): T {
  return Object.freeze(value);
}

/** The scanner stands after the blanks that follow a node: they are no part of it. */
function trimEnd(text: string, from: number, position: number): number {
  return from + text.slice(from, position).trimEnd().length;
}

function suggestion(name: string): string {
  const lower = name.toLowerCase();
  if (FUNCTIONS.has(lower)) return `, did you mean ${lower}?`;
  const near = [...FUNCTIONS.keys()].find((known) => known.replaceAll('_', '') === lower.replaceAll('_', ''));
  return near === undefined ? '' : `, did you mean ${near}?`;
}
