import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { attainment, badEvents, budgetShare, burnRate, errorBudget, knownShare, timeToExhaustion } from './error-budget.ts';

const DAY = 86_400_000;

// 99.9 % of 1,000,000 events: 1,000 may be bad.
test.each([
  [999_750, { allowed: 1000, spent: 250, remaining: 0.75 }, 0.99975, 0.25],
  [1_000_000, { allowed: 1000, spent: 0, remaining: 1 }, 1, 0],
  [999_000, { allowed: 1000, spent: 1000, remaining: 0 }, 0.999, 1],
  [998_000, { allowed: 1000, spent: 2000, remaining: -1 }, 0.998, 2],
])('%d good of a million', (good, budget, ratio, rate) => {
  const events = { good, total: 1_000_000 };
  const found = errorBudget(0.999, events)!;
  expect(found.allowed).toBeCloseTo(budget.allowed, 6);
  expect(found.spent).toBe(budget.spent);
  expect(found.remaining).toBeCloseTo(budget.remaining, 9);
  expect(attainment(events)).toBeCloseTo(ratio, 12);
  expect(burnRate(0.999, events)).toBeCloseTo(rate, 9);
});

test('the budget of a window of which a share is known is that of the whole window', () => {
  const events = { good: 900, total: 1_000 };
  const budget = errorBudget(0.9, events, 0.25);
  expect(budget?.allowed).toBeCloseTo(400, 6);
  expect(budget?.remaining).toBeCloseTo(0.75, 6);
  expect(budgetShare(0.9, events, events, 0.25)).toBeCloseTo(0.25, 6);
  expect([knownShare(0, 30), knownShare(15, 30), knownShare(60, 30)]).toEqual([1e-4, 0.5, 1]);
});

test('without events nothing is said', () => {
  const none = { good: 0, total: 0 };
  expect([attainment(none), errorBudget(0.99, none), burnRate(0.99, none), budgetShare(0.99, none, none)]).toEqual([
    null,
    null,
    null,
    null,
  ]);
});

test('the workbook: at 14.4 an hour takes 2 % of 30 days, at 6 six hours take 5 %, at 1 three days take 10 %', () => {
  const share = (rate: number, hours: number): number => {
    const traffic = 1000;
    const bad = rate * 0.001 * traffic * hours;
    return budgetShare(0.999, { good: traffic * hours - bad, total: traffic * hours }, { good: 0, total: traffic * 720 })!;
  };
  expect(share(14.4, 1)).toBeCloseTo(0.02, 9);
  expect(share(6, 6)).toBeCloseTo(0.05, 9);
  expect(share(1, 72)).toBeCloseTo(0.1, 9);
});

test.each([
  [1, 2, 15 * DAY],
  [0.5, 10, 1.5 * DAY],
  [0.5, 1, null],
  [0.5, null, null],
  [0, 5, 0],
  [-1, 0, 0],
])('%d of the budget left, burning at %d', (remaining, rate, expected) => {
  expect(timeToExhaustion(remaining, rate, 30 * DAY)).toBe(expected);
});

const events = fc.record({ good: fc.nat(1_000_000), bad: fc.nat(1_000_000) }).map(({ good, bad }) => ({ good, total: good + bad }));
const target = fc.double({ min: 0.5, max: 0.9999, noNaN: true });

test('budget is conserved: what parts of a window cost adds up to what is spent of it', () => {
  fc.assert(
    fc.property(target, events, events, (target, a, b) => {
      const whole = { good: a.good + b.good, total: a.total + b.total };
      if (whole.total === 0) return;
      const parts = budgetShare(target, a, whole)! + budgetShare(target, b, whole)!;
      expect(1 - errorBudget(target, whole)!.remaining).toBeCloseTo(parts, 6);
    }),
  );
});

test('another bad event never helps, and another good one never hurts', () => {
  fc.assert(
    fc.property(target, events, (target, { good, total }) => {
      const worse = { good, total: total + 1 };
      const better = { good: good + 1, total: total + 1 };
      const rate = burnRate(target, { good, total }) ?? 0;
      expect(burnRate(target, worse)!).toBeGreaterThanOrEqual(rate);
      if (total > 0) expect(burnRate(target, better)!).toBeLessThanOrEqual(rate);
      expect(errorBudget(target, worse)!.remaining).toBeLessThanOrEqual(errorBudget(target, better)!.remaining);
    }),
  );
});

test('more good than all is no negative failure', () => {
  expect(badEvents({ good: 11, total: 10 })).toBe(0);
});
