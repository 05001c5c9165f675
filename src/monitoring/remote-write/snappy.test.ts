import * as fc from 'fast-check';
import { compress } from 'snappyjs';
import { expect, test } from 'vitest';
import { fuzz } from '../../../test/harness/fuzz.ts';
import { SnappyDecoder, snappySize } from './snappy.ts';

/** Used again and again, as where requests come in: what earlier blocks left in its memory must not show. */
const shared = new SnappyDecoder(1 << 20);

const decode = (block: Uint8Array): Buffer | undefined => {
  const size = snappySize(block);
  if (size < 0 || size > 1 << 24) return undefined;
  const decoder = shared.fits(block.length, size) ? shared : new SnappyDecoder(block.length + size);
  const bytes = decoder.decode(block, size);
  return bytes && Buffer.from(bytes);
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
  ['a literal of four gigabytes', '01fcffffffff0061'],
  ['a literal whose length is not all there', '04f4'],
  ['a copy whose offset is not all there', '0500611601'],
  ['a copy beyond what was declared', '0200610101fe01'],
])('%s is damage', (_, hex) => {
  expect(decode(Buffer.from(hex, 'hex'))).toBeUndefined();
});

// Nothing that a program writes in its own way looks like these: each kind of element, as the format has it.
test.each([
  ['a literal', '0308616263', 'abc'],
  ['a literal with a length of one byte', '03f002616263', 'abc'],
  ['a literal with a length of two bytes', '03f40200616263', 'abc'],
  ['a literal with a length of three bytes', '03f8020000616263', 'abc'],
  ['a literal with a length of four bytes', '03fc02000000616263', 'abc'],
  ['a copy from three bytes back, of more than that', '0b086162631103', 'abcabcabcab'],
  ['a copy with an offset of two bytes', '0508616263060300', 'abcab'],
  ['a copy with an offset of four bytes', '05086162630703000000', 'abcab'],
  ['nothing at all', '00', ''],
])('%s', (_, hex, text) => {
  expect(decode(Buffer.from(hex, 'hex'))?.toString()).toBe(text);
});

test('a copy from more than 1,024 bytes back, and one from more than 64 KiB', () => {
  const noise = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 7919) >> 3));
  const literal = Buffer.concat([Buffer.from([0xf8, ...[0, 8, 16].map((shift) => ((noise.length - 1) >> shift) & 255)]), noise]);
  const size = (bytes: number): number[] => [(bytes & 127) | 128, ((bytes >> 7) & 127) | 128, bytes >> 14];
  const copies = Buffer.from([0b111_001_01, 0x2a, 0b111111_11, 0x70, 0x11, 1, 0]);
  const far = noise.length + 5 - 0x11170;
  const expected = Buffer.concat([noise, noise.subarray(noise.length - 0x72a).subarray(0, 5), noise.subarray(far).subarray(0, 64)]);
  expect(decode(Buffer.concat([Buffer.from(size(expected.length)), literal, copies]))?.equals(expected)).toBe(true);
});

test('copies that go on beyond what was declared, and beyond the memory', () => {
  const endless = Array.from({ length: 30_000 }, () => [0b111111_10, 1, 0]).flat();
  expect(decode(Buffer.from([4, 0, 0x61, ...endless]))).toBeUndefined();
});

test('what an earlier block left behind the end is not read', () => {
  expect(decode(Buffer.from('071800000300616263', 'hex'))?.length).toBe(7);
  // Its last two bytes would be 0300: a literal of four.
  expect(decode(Buffer.from('050061f4', 'hex'))).toBeUndefined();
});

test('what does not fit is refused before anything is read', () => {
  const small = new SnappyDecoder(100);
  expect(small.fits(65_000, 1_000)).toBe(false);
  expect(() => small.decode(new Uint8Array(65_000), 1_000)).toThrow('no room to decode 65000 bytes to 1000');
});
