import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzz } from '../../../test/harness/fuzz.ts';
import { LineSplitter } from './line-splitter.ts';
import { parseNumber } from './parse-number.ts';
import { SampleBatch } from './sample-batch.ts';
import { testIntake } from './test-intake.ts';

const numberOf = (text: string): number => {
  const bytes = Buffer.from(`x${text}x`);
  return parseNumber(bytes, 1, bytes.length - 1);
};

test.each(['', '+', '-', '.', 'e5', '1e', '1e+', 'nan', 'NaN', 'inf', '0x1', '1_0', '1 ', '--1', '1.2.3', '١'])(
  '%j is no number',
  (text) => {
    expect(numberOf(text)).toBeNaN();
  },
);

test('every number is read as Number reads it', async () => {
  const digits = fc.stringMatching(/^[+-]?(\d{1,25}\.?\d{0,25}|\.\d{1,25})([eE][+-]?\d{1,3})?$/);
  await fuzz(
    fc.property(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }).map(String), digits), (text) => {
      expect(numberOf(text)).toBe(Number(text));
    }),
    5000,
  );
});

test('lines come whole however the chunks are cut, and a line too long costs only itself', () => {
  const text = ['one', 'two', 'x'.repeat(30), '', 'three', 'y'.repeat(100), 'four', 'rest'].join('\n');
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 20 }), (cuts) => {
      const long: string[] = [];
      const lines = new LineSplitter(40, () => long.push('long'));
      const ends = [...cuts.sort((a, b) => a - b), text.length];
      let got = '';
      let from = 0;
      for (const to of ends) {
        got += Buffer.from(lines.push(Buffer.from(text.slice(from, to)))).toString();
        from = to;
      }
      got += Buffer.from(lines.end()).toString();
      // A long line within one chunk is left to who reads lines.
      const expected = text.split('\n').filter((line) => long.length === 0 || !line.startsWith('y'));
      expect(got.split('\n').filter((line) => !line.startsWith('y'))).toEqual(expected.filter((line) => !line.startsWith('y')));
    }),
  );
});

test('a batch grows and keeps its order', () => {
  const batch = new SampleBatch();
  for (let i = 0; i < 5000; i++) batch.add(i, i * 2, i / 2);
  const { ids, times, values } = batch.take();
  expect([ids.length, ids[4999], times[4999], values[4999], batch.size]).toEqual([5000, 4999, 9998, 2499.5, 0]);
});

test('the book counts by reason and shows the last example, without what a terminal would act on', () => {
  const { book, intake } = testIntake('statsd');
  intake.took(5);
  intake.refuse('bad', 'first', 'a');
  intake.refuse('bad', 'second', '\u001b[31mx'.padEnd(500, 'y'), 3);
  intake.closed('in use');
  expect(book.list()).toMatchObject([{ protocol: 'statsd', taken: 5, open: false, problem: 'in use', lost: 0 }]);
  expect(book.list()[0]?.refusals[0]).toMatchObject({ reason: 'bad', count: 4, detail: 'second' });
  expect(book.list()[0]?.refusals[0]?.example).toMatch(/^·\[31mxy{190,}…$/);
});
