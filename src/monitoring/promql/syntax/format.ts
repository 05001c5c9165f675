/** Writes an expression as PromQL that parses to the same again. */
import { formatDuration } from '../../../platform/duration.ts';
import { formatFloat } from '../number-format.ts';
import type { Matcher } from '../../series.ts';
import { isSetOp, PRECEDENCE, type At, type Binary, type Duration, type DurationNode, type Expr, type VectorSelector } from './ast.ts';
import { quote } from './strings.ts';

const METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** Words that the grammar reads as something else than a metric where a metric may stand. */
const NOT_METRICS = /^(?:on|ignoring|bool|group_left|group_right|and|or|unless|atan2|inf|nan)$/i;

export function format(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return formatNumber(expr.value);
    case 'string':
      return quote(expr.value);
    case 'selector':
      return formatSelector(expr) + edge(expr) + modifiers(expr.offset, expr.at);
    case 'range': {
      const { selector } = expr;
      return `${formatSelector(selector)}[${duration(expr.range)}]${edge(selector)}${modifiers(selector.offset, selector.at)}`;
    }
    case 'subquery': {
      const step = expr.step === undefined ? '' : duration(expr.step);
      return `${operand(expr.expr)}[${duration(expr.range)}:${step}]${modifiers(expr.offset, expr.at)}`;
    }
    case 'call':
      return `${expr.name}(${expr.args.map(format).join(', ')})`;
    case 'aggregation': {
      const grouping = expr.grouping.length > 0 || expr.without ? ` ${expr.without ? 'without' : 'by'} (${labelList(expr.grouping)}) ` : '';
      const param = expr.param === undefined ? '' : `${format(expr.param)}, `;
      return `${expr.op}${grouping}(${param}${format(expr.expr)})`;
    }
    case 'paren':
      return `(${format(expr.expr)})`;
    case 'unary':
      return expr.op + unaryOperand(expr.expr);
    default:
      return formatBinary(expr);
  }
}

function unaryOperand(expr: Expr): string {
  // A sign before a number would melt into it.
  if (expr.kind === 'number') return `(${format(expr)})`;
  return expr.kind === 'unary' ? format(expr) : inside(expr, PRECEDENCE['^']);
}

function formatBinary(expr: Binary): string {
  const own = PRECEDENCE[expr.op];
  const rightwards = expr.op === '^';
  const left = inside(expr.left, rightwards ? own + 1 : own);
  // A sign at the start of the right side can't be taken for anything else.
  const right = signed(expr.right) ? format(expr.right) : inside(expr.right, rightwards ? own : own + 1);
  return `${left} ${expr.op}${expr.bool ? ' bool' : ''}${matching(expr)} ${right}`;
}

/** In parentheses where it would bind looser than `precedence`. */
function inside(expr: Expr, precedence: number): string {
  const own = expr.kind === 'binary' ? PRECEDENCE[expr.op] : signed(expr) ? PRECEDENCE['*'] : Infinity;
  return own < precedence ? `(${format(expr)})` : format(expr);
}

const negative = (expr: Expr): boolean => expr.kind === 'number' && (expr.value < 0 || Object.is(expr.value, -0));

const signed = (expr: Expr): boolean => expr.kind === 'unary' || negative(expr);

/** What a subquery's brackets bind to. */
function operand(expr: Expr): string {
  return expr.kind === 'binary' || signed(expr) ? `(${format(expr)})` : format(expr);
}

function matching({ matching, op }: Binary): string {
  if (matching === undefined) return '';
  const { card, on, labels, include, fillLeft, fillRight } = matching;
  const fill = (name: string, value: number | undefined): string => (value === undefined ? '' : ` ${name}(${formatNumber(value)})`);
  let out = '';
  const grouped = card === 'many-to-one' || card === 'one-to-many';
  if (on || labels.length > 0 || (grouped && !isSetOp(op))) out += ` ${on ? 'on' : 'ignoring'} (${labelList(labels)})`;
  if (grouped) out += ` ${card === 'many-to-one' ? 'group_left' : 'group_right'} (${labelList(include)})`;
  return out + fill('fill_left', fillLeft) + fill('fill_right', fillRight);
}

const labelList = (labels: readonly string[]): string => labels.map((label) => (LABEL.test(label) ? label : quote(label))).join(', ');

export function formatSelector({ matchers }: Pick<VectorSelector, 'matchers'>): string {
  const name = matchers.findIndex((matcher) => matcher.name === '__name__' && matcher.op === '=' && matcher.value !== '');
  const metric = matchers[name]?.value ?? '';
  const once = matchers.filter((matcher) => matcher.name === '__name__').length === 1;
  const bare = once && METRIC.test(metric) && !NOT_METRICS.test(metric);
  const quotable = once && name >= 0 && !bare;
  const rest = matchers.filter((_, i) => !(bare || quotable) || i !== name).map(formatMatcher);
  const inner = quotable ? [quote(metric), ...rest] : rest;
  if (!bare) return `{${inner.join(', ')}}`;
  return inner.length === 0 ? metric : `${metric}{${inner.join(', ')}}`;
}

const formatMatcher = ({ name, op, value }: Matcher): string => `${LABEL.test(name) ? name : quote(name)}${op}${quote(value)}`;

const edge = ({ edge }: VectorSelector): string => (edge === undefined ? '' : ` ${edge}`);

function modifiers(offset: Duration, at: At | undefined): string {
  const when = at === undefined ? '' : at.kind === 'time' ? ` @ ${formatFloat(at.ms / 1000)}` : ` @ ${at.kind}()`;
  return when + (offset === 0 ? '' : ` offset ${duration(offset)}`);
}

const duration = (value: Duration): string => (typeof value === 'number' ? formatDuration(value) : formatNode(value));

function formatNode(node: DurationNode): string {
  switch (node.op) {
    case 'seconds':
      return formatFloat(node.value);
    case 'step':
    case 'range':
      return `${node.op}()`;
    case 'negate':
      return `(-${formatNode(node.right)})`;
    case 'min_of':
    case 'max_of':
      return `${node.op}(${formatNode(node.left)}, ${formatNode(node.right)})`;
    default:
      return `(${formatNode(node.left)} ${node.op} ${formatNode(node.right)})`;
  }
}

const formatNumber = (value: number): string => (value === Infinity ? 'Inf' : value === -Infinity ? '-Inf' : formatFloat(value));
