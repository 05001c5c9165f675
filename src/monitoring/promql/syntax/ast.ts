/** The expressions of PromQL (Prometheus 3) as data: frozen, typed, and free of the text they were written in but for `span`. Longer than most: a type a node. */
import type { Matcher } from '../../series.ts';

export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string';

/** Where a node stands in the query's text: UTF-16 offsets, `to` exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Arithmetic on durations, in seconds: `[5m + step()]`. */
export type DurationNode =
  | { readonly op: 'seconds'; readonly value: number }
  | { readonly op: 'step' }
  | { readonly op: 'range' }
  | { readonly op: 'negate'; readonly right: DurationNode }
  | { readonly op: '+' | '-' | '*' | '/' | '%' | '^' | 'min_of' | 'max_of'; readonly left: DurationNode; readonly right: DurationNode };

/** Milliseconds, or what has to be worked out for each query because it speaks of the query's step or range. */
export type Duration = number | DurationNode;

/** The `@` modifier: a time in milliseconds, or an end of the query's range. */
export type At = { readonly kind: 'time'; readonly ms: number } | { readonly kind: 'start' | 'end' };

export interface NumberLiteral {
  readonly kind: 'number';
  readonly type: 'scalar';
  readonly value: number;
  readonly span: Span;
}

export interface StringLiteral {
  readonly kind: 'string';
  readonly type: 'string';
  readonly value: string;
  readonly span: Span;
}

export interface VectorSelector {
  readonly kind: 'selector';
  readonly type: 'vector';
  /** The metric's name is among them, as `__name__`. */
  readonly matchers: readonly Matcher[];
  readonly offset: Duration;
  readonly at: At | undefined;
  readonly edge: 'anchored' | 'smoothed' | undefined;
  readonly span: Span;
}

export interface MatrixSelector {
  readonly kind: 'range';
  readonly type: 'matrix';
  readonly selector: VectorSelector;
  readonly range: Duration;
  readonly span: Span;
}

export interface Subquery {
  readonly kind: 'subquery';
  readonly type: 'matrix';
  readonly expr: Expr;
  readonly range: Duration;
  /** Undefined: the engine's default step. */
  readonly step: Duration | undefined;
  readonly offset: Duration;
  readonly at: At | undefined;
  readonly span: Span;
}

export interface Call {
  readonly kind: 'call';
  readonly type: 'scalar' | 'vector';
  readonly name: string;
  readonly args: readonly Expr[];
  readonly span: Span;
}

export interface Aggregation {
  readonly kind: 'aggregation';
  readonly type: 'vector';
  readonly op: AggregationOp;
  readonly param: Expr | undefined;
  readonly expr: Expr;
  readonly without: boolean;
  readonly grouping: readonly string[];
  readonly span: Span;
}

export interface VectorMatching {
  readonly card: 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many';
  readonly on: boolean;
  readonly labels: readonly string[];
  /** Labels that `group_left` and `group_right` copy from the one side. */
  readonly include: readonly string[];
  readonly fillLeft: number | undefined;
  readonly fillRight: number | undefined;
}

export interface Binary {
  readonly kind: 'binary';
  readonly type: 'scalar' | 'vector';
  readonly op: BinaryOp;
  readonly left: Expr;
  readonly right: Expr;
  readonly bool: boolean;
  /** Present exactly where both sides are vectors. */
  readonly matching: VectorMatching | undefined;
  readonly span: Span;
}

export interface Unary {
  readonly kind: 'unary';
  readonly type: 'scalar' | 'vector';
  readonly op: '+' | '-';
  readonly expr: Expr;
  readonly span: Span;
}

export interface Paren {
  readonly kind: 'paren';
  readonly type: ValueType;
  readonly expr: Expr;
  readonly span: Span;
}

export type Expr = NumberLiteral | StringLiteral | VectorSelector | MatrixSelector | Subquery | Call | Aggregation | Binary | Unary | Paren;

export const AGGREGATION_OPS = [
  'sum', 'avg', 'min', 'max', 'count', 'stddev', 'stdvar', 'group', 'topk', 'bottomk', 'quantile', 'count_values', 'limitk', 'limit_ratio',
] as const; // prettier-ignore
export type AggregationOp = (typeof AGGREGATION_OPS)[number];

/** Aggregations that take a parameter before the vector, and its type. */
export const AGGREGATION_PARAM: Readonly<Partial<Record<AggregationOp, 'scalar' | 'string'>>> = {
  topk: 'scalar',
  bottomk: 'scalar',
  quantile: 'scalar',
  limitk: 'scalar',
  limit_ratio: 'scalar',
  count_values: 'string',
};

export type BinaryOp = ArithmeticOp | ComparisonOp | SetOp;
export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2';
export type ComparisonOp = '==' | '!=' | '<' | '<=' | '>' | '>=' | '</' | '>/';
export type SetOp = 'and' | 'or' | 'unless';

/** From loosest to tightest. */
export const PRECEDENCE: Readonly<Record<BinaryOp, number>> = {
  or: 1,
  and: 2, unless: 2,
  '==': 3, '!=': 3, '<': 3, '<=': 3, '>': 3, '>=': 3, '</': 3, '>/': 3,
  '+': 4, '-': 4,
  '*': 5, '/': 5, '%': 5, atan2: 5,
  '^': 6,
}; // prettier-ignore

export const isSetOp = (op: BinaryOp): op is SetOp => op === 'and' || op === 'or' || op === 'unless';
/** Comparisons filter, or answer 0 and 1 with `bool`. `</` and `>/` trim native histograms and leave floats alone. */
export const isComparison = (op: BinaryOp): op is ComparisonOp => PRECEDENCE[op] === 3 && op !== '</' && op !== '>/';

/** The name of a type as Prometheus' messages have it. */
export const TYPE_NAMES: Readonly<Record<ValueType, string>> = {
  scalar: 'scalar',
  vector: 'instant vector',
  matrix: 'range vector',
  string: 'string',
};

/** The expression inside any parentheses. */
export function unwrap(expr: Expr): Expr {
  let inner = expr;
  while (inner.kind === 'paren') inner = inner.expr;
  return inner;
}

/** The direct parts of an expression, left to right. */
export function children(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'range':
      return [expr.selector];
    case 'subquery':
    case 'unary':
    case 'paren':
      return [expr.expr];
    case 'call':
      return expr.args;
    case 'aggregation':
      return expr.param === undefined ? [expr.expr] : [expr.param, expr.expr];
    case 'binary':
      return [expr.left, expr.right];
    default:
      return [];
  }
}
