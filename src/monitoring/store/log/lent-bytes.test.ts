import { expect, test } from 'vitest';
import { LentBytes } from './lent-bytes.ts';
import { encodeSamples } from './log-record.ts';

test('what is given back is lent again, to whoever asks for no more than it holds', () => {
  const memory = new LentBytes();
  const first = memory.take(5000);
  expect(first.byteLength).toBe(8192);
  expect(memory.take(5000)).not.toBe(first);
  memory.giveBack(first);
  expect(memory.take(8193)).not.toBe(first);
  expect(memory.take(4097)).toBe(first);
});

test('large pieces are not kept, nor more than some megabytes', () => {
  const memory = new LentBytes();
  const large = memory.take(2 ** 20 + 1);
  memory.giveBack(large);
  expect(memory.take(2 ** 20 + 1)).not.toBe(large);
  const many = Array.from({ length: 9 }, () => memory.take(2 ** 20));
  for (const one of many) memory.giveBack(one);
  const again = new Set(Array.from({ length: 9 }, () => memory.take(2 ** 20)));
  expect(many.filter((one) => again.has(one)).length).toBe(8);
});

test('a record in lent memory is, byte by byte, the one in fresh memory', () => {
  const memory = new LentBytes();
  const dirty = memory.take(100);
  new Uint8Array(dirty).fill(255);
  memory.giveBack(dirty);
  const columns = { ids: Uint32Array.of(1, 2, 3), times: Float64Array.of(4, 5, 6), values: Float64Array.of(7, NaN, 9) };
  const record = encodeSamples(columns, memory);
  expect(record.buffer).toBe(dirty);
  expect(record.equals(encodeSamples(columns))).toBe(true);
});
