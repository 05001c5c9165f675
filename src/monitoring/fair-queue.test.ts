import { expect, test } from 'vitest';
import { LimitError } from '../platform/problem.ts';
import { FairQueue } from './fair-queue.ts';

/** Tasks that end when they are told to; `done` has who ended, in order. */
function tasksOn(queue: FairQueue) {
  const done: string[] = [];
  const running: (() => void)[] = [];
  const run = (source: string, bytes = 1): Promise<unknown> =>
    queue.run(source, bytes, () => new Promise<void>((end) => running.push(end))).then(() => done.push(source));
  const endOne = async (): Promise<void> => {
    running.shift()?.();
    for (let i = 0; i < 5; i++) await Promise.resolve();
  };
  return { done, running, run, endOne };
}

test('one request of a quiet source waits behind one of the flooding one, not behind all', async () => {
  const { done, running, run, endOne } = tasksOn(new FairQueue({ slots: 1, mostWaiting: 1000, mostWaitingBytes: 1e9 }));
  for (let i = 0; i < 100; i++) void run('flood');
  void run('quiet');
  void run('other');
  for (let i = 0; i < 5; i++) await endOne();
  expect(done).toEqual(['flood', 'flood', 'quiet', 'other', 'flood']);
  for (let i = 0; i < 100; i++) await endOne();
  expect(done.length).toBe(102);
  expect(running.length).toBe(0);
});

test.each([
  ['requests', { mostWaiting: 3, mostWaitingBytes: 1e9 }, 1],
  ['bytes', { mostWaiting: 100, mostWaitingBytes: 35 }, 10],
])('too many %s of one source are refused with 429 and when to come again; another source is not', async (_what, limits, bytes) => {
  const { done, run, endOne } = tasksOn(new FairQueue({ slots: 2, ...limits }));
  for (let i = 0; i < 5; i++) void run('flood', bytes);
  const refused = await run('flood', bytes).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(LimitError);
  expect(refused).toMatchObject({ status: 429, retryAfter: 1 });
  void run('quiet', bytes);
  for (let i = 0; i < 6; i++) await endOne();
  expect(done.filter((one) => one === 'flood').length).toBe(5);
  expect(done).toContain('quiet');
});

test('a task that fails gives its slot back', async () => {
  const queue = new FairQueue({ slots: 1, mostWaiting: 1, mostWaitingBytes: 1 });
  await expect(queue.run('a', 1, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await queue.run('a', 1, () => Promise.resolve(7))).toBe(7);
});
