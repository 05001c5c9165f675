import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { aggregationNamed, enough } from '../aggregations.ts';
import type { CallContext } from './function-spec.ts';
import { slide } from './slide.ts';

const context = { rest: () => undefined, spend: () => undefined } as unknown as CallContext;
const number = fc.oneof({ weight: 5, arbitrary: fc.integer({ min: -50, max: 50 }) }, fc.constant(NaN));

test.each(['sum', 'average', 'min', 'max', 'median', 'last', 'count', 'stddev'])('a long window of %s is that of each window by itself', async (func) => {
  const property = fc.asyncProperty(fc.array(number, { maxLength: 200 }), fc.integer({ min: 33, max: 60 }), fc.constantFrom(0, 0.8), async (list, points, factor) => {
    const values = Float64Array.from(list);
    const made = await slide(context, values, points, func, factor);
    expect(made.length).toBe(Math.max(0, list.length - points));
    for (const [i, value] of made.entries()) {
      const window = values.subarray(i, i + points);
      const there = window.filter((one) => one === one).length;
      const whole = enough(there, points, factor) ? aggregationNamed(func)(window) : NaN;
      if (whole === whole) expect(value).toBeCloseTo(whole, 9);
      else expect(value).toBeNaN();
    }
  });
  await fc.assert(property, { numRuns: 100 });
}); // prettier-ignore
