/** Binary operators where a native histogram is on either side. */
import type { Histogram } from '../../histogram.ts';
import { add, divide, equals, multiply, subtract, trim } from '../../histogram/index.ts';
import { isComparison, type Binary } from '../syntax/ast.ts';
import type { Context } from './context.ts';
import { combined, incompatibleBuckets, incompatibleTypes } from './tell-histograms.ts';

type Operand = number | Histogram;

/** Undefined where there is no answer, and why not was said. A comparison that holds passes on its left side; with `bool` it is 1 or 0. */
export function nativeOperation(context: Context, { op, bool, span }: Binary, left: Operand, right: Operand): Operand | undefined {
  const type = (side: Operand): string => (typeof side === 'number' ? 'float' : 'histogram');
  const impossible = (): undefined => {
    incompatibleTypes(context, type(left), op, type(right), span);
    return undefined;
  };
  if (typeof left === 'number') return op === '*' && typeof right !== 'number' ? multiply(right, left) : impossible();
  if (typeof right === 'number') {
    if (op === '*') return multiply(left, right);
    if (op === '/') return divide(left, right);
    if (op === '</' || op === '>/') return trim(left, right, op === '</');
    return impossible();
  }
  if (op === '==' || op === '!=') {
    const holds = equals(left, right) === (op === '==');
    return bool && isComparison(op) ? Number(holds) : holds ? left : undefined;
  }
  if (op !== '+' && op !== '-') return impossible();
  const result = op === '+' ? add(left, right) : subtract(left, right);
  if (result === undefined) {
    incompatibleBuckets(context, op, span);
    return undefined;
  }
  combined(context, result, op === '+' ? 'addition' : 'subtraction', span);
  return result.histogram;
}
