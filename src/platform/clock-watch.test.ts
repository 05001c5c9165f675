import { expect, test } from 'vitest';
import { VirtualClock } from '../../test/harness/virtual-clock.ts';
import { watchClock } from './clock-watch.ts';

test('a jump is noticed once, with its size; a drift is not', async () => {
  const clock = new VirtualClock('2026-11-21T03:00:00Z');
  const jumps: number[] = [];
  const stop = watchClock(clock, (byMs) => jumps.push(byMs));
  await clock.advance(10_000);
  expect(jumps).toEqual([]);
  clock.jump(3_600_000);
  await clock.advance(1_000);
  expect(jumps).toEqual([3_600_000]);
  clock.jump(-3_600_000);
  await clock.advance(5_000);
  expect(jumps).toEqual([3_600_000, -3_600_000]);
  clock.jump(2_000);
  await clock.advance(1_000);
  stop();
  clock.jump(60_000);
  await clock.advance(10_000);
  expect(jumps).toHaveLength(2);
});

test('a jump is whole milliseconds, though the monotonic clock has fractions: it moves times that are stored', async () => {
  const virtual = new VirtualClock('2026-11-21T03:00:00Z');
  let fraction = 0;
  const clock = {
    now: () => virtual.now(),
    monotonic: () => virtual.monotonic() + (fraction += 0.1234),
    after: virtual.after.bind(virtual),
  };
  const jumps: number[] = [];
  const stop = watchClock(clock, (byMs) => jumps.push(byMs));
  virtual.jump(3_600_000);
  await virtual.advance(1_000);
  stop();
  expect(jumps).toEqual([3_600_000]);
});
