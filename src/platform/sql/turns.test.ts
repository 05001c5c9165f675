import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

const moment = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Who had a place, in order, where each gives it back when the next one is looked for: `u` is urgent, `o` is not. */
async function order(turns: Turns, asked: string): Promise<string> {
  const held: (() => void)[] = [];
  let order = '';
  for (const who of asked) void turns.take(who === 'u').then((end) => ((order += who), held.push(end)));
  for (let i = 0; i <= asked.length; i += 1) {
    await moment();
    held.shift()?.();
  }
  return order;
}

test.each([
  ['one after the other', 'oooo', 'oooo'],
  ['urgent ones first, but for the one that has begun', 'ooouu', 'ouuoo'],
  ['after four urgent ones one of those that wait', 'oouuuuuu', 'ouuuuouu'],
])('%s', async (_, asked, expected) => {
  expect(await order(new Turns(1), asked)).toBe(expected);
});

test('some places are for urgent ones alone; a place is given back once', async () => {
  const turns = new Turns(3, 1);
  const had: string[] = [];
  const ends: (() => void)[] = [];
  for (const who of ['a', 'b', 'c', '!']) void turns.take(who === '!').then((end) => (had.push(who), ends.push(end)));
  await moment();
  expect(had).toEqual(['a', 'b', '!']);
  // Twice by whoever has it: still one place.
  ends[0]!();
  ends[0]!();
  await moment();
  expect(had).toEqual(['a', 'b', '!', 'c']);
  void turns.take(false).then(() => had.push('d'));
  await moment();
  expect(had).toHaveLength(4);
});
