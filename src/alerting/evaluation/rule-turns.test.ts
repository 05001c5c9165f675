import { expect, test } from 'vitest';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { parsePromQL } from '../../monitoring/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Rule } from '../rules/index.ts';
import { newRunningRule } from './running-rule.ts';
import { RuleTurns } from './rule-turns.ts';

const INTERVAL_MS = 15_000;

/** One recording rule, whose evaluation takes a second; the turns that it has, and how many it misses. */
function world(clock: Clock) {
  const rule = { key: 'r', kind: 'record', name: 'r', intervalMs: INTERVAL_MS, source: 's', group: 'g', parsed: parsePromQL('up'), reads: { metrics: new Set(['up']) } } as unknown as Rule; // prettier-ignore
  const running = newRunningRule(rule);
  const had: (number | undefined)[] = [];
  let missed = 0;
  const turns = new RuleTurns({
    clock,
    now: () => clock.now(),
    ruleOf: () => running,
    request: () => {
      had.push(running.tick?.at);
      clock.after(1_000, () => turns.end(running));
    },
    onMissed: (rules) => (missed += rules),
  });
  turns.replace([rule]);
  return { had, missed: () => missed };
}

test.each([0, 1, 0.4])('each turn is had once and at its time, with timers that are %d ms early', async (early) => {
  const clock = new VirtualClock(7_000);
  const { had, missed } = world({
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    // As the machine's, a timer takes a moment at least.
    after: (delayMs, run) => clock.after(Math.max(0.5, delayMs - early), run),
  });
  await clock.advance(60_000);
  expect(had).toEqual([15_000, 30_000, 45_000, 60_000]);
  expect(missed()).toBe(0);
});

test('after a long sleep the latest turn is had, and none of those slept through', async () => {
  const clock = new VirtualClock(7_000);
  const { had } = world(clock);
  clock.jump(100_000);
  await clock.advance(10_000);
  expect(had).toEqual([105_000]);
});
