import { isComparison, type ArithmeticOp, type BinaryOp, type ComparisonOp } from '../syntax/ast.ts';
import { power } from './power.ts';

export const ARITHMETIC: Readonly<Record<ArithmeticOp, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  // JavaScript's remainder is C's fmod, as is Go's.
  '%': (a, b) => a % b,
  '^': power,
  atan2,
};

/** Go's math.Atan2: π where the quotient is too small to be told from zero and x is negative, also for a y below zero. */
function atan2(y: number, x: number): number {
  return y < 0 && x < 0 && x !== -Infinity && y / x === 0 ? Math.PI : Math.atan2(y, x);
}

export const COMPARISONS: Readonly<Record<ComparisonOp, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  // Trimming is for native histograms: between floats it has no answer.
  '</': () => false,
  '>/': () => false,
};

/** Whether a result is a new quantity, so that the metric's name no longer fits. */
export const changesMeaning = (op: BinaryOp): op is ArithmeticOp => Object.hasOwn(ARITHMETIC, op);

/** Writes `a op b` to `out`, a number each; answers whether there is a result. `keep` is what a comparison that holds passes on. */
export interface Operation {
  readonly filters: boolean;
  compute(a: number, b: number): number;
  holds(a: number, b: number): boolean;
}

export function operationOf(op: BinaryOp, bool: boolean): Operation {
  if (changesMeaning(op)) return { filters: false, compute: ARITHMETIC[op], holds: () => true };
  const holds = COMPARISONS[op as ComparisonOp];
  if (bool && isComparison(op)) return { filters: false, compute: (a, b) => (holds(a, b) ? 1 : 0), holds: () => true };
  return { filters: true, compute: (a) => a, holds };
}
