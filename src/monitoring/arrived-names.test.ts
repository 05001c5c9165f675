import { expect, test } from 'vitest';
import { ArrivedNames } from './arrived-names.ts';

test('names are told once a batch, however many series and samples they have', () => {
  const asked: number[] = [];
  const names = new ArrivedNames((id) => {
    asked.push(id);
    return `m${id % 1000}`;
  });
  expect([...names.of(Uint32Array.of(1, 1, 1001, 2, 1))]).toEqual(['m1', 'm2']);
  expect([...names.of(Uint32Array.of(2, 1001))]).toEqual(['m2', 'm1']);
  expect(asked).toEqual([1, 1001, 2]);
  const many = Uint32Array.from({ length: 20_000 }, (_, i) => i);
  expect(names.of(many).size).toBe(1000);
  expect(names.of(Uint32Array.of(19_999))).toEqual(new Set(['m999']));
  expect(names.of(new Uint32Array(0)).size).toBe(0);
});
