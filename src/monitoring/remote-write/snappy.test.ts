import * as fc from 'fast-check';
import { compress } from 'snappyjs';
import { expect, test } from 'vitest';
import { fuzz } from '../../../test/harness/fuzz.ts';
import { snappyDecode, snappySize } from './snappy.ts';

const decode = (block: Uint8Array): Buffer | undefined => {
  const size = snappySize(block);
  if (size < 0 || size > 1 << 24) return undefined;
  const out = Buffer.alloc(size);
  return snappyDecode(block, out, size) ? out : undefined;
};

/** Text that compresses: long runs, repeated words, and noise. */
const bytes = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .tuple(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.nat(2000))
        .map(([word, times]) => Buffer.concat(Array.from({ length: times }, () => word))),
    ),
    { maxLength: 8 },
  )
  .map((parts) => Buffer.concat(parts));

test('what another library compressed comes back', () => {
  fc.assert(
    fc.property(bytes, (input) => {
      expect(decode(compress(input))?.equals(input)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('a damaged block never makes it read or write where it may not', async () => {
  await fuzz(
    fc.property(bytes, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 }), fc.nat(), (input, edits, cut) => {
      const block = Buffer.from(compress(input));
      for (const [at, byte] of edits) if (block.length > 0) block[at % block.length] = byte;
      expect(() => decode(block.subarray(0, block.length - (cut % 3)))).not.toThrow();
    }),
    300,
  );
});

test.each([
  ['nothing', '', -1],
  ['a size without an end', 'ffffffffffff', -1],
  ['a size beyond 32 bits', 'ffffffff7f', -1],
  ['four gigabytes less one', 'ffffffff0f', 4294967295],
])('the declared size of %s', (_, hex, size) => {
  expect(snappySize(Buffer.from(hex, 'hex'))).toBe(size);
});

test.each([
  ['a copy before anything was written', '040101'],
  ['a copy from offset zero', '0500610100'],
  ['a literal beyond the input', '051061'],
  ['fewer bytes than declared', '050061'],
  ['more bytes than declared', '01046162'],
])('%s is damage', (_, hex) => {
  expect(decode(Buffer.from(hex, 'hex'))).toBeUndefined();
});
