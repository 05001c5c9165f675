import type { Session } from 'chdb';
import { expect, test } from 'vitest';
import { SessionPool } from './session-pool.ts';

const session = (): Session & { closed: boolean } => {
  const fake = { closed: false, close: () => (fake.closed = true) };
  return fake as unknown as Session & { closed: boolean };
};
const never = (): Promise<never> => new Promise(() => undefined);

test('who waits too long is told, and does not take a session later', async () => {
  const pool = new SessionPool([session()], 20, session);
  let finish!: () => void;
  const first = pool.with(() => new Promise<void>((done) => (finish = done)));
  await expect(pool.with(never)).rejects.toMatchObject({ status: 503, slug: 'engine-busy' });
  finish();
  await first;
  expect(await pool.with(() => Promise.resolve('free'))).toBe('free');
});

test('a failing statement gives its session back; those who wait come in order', async () => {
  const pool = new SessionPool([session()], 1000, session);
  const order: number[] = [];
  const failing = pool.with(() => Promise.reject(new Error('no')));
  const others = [1, 2, 3].map((n) => pool.with(() => Promise.resolve(order.push(n))));
  await expect(failing).rejects.toThrow('no');
  await Promise.all(others);
  expect(order).toEqual([1, 2, 3]);
});

test('after a statement failed its session is not used again: another is opened, then the old one is closed', async () => {
  const [first, second] = [session(), session()];
  let said: unknown[] = [];
  const pool = new SessionPool([first], 1000, () => {
    said.push(first.closed);
    return second;
  });
  await expect(pool.with(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await pool.with((used) => Promise.resolve(used))).toBe(second);
  expect(await pool.with((used) => Promise.resolve(used))).toBe(second);
  expect({ said, closed: [first.closed, second.closed] }).toEqual({ said: [false], closed: [true, false] });
  said = [];
  await pool.close(20);
  expect([said, second.closed]).toEqual([[], true]);
});

test('while no session can be opened a statement is refused, never answered by the soiled one; then the pool goes on', async () => {
  const [soiled, fresh] = [session(), session()];
  let full = true;
  const pool = new SessionPool([soiled], 1000, () => {
    if (full) throw new Error('no space');
    return fresh;
  });
  const use = (): Promise<Session> => pool.with((used) => Promise.resolve(used));
  await expect(pool.with(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  for (const waiting of [use(), use(), use()]) await expect(waiting).rejects.toMatchObject({ status: 503, slug: 'engine-failed' });
  full = false;
  expect(await Promise.all([use(), use()])).toEqual([fresh, fresh]);
  expect(await pool.close(20)).toBe(true);
  expect([soiled.closed, fresh.closed]).toEqual([true, true]);
});

test('closing does not wait for ever for a statement that hangs', async () => {
  const [idle, busy] = [session(), session()];
  const pool = new SessionPool([idle, busy], 1000, session);
  void pool.with(never);
  expect(await pool.close(20)).toBe(false);
  expect([idle.closed, busy.closed]).toEqual([true, false]);
  await expect(pool.with(never)).rejects.toMatchObject({ slug: 'engine-away' });
});
