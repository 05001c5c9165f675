/** The Prometheus project's own grammar as a second opinion: what is taken here, it takes too. */
import { parser } from '@prometheus-io/lezer-promql';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from './parse.ts';

function lezerTakes(text: string): boolean {
  let fine = true;
  parser.parse(text).iterate({ enter: (node) => void (fine &&= !node.type.isError) });
  return fine;
}

const WORDS = [
  'a', 'sum', 'rate(', 'topk(2,', 'by', '(x)', 'on', 'ignoring', 'group_left', 'offset 5m', 'bool', 'and', 'unless', '(', ')', '{', '}', '[5m]', '[1h:]',
  ',', '@', 'x="y"', '==', '<', '+', '-', '*', '^', '5m', '3', '"s"', 'end()', 'abs(', 'fill(0)', 'anchored',
]; // prettier-ignore

test('of any words, what is taken here Prometheus takes too', () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 9 }), (words) => {
      const text = words.join(' ');
      try {
        parse(text);
      } catch {
        return;
      }
      taken++;
      expect(lezerTakes(text), text).toBe(true);
    }),
    { numRuns: 8000, seed: 7 },
  );
  expect(taken).toBeGreaterThan(100);
});
