/** Durations and the arithmetic on them: `5m`, `-(1h - 5m)`, `2 * step()`, `max_of(5m, range())`. */
import type { Duration, DurationNode } from './ast.ts';
import type { Scanner } from './scanner.ts';

const PRECEDENCE = { '+': 1, '-': 1, '*': 2, '/': 2, '%': 2, '^': 3 } as const;
type Op = keyof typeof PRECEDENCE;
const MAX_DEPTH = 50;

/** A duration in brackets: the whole of arithmetic. */
export function parseDuration(scanner: Scanner): Duration {
  return fold(scanner, expression(scanner, 1, 0));
}

/** A duration after `offset`: arithmetic only in parentheses, so that `a offset 5m * 2` doubles a. */
export function parseOffset(scanner: Scanner): Duration {
  return fold(scanner, unary(scanner, 0, true));
}

function fold(scanner: Scanner, node: DurationNode): Duration {
  if (speaksOfQuery(node)) return deepFreeze(node);
  const ms = Math.round(evaluate(node, { step: 0, range: 0 }) * 1000);
  if (!Number.isSafeInteger(ms)) scanner.fail('duration out of range');
  return ms === 0 ? 0 : ms;
}

function expression(scanner: Scanner, precedence: number, depth: number): DurationNode {
  if (depth > MAX_DEPTH) scanner.fail('the duration is nested too deeply');
  let left = unary(scanner, depth, false);
  for (let op = operator(scanner); op !== undefined && PRECEDENCE[op] >= precedence; op = operator(scanner)) {
    scanner.take(op);
    left = { op, left, right: expression(scanner, op === '^' ? 3 : PRECEDENCE[op] + 1, depth + 1) };
  }
  return left;
}

const operator = (scanner: Scanner): Op | undefined => (Object.keys(PRECEDENCE) as Op[]).find((op) => op === scanner.peek());

function unary(scanner: Scanner, depth: number, bare: boolean): DurationNode {
  if (depth > MAX_DEPTH) scanner.fail('the duration is nested too deeply');
  const operand = (): DurationNode => (bare ? unary(scanner, depth + 1, true) : expression(scanner, 3, depth + 1));
  if (scanner.take('-')) {
    const right = operand();
    return { op: 'negate', right };
  }
  return scanner.take('+') ? operand() : primary(scanner, depth);
}

function primary(scanner: Scanner, depth: number): DurationNode {
  if (scanner.take('(')) {
    const inner = expression(scanner, 1, depth + 1);
    scanner.expect(')', 'to close the parenthesis');
    return inner;
  }
  const value = scanner.number();
  if (value !== undefined) return { op: 'seconds', value };
  const word = scanner.peekWord().toLowerCase();
  if (word === 'step' || word === 'range') {
    scanner.advance(word);
    scanner.expect('(', `after ${word}`);
    scanner.expect(')', `after ${word}(`);
    return { op: word };
  }
  if (word !== 'min_of' && word !== 'max_of') return scanner.unexpected('a duration such as 5m or 1h30m');
  scanner.advance(word);
  scanner.expect('(', `after ${word}`);
  const left = expression(scanner, 1, depth + 1);
  scanner.expect(',', `between the arguments of ${word}`);
  const right = expression(scanner, 1, depth + 1);
  scanner.expect(')', `after the arguments of ${word}`);
  return { op: word, left, right };
}

function speaksOfQuery(node: DurationNode): boolean {
  if (node.op === 'step' || node.op === 'range') return true;
  if (node.op === 'seconds') return false;
  if (node.op === 'negate') return speaksOfQuery(node.right);
  return speaksOfQuery(node.left) || speaksOfQuery(node.right);
}

function deepFreeze(node: DurationNode): DurationNode {
  if ('left' in node) deepFreeze(node.left);
  if ('right' in node) deepFreeze(node.right);
  return Object.freeze(node);
}

/** Seconds. `query` in seconds too. */
function evaluate(node: DurationNode, query: { step: number; range: number }): number {
  switch (node.op) {
    case 'seconds':
      return node.value;
    case 'step':
    case 'range':
      return query[node.op];
    case 'negate':
      return -evaluate(node.right, query);
    default:
      return ARITHMETIC[node.op](evaluate(node.left, query), evaluate(node.right, query));
  }
}

const ARITHMETIC: Readonly<Record<Op | 'min_of' | 'max_of', (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
  min_of: Math.min,
  max_of: Math.max,
};

/** Milliseconds; `query` in milliseconds too. NaN or infinite where a computed duration has no value. */
export function resolveDuration(duration: Duration, query: { step: number; range: number }): number {
  if (typeof duration === 'number') return duration;
  return Math.round(evaluate(duration, { step: query.step / 1000, range: query.range / 1000 }) * 1000);
}
