import { expect, test } from 'vitest';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { createGate, hashOf, startCadence } from './cadence.ts';

const START = Date.parse('2026-03-01T00:00:00Z');
const HOUR = 3_600_000;

function record(clock: VirtualClock, key = 'home', intervalMs = 30_000) {
  const times: number[] = [];
  const cadence = startCadence(clock, { key, intervalMs, turn: async (time) => void times.push(time) });
  return { times, cadence };
}

test('a first look soon, then a fixed grid without drift', async () => {
  const clock = new VirtualClock(START);
  const { times } = record(clock);
  await clock.advance(2_000);
  expect(times).toHaveLength(1);
  await clock.advance(10 * 60_000);
  const gaps = times.slice(1).map((time, i) => time - times[i]!);
  expect(gaps[0]).toBeGreaterThanOrEqual(15_000);
  expect(gaps[0]).toBeLessThanOrEqual(45_000);
  expect(new Set(gaps.slice(1))).toEqual(new Set([30_000]));
  expect(times.length).toBeGreaterThanOrEqual(20);
});

test('the place on the grid depends on the name alone, and names are spread out', async () => {
  const places = await Promise.all(
    Array.from({ length: 40 }, async (_, i) => {
      const clock = new VirtualClock(START + i * 1_234);
      const { times } = record(clock, `probe-${i}`);
      await clock.advance(120_000);
      expect(times.at(-1)! % 30_000).toBe(hashOf(`probe-${i}`) % 30_000);
      return Math.floor((times.at(-1)! % 30_000) / 3_000);
    }),
  );
  expect(new Set(places).size).toBeGreaterThanOrEqual(8);
});

test.each([HOUR, -HOUR, 12_345, -12_345])('a clock that jumps by %d ms: neither a burst nor a stop', async (jump) => {
  const clock = new VirtualClock(START);
  const starts: number[] = [];
  startCadence(clock, { key: 'home', intervalMs: 30_000, turn: async () => void starts.push(clock.monotonic()) });
  await clock.advance(100_000);
  clock.jump(jump);
  await clock.advance(600_000);
  const gaps = starts.slice(2).map((time, i) => time - starts[i + 1]!);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(15_000);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(45_000);
  expect(gaps.at(-1)).toBe(30_000);
});

test('a turn that takes longer than the interval: the next ones are left out, and then it goes on', async () => {
  const clock = new VirtualClock(START);
  let skipped = 0;
  const turns: (() => void)[] = [];
  startCadence(clock, {
    key: 'slow',
    intervalMs: 1_000,
    turn: () => new Promise<void>((resolve) => void turns.push(resolve)),
    onSkipped: () => void (skipped += 1),
  });
  await clock.advance(5_000);
  expect(turns).toHaveLength(1);
  expect(skipped).toBeGreaterThanOrEqual(3);
  turns[0]!();
  await clock.advance(1_500);
  expect(turns).toHaveLength(2);
});

test('none after the stop', async () => {
  const clock = new VirtualClock(START);
  const { times, cadence } = record(clock);
  await clock.advance(60_000);
  const before = times.length;
  cadence.stop();
  await clock.advance(60_000);
  expect(times).toHaveLength(before);
});

test('a gate lets so many through, the rest in order, also after a failure', async () => {
  const gate = createGate(2);
  const log: string[] = [];
  const open: (() => void)[] = [];
  const enter = (name: string) =>
    gate(async () => {
      log.push(name);
      await new Promise<void>((resolve) => void open.push(resolve));
      if (name === 'a') throw new Error('a fails');
    }).catch(() => {});
  const all = ['a', 'b', 'c', 'd'].map(enter);
  await new Promise((resolve) => setImmediate(resolve));
  expect(log).toEqual(['a', 'b']);
  open[0]!();
  await all[0];
  await new Promise((resolve) => setImmediate(resolve));
  expect(log).toEqual(['a', 'b', 'c']);
  open[1]!();
  open[2]!();
  await Promise.all([all[1], all[2]]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(log).toEqual(['a', 'b', 'c', 'd']);
  open[3]!();
  await all[3];
});
