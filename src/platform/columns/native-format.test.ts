import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Column } from './columns.ts';
import { encodeBlock, readBlocks } from './native-format.ts';

test('what goes in comes out, whatever the lengths', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ id: fc.nat(), value: fc.double(), name: fc.string({ unit: 'binary' }) }), { maxLength: 300 }),
      (rows) => {
        const columns: Column[] = [
          { name: 'id', type: 'UInt32', data: Uint32Array.from(rows, (row) => row.id) },
          { name: 'name', type: 'String', data: rows.map((row) => Buffer.from(row.name).toString()) },
          { name: 'value', type: 'Float64', data: Float64Array.from(rows, (row) => row.value) },
        ];
        const bytes = Buffer.concat([...encodeBlock(columns), ...encodeBlock(columns)]);
        expect([...readBlocks(bytes)]).toEqual(
          rows.length === 0
            ? []
            : [
                { rows: rows.length, columns },
                { rows: rows.length, columns },
              ],
        );
      },
    ),
    { numRuns: 100 },
  );
});

test('a torn answer is an error, not a wrong one', () => {
  const bytes = Buffer.concat(encodeBlock([{ name: 'id', type: 'UInt32', data: Uint32Array.of(1, 2, 3) }]));
  expect(() => [...readBlocks(bytes.subarray(0, bytes.length - 1))]).toThrow('inside a value');
});

test('columns of different lengths are refused', () => {
  expect(() =>
    encodeBlock([
      { name: 'id', type: 'UInt32', data: Uint32Array.of(1, 2) },
      { name: 'value', type: 'Float64', data: Float64Array.of(1) },
    ]),
  ).toThrow("Column 'value' has 1 rows, the first has 2.");
});
