import type { Session } from 'chdb';
import { expect, test } from 'vitest';
import { SessionPool } from './session-pool.ts';

const session = (): Session & { closed: boolean } => {
  const fake = { closed: false, close: () => (fake.closed = true) };
  return fake as unknown as Session & { closed: boolean };
};
const never = (): Promise<never> => new Promise(() => undefined);

test('who waits too long is told, and does not take a session later', async () => {
  const pool = new SessionPool([session()], 20);
  let finish!: () => void;
  const first = pool.with(() => new Promise<void>((done) => (finish = done)));
  await expect(pool.with(never)).rejects.toMatchObject({ status: 503, slug: 'engine-busy' });
  finish();
  await first;
  expect(await pool.with(() => Promise.resolve('free'))).toBe('free');
});

test('a failing statement gives its session back; those who wait come in order', async () => {
  const pool = new SessionPool([session()], 1000);
  const order: number[] = [];
  const failing = pool.with(() => Promise.reject(new Error('no')));
  const others = [1, 2, 3].map((n) => pool.with(() => Promise.resolve(order.push(n))));
  await expect(failing).rejects.toThrow('no');
  await Promise.all(others);
  expect(order).toEqual([1, 2, 3]);
});

test('closing does not wait for ever for a statement that hangs', async () => {
  const [idle, busy] = [session(), session()];
  const pool = new SessionPool([idle, busy], 1000);
  void pool.with(never);
  expect(await pool.close(20)).toBe(false);
  expect([idle.closed, busy.closed]).toEqual([true, false]);
  await expect(pool.with(never)).rejects.toMatchObject({ slug: 'engine-away' });
});
