import { expect, test } from 'vitest';
import { Breath } from '../../../platform/columns/index.ts';
import { PathIndex } from './path-index.ts';

const NAMES = ['servers.web1.cpu', 'servers.web2.cpu', 'servers.db1.cpu', 'servers.web1.cpu.user', 'a', 'a.b.c.d', 'up'];

async function leaves(pattern: string, names: readonly string[] = NAMES): Promise<string[]> {
  const index = new PathIndex();
  await index.update(names, new Breath());
  return (await index.find(pattern, 10_000, new Breath())).filter(({ leaf }) => leaf).map(({ path }) => path);
}

test.each([
  ['servers.web1.cpu', ['servers.web1.cpu']],
  ['servers.*.cpu', ['servers.db1.cpu', 'servers.web1.cpu', 'servers.web2.cpu']],
  ['servers.web?.cpu', ['servers.web1.cpu', 'servers.web2.cpu']],
  ['servers.[a-e]*.cpu', ['servers.db1.cpu']],
  ['servers.[!a-e]*.cpu', ['servers.web1.cpu', 'servers.web2.cpu']],
  ['servers.{web1,db1}.cpu', ['servers.db1.cpu', 'servers.web1.cpu']],
  ['servers.{web{1,2},x}.cpu', ['servers.web1.cpu', 'servers.web2.cpu']],
  ['servers.**', ['servers.db1.cpu', 'servers.web1.cpu', 'servers.web1.cpu.user', 'servers.web2.cpu']],
  ['**.user', ['servers.web1.cpu.user']],
  ['*', ['a', 'up']],
  ['a.*.*.*', ['a.b.c.d']],
  ['nothing.*', []],
  ['servers.we*b*1.*', ['servers.web1.cpu']],
])('%s', async (pattern, expected) => {
  expect(await leaves(pattern)).toEqual(expected);
});

test('branches and leaves are told apart, and a node may be both', async () => {
  const index = new PathIndex();
  await index.update(NAMES, new Breath());
  expect(await index.find('servers.web1.*', 10, new Breath())).toEqual([
    { path: 'servers.web1.cpu', name: 'cpu', leaf: false },
    { path: 'servers.web1.cpu', name: 'cpu', leaf: true },
  ]);
});

test('new names are taken in as they come, in any order, and names that went are forgotten', async () => {
  const index = new PathIndex();
  const all = async (): Promise<string[]> => (await index.find('*', 100, new Breath())).map(({ path }) => path);
  await index.update(['a', 'b'], new Breath());
  await index.update(['a', 'b', 'c'], new Breath());
  expect(await all()).toEqual(['a', 'b', 'c']);
  await index.update(['d', 'c', 'b', 'a'], new Breath());
  expect(await all()).toEqual(['a', 'b', 'c', 'd']);
  await index.update(['d'], new Breath());
  expect(await all()).toEqual(['d']);
});

test('a hundred thousand paths are found among soon, and too many are refused', async () => {
  const names = Array.from({ length: 100_000 }, (_, i) => `servers.web${i % 1000}.disk${Math.floor(i / 1000)}.used`);
  const index = new PathIndex();
  await index.update(names, new Breath());
  const began = performance.now();
  for (let i = 0; i < 100; i++) await index.find(`servers.web${i}.*.used`, 10_000, new Breath());
  expect(performance.now() - began).toBeLessThan(1_000);
  await expect(index.find('servers.*.*.used', 10_000, new Breath())).rejects.toThrow(/more than 10000 paths/);
});

test('braces that stand for too many names are refused', async () => {
  await expect(leaves('{a,b}'.repeat(30))).rejects.toThrow(/more than 1000 names/);
});

test('a pattern of many stars takes no time', async () => {
  const began = performance.now();
  await leaves(`${'*a'.repeat(50)}b`, ['a'.repeat(5_000)]);
  expect(performance.now() - began).toBeLessThan(1_000);
});
