import { expect, test } from 'vitest';
import { formatByteSize, parseByteSize } from './byte-size.ts';

test.each([
  ['0', 0],
  ['512', 512],
  ['10B', 10],
  ['1KB', 1024],
  ['1KiB', 1024],
  ['10MB', 10_485_760],
  ['2 GiB', 2_147_483_648],
  ['1m', 1_048_576],
])('%s is %d bytes', (text, bytes) => expect(parseByteSize(text)).toBe(bytes));

test.each(['', 'MB', '1.5MB', '-1KB', '9999999999999999TB', '10 megabytes'])('%j is refused', (text) =>
  expect(() => parseByteSize(text)).toThrow("such as '512KB' or '10MB'"),
);

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1536, '1.5 KiB'],
  [10_485_760, '10 MiB'],
  [33_554_432, '32 MiB'],
])('%d bytes read %s', (bytes, text) => expect(formatByteSize(bytes)).toBe(text));
