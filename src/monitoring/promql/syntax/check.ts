/** Makes the nodes whose parts have to fit each other, with the checks and the wording of Prometheus. */
import type { Matcher } from '../../series.ts';
import { compileMatchers } from '../matchers.ts';
import {
  AGGREGATION_PARAM,
  isComparison,
  isSetOp,
  TYPE_NAMES,
  type Aggregation,
  type BinaryOp,
  type Expr,
  type Span,
  type ValueType,
  type VectorMatching,
  type VectorSelector,
} from './ast.ts';
import type { Signature } from './functions.ts';
import type { Scanner } from './scanner.ts';
import { quote } from './strings.ts';

function expectType(scanner: Scanner, expr: Expr, wanted: ValueType, where: string): void {
  if (expr.type === wanted) return;
  const hint = wanted === 'matrix' && expr.type === 'vector' ? '; add a range such as [5m]' : '';
  scanner.fail(`expected type ${TYPE_NAMES[wanted]} in ${where}, got ${TYPE_NAMES[expr.type]}${hint}`, expr.span.from);
}

export function checkCall(scanner: Scanner, name: string, signature: Signature, args: readonly Expr[], span: Span): Expr {
  const most = signature.variadic < 0 ? Infinity : signature.args.length + Math.max(0, signature.variadic - 1);
  const least = signature.variadic === 0 ? signature.args.length : signature.args.length - 1;
  const wanted = `argument(s) in call to ${quote(name)}, got ${args.length}`;
  if (args.length < least) scanner.fail(`expected ${least === most ? '' : 'at least '}${least} ${wanted}`, span.from);
  if (args.length > most) scanner.fail(`expected ${least === most ? '' : 'at most '}${most} ${wanted}`, span.from);
  for (const [i, arg] of args.entries()) {
    const type = signature.args[Math.min(i, signature.args.length - 1)]!;
    expectType(scanner, arg, type, `call to function ${quote(name)}`);
  }
  if (name === 'info' && args[1] !== undefined && args[1].kind !== 'selector') {
    scanner.fail('expected label selectors only, such as {version=~".+"}, as the second argument of info', args[1].span.from);
  }
  return Object.freeze({ kind: 'call', type: signature.type, name, args: Object.freeze(args), span });
}

export function checkAggregation(scanner: Scanner, node: Aggregation): Aggregation {
  expectType(scanner, node.expr, 'vector', 'aggregation expression');
  const param = AGGREGATION_PARAM[node.op];
  if (param !== undefined) expectType(scanner, node.param!, param, 'aggregation parameter');
  return node;
}

export function checkUnary(scanner: Scanner, op: '+' | '-', expr: Expr, span: Span): Expr {
  if (expr.kind === 'number') return Object.freeze({ ...expr, value: op === '-' ? -expr.value : expr.value, span });
  if (expr.type !== 'scalar' && expr.type !== 'vector') {
    scanner.fail(
      `unary expression only allowed on expressions of type scalar or instant vector, got ${quote(TYPE_NAMES[expr.type])}`,
      span.from,
    );
  }
  return Object.freeze({ kind: 'unary', type: expr.type, op, expr, span });
}

export interface SelectorParts {
  /** The metric's name before the braces. */
  readonly name: string | undefined;
  readonly matchers: readonly Matcher[];
  /** Whether it may match every series. */
  readonly any: boolean;
  readonly span: Span;
}

export function checkSelector(scanner: Scanner, { name, matchers, any, span }: SelectorParts): VectorSelector {
  if (name !== undefined) {
    const twice = matchers.slice(1).find((matcher) => matcher.name === '__name__');
    if (twice !== undefined) scanner.fail(`metric name must not be set twice: ${quote(name)} or ${quote(twice.value)}`, span.from);
  }
  const compiled = compileMatchers(matchers);
  if ('problem' in compiled) scanner.fail(compiled.problem, span.from);
  if (!any && compiled.every((matcher) => matcher.matches(''))) {
    scanner.fail('vector selector must contain at least one non-empty matcher, such as a metric name or {job="api"}', span.from);
  }
  return Object.freeze({
    kind: 'selector',
    type: 'vector',
    matchers: Object.freeze(matchers.map((matcher) => Object.freeze(matcher))),
    offset: 0,
    at: undefined,
    edge: undefined,
    span,
  });
}

export interface BinaryParts {
  readonly op: BinaryOp;
  readonly left: Expr;
  readonly right: Expr;
  readonly bool: boolean;
  readonly modifiers: Partial<VectorMatching> | undefined;
  /** Where the operator stands. */
  readonly at: number;
  readonly span: Span;
}

export function checkBinary(scanner: Scanner, parts: BinaryParts): Expr {
  const { op, left, right, bool, modifiers, at, span } = parts;
  const comparison = isComparison(op);
  if (bool && !comparison) scanner.fail('bool modifier can only be used on comparison operators', at);
  for (const side of [left, right]) {
    if (side.type !== 'scalar' && side.type !== 'vector') {
      scanner.fail('binary expression must contain only scalar and instant vector types', side.span.from);
    }
  }
  const scalars = left.type === 'scalar' && right.type === 'scalar';
  const vectors = left.type === 'vector' && right.type === 'vector';
  if (scalars && comparison && !bool) scanner.fail(`comparisons between scalars must use BOOL modifier, as in 1 ${op} bool 2`, at);
  if (isSetOp(op) && !vectors) scanner.fail(`set operator ${quote(op)} not allowed in binary scalar expression`, at);
  if (modifiers !== undefined) checkModifiers(scanner, parts, modifiers, vectors);
  const card = isSetOp(op) ? 'many-to-many' : 'one-to-one';
  const fills = { fillLeft: modifiers?.fillLeft, fillRight: modifiers?.fillRight };
  const matching = vectors ? Object.freeze({ card, on: false, labels: [], include: [], ...modifiers, ...fills } as const) : undefined;
  return Object.freeze({ kind: 'binary', type: scalars ? 'scalar' : 'vector', op, left, right, bool, matching, span });
}

function checkModifiers(scanner: Scanner, parts: BinaryParts, modifiers: Partial<VectorMatching>, vectors: boolean): void {
  const { op, at } = parts;
  // Between numbers `on ()` says nothing, and Prometheus lets it stand.
  if (!vectors && (modifiers.labels ?? []).length > 0) {
    scanner.fail('vector matching only allowed between instant vectors', at);
  }
  const filled = modifiers.fillLeft !== undefined || modifiers.fillRight !== undefined;
  if (filled && !vectors) scanner.fail('filling in missing series only allowed between instant vectors', at);
  if (filled && isSetOp(op)) scanner.fail('filling in missing series not allowed for set operators', at);
  if (modifiers.card === undefined) return;
  if (isSetOp(op)) scanner.fail(`no grouping allowed for ${quote(op)} operation`, at);
  if (!modifiers.on) return;
  const both = modifiers.include?.find((label) => modifiers.labels?.includes(label));
  if (both !== undefined) scanner.fail(`label ${quote(both)} must not occur in ON and GROUP clause at once`, at);
}
