/** What may follow an operand and binds tighter than any operator: `[5m]`, `[1h:5m]`, `offset`, `@`, `anchored`, `smoothed`. */
import type { At, Duration, Expr, MatrixSelector, Subquery, VectorSelector } from './ast.ts';
import { TYPE_NAMES } from './ast.ts';
import { parseDuration, parseOffset } from './duration.ts';
import type { Scanner } from './scanner.ts';

export function applyPostfix(scanner: Scanner, primary: Expr): Expr {
  let expr = primary;
  // Which modifiers the operand has already: a second one is an error even where the first said 0.
  let seen = new Set<string>();
  for (;;) {
    const from = scanner.position;
    if (scanner.peek() === '[') {
      expr = range(scanner, expr, seen);
      if (expr.kind === 'subquery') seen = new Set();
    } else if (scanner.take('@')) expr = at(scanner, expr, seen, from);
    else if (scanner.takeKeyword('offset')) expr = offset(scanner, expr, seen, from);
    else if (scanner.takeKeyword('anchored')) expr = edge(scanner, expr, 'anchored', from);
    else if (scanner.takeKeyword('smoothed')) expr = edge(scanner, expr, 'smoothed', from);
    else return expr;
  }
}

const end = (scanner: Scanner, from: number): number => from + scanner.text.slice(from, scanner.position).trimEnd().length;

function range(scanner: Scanner, expr: Expr, seen: ReadonlySet<string>): Expr {
  const open = scanner.position;
  scanner.take('[');
  const range = parseDuration(scanner);
  positive(scanner, range, open);
  const { from } = expr.span;
  if (scanner.take(':')) {
    const step = scanner.peek() === ']' ? undefined : parseDuration(scanner);
    if (step !== undefined) positive(scanner, step, open);
    scanner.expect(']', 'to close the subquery');
    if (expr.type !== 'vector' && expr.type !== 'scalar') {
      scanner.fail(`subquery is only allowed on instant vector, got ${TYPE_NAMES[expr.type]}`, open);
    }
    if (expr.type === 'scalar') scanner.fail('subquery is only allowed on instant vector, got scalar; wrap it in vector()', open);
    const span = { from, to: end(scanner, from) };
    return Object.freeze({ kind: 'subquery', type: 'matrix', expr, range, step, offset: 0, at: undefined, span });
  }
  if (!scanner.take(']')) scanner.unexpected('"]" to close the range, or ":" for a subquery');
  if (expr.kind !== 'selector') scanner.fail('ranges only allowed for vector selectors; for other expressions write [5m:]', open);
  if (seen.has('offset')) scanner.fail('no offset modifiers allowed before range', open);
  if (seen.has('at')) scanner.fail('no @ modifiers allowed before range', open);
  return Object.freeze({ kind: 'range', type: 'matrix', selector: expr, range, span: { from, to: end(scanner, from) } });
}

function positive(scanner: Scanner, duration: Duration, position: number): void {
  if (typeof duration === 'number' && !(duration > 0)) scanner.fail('duration must be greater than 0', position);
}

type Modifiable = VectorSelector | MatrixSelector | Subquery;

function modifiable(scanner: Scanner, expr: Expr, name: string, from: number): Modifiable {
  if (expr.kind === 'selector' || expr.kind === 'range' || expr.kind === 'subquery') return expr;
  return scanner.fail(
    `${name} modifier must be preceded by an instant vector selector or range vector selector or a subquery, got ${TYPE_NAMES[expr.type]}`,
    from,
  );
}

function modify(scanner: Scanner, expr: Modifiable, change: { offset?: Duration; at?: At }): Expr {
  const span = { from: expr.span.from, to: end(scanner, expr.span.from) };
  if (expr.kind !== 'range') return Object.freeze({ ...expr, ...change, span });
  return Object.freeze({ ...expr, selector: Object.freeze({ ...expr.selector, ...change }), span });
}

function offset(scanner: Scanner, expr: Expr, seen: Set<string>, from: number): Expr {
  const target = modifiable(scanner, expr, 'offset', from);
  if (seen.has('offset')) scanner.fail('offset may not be set multiple times', from);
  seen.add('offset');
  return modify(scanner, target, { offset: parseOffset(scanner) });
}

function at(scanner: Scanner, expr: Expr, seen: Set<string>, from: number): Expr {
  const target = modifiable(scanner, expr, '@', from);
  if (seen.has('at')) scanner.fail('@ <timestamp> may not be set multiple times', from);
  seen.add('at');
  const word = scanner.peekWord().toLowerCase();
  if (word === 'start' || word === 'end') {
    scanner.advance(word);
    scanner.expect('(', `after @ ${word}`);
    scanner.expect(')', `after @ ${word}(`);
    return modify(scanner, target, { at: Object.freeze({ kind: word }) });
  }
  const negative = scanner.take('-') || (scanner.take('+'), false);
  const value = scanner.number() ?? scanner.unexpected('a timestamp in seconds, start() or end()');
  const ms = Math.round(value * 1000) * (negative ? -1 : 1);
  if (!Number.isSafeInteger(ms)) scanner.fail('timestamp out of bounds for @ modifier', from);
  return modify(scanner, target, { at: Object.freeze({ kind: 'time', ms: ms === 0 ? 0 : ms }) });
}

function edge(scanner: Scanner, expr: Expr, edge: 'anchored' | 'smoothed', from: number): Expr {
  const selector = expr.kind === 'range' ? expr.selector : expr;
  if (selector.kind !== 'selector') scanner.fail(`${edge} modifier must be preceded by a selector`, from);
  if (selector.edge !== undefined) scanner.fail(`${edge} can't be combined with ${selector.edge}`, from);
  if (edge === 'anchored' && expr.kind !== 'range') scanner.fail('anchored modifier needs a range, as in x[5m] anchored', from);
  const changed = Object.freeze({ ...selector, edge });
  const span = { from: expr.span.from, to: end(scanner, expr.span.from) };
  return Object.freeze(expr.kind === 'range' ? { ...expr, selector: changed, span } : { ...changed, span });
}
