import { expect, test } from 'vitest';
import { createHealth } from '../../platform/health.ts';
import { createRegistry } from '../../platform/metrics.ts';
import { createIntakeBook } from './intake-book.ts';

test('packets that are lost are said in health, until none was for ten minutes', () => {
  let now = 0;
  let due: { at: number; what: () => void }[] = [];
  const clock = {
    now: () => now,
    monotonic: () => now,
    after(ms: number, what: () => void) {
      due.push({ at: now + ms, what });
      return { cancel: () => undefined };
    },
  };
  const wait = (ms: number): void => {
    now += ms;
    const ready = due.filter(({ at }) => at <= now);
    due = due.filter(({ at }) => at > now);
    for (const { what } of ready) what();
  };
  const health = createHealth(clock);
  const state = (): string => health.list().map((one) => `${one.component} ${one.state}`).join(); // prettier-ignore
  const intake = createIntakeBook({ registry: createRegistry(), clock, health }).intake('statsd', 8125);
  intake.lost(0);
  expect(state()).toBe('');
  intake.lost(7);
  expect(state()).toBe('intake.statsd degraded');
  expect(health.list()[0]?.problem).toContain('net.core.rmem_max');
  wait(500_000);
  intake.lost(1);
  wait(500_000);
  expect(state()).toBe('intake.statsd degraded');
  wait(100_000);
  expect(state()).toBe('intake.statsd ok');
  wait(600_000);
  intake.lost(1);
  expect(state()).toBe('intake.statsd degraded');
});
