import { badRequest } from '../../platform/problem.ts';
import {
  formatFloat,
  FUNCTIONS,
  parse,
  PromQLSyntaxError,
  type Aggregation,
  type Call,
  type Duration,
  type Expr,
  type VectorMatching,
  type VectorSelector,
} from '../promql/index.ts';

/**
 * An expression as the tree that Prometheus' `/api/v1/parse_query` answers.
 * Source: https://github.com/prometheus/prometheus/blob/main/web/api/v1/translate_ast.go
 */
export function parseQuery(text: string): unknown {
  try {
    return tree(parse(text), text);
  } catch (error) {
    if (error instanceof PromQLSyntaxError) throw badRequest(`invalid parameter "query": ${error.message}`);
    throw error;
  }
}

/** Durations that depend on the query's step or range are worked out at evaluation; the tree has 0 for them, as Prometheus' has. */
const ms = (duration: Duration | undefined): number => (typeof duration === 'number' ? duration : 0);

/** Longer than most: a case a node. */
function tree(expr: Expr, text: string): unknown {
  switch (expr.kind) {
    case 'number':
      return { type: 'numberLiteral', val: formatFloat(expr.value) };
    case 'string':
      return { type: 'stringLiteral', val: expr.value };
    case 'paren':
      return { type: 'parenExpr', expr: tree(expr.expr, text) };
    case 'unary':
      return { type: 'unaryExpr', op: expr.op, expr: tree(expr.expr, text) };
    case 'selector':
      return { type: 'vectorSelector', ...selector(expr, text) };
    case 'range':
      return { type: 'matrixSelector', ...selector(expr.selector, text), range: ms(expr.range) };
    case 'subquery':
      return {
        type: 'subquery',
        expr: tree(expr.expr, text),
        range: ms(expr.range),
        offset: ms(expr.offset),
        step: ms(expr.step),
        ...at(expr.at),
      };
    case 'call':
      return { type: 'call', func: functionOf(expr), args: expr.args.map((arg) => tree(arg, text)) };
    case 'aggregation':
      return aggregation(expr, text);
    default:
      return {
        type: 'binaryExpr',
        op: expr.op,
        lhs: tree(expr.left, text),
        rhs: tree(expr.right, text),
        matching: matchingOf(expr.matching),
        bool: expr.bool,
      };
  }
}

function aggregation({ op, expr, param, grouping, without }: Aggregation, text: string) {
  const type = 'aggregation';
  return { type, op, expr: tree(expr, text), param: param === undefined ? null : tree(param, text), grouping, without };
}

function functionOf({ name, type }: Call) {
  const known = FUNCTIONS.get(name);
  return { name, argTypes: known?.args ?? [], variadic: known?.variadic ?? 0, returnType: known?.type ?? type };
}

const matchingOf = (matching: VectorMatching | undefined) =>
  matching === undefined
    ? null
    : {
        card: matching.card,
        labels: matching.labels,
        on: matching.on,
        include: matching.include,
        fillValues: { lhs: matching.fillLeft ?? null, rhs: matching.fillRight ?? null },
      };

const at = (given: VectorSelector['at']) => ({
  timestamp: given?.kind === 'time' ? given.ms : null,
  startOrEnd: given === undefined || given.kind === 'time' ? null : given.kind,
});

function selector(expr: VectorSelector, text: string) {
  // The name is told apart only where it stands before the braces; it comes last among the matchers then.
  const outside = text[expr.span.from] !== '{';
  const name = outside ? expr.matchers.find((one) => one.name === '__name__') : undefined;
  const matchers = name === undefined ? expr.matchers : [...expr.matchers.filter((one) => one !== name), name];
  return {
    name: name?.value ?? '',
    offset: ms(expr.offset),
    matchers: matchers.map(({ name, op, value }) => ({ name, value, type: op })),
    ...at(expr.at),
    anchored: expr.edge === 'anchored',
    smoothed: expr.edge === 'smoothed',
  };
}
