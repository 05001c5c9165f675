import { expect, test } from 'vitest';
import { VirtualClock } from '../../test/harness/virtual-clock.ts';
import { createHealth } from './health.ts';

test('tells changes only, keeps since when a state began, and has nothing to say of what is well', async () => {
  const clock = new VirtualClock(1_000);
  const health = createHealth(clock);
  const told: string[] = [];
  health.onChange(({ component, state, problem }, before) => told.push(`${component} ${before?.state ?? '-'}→${state} ${problem}`));
  health.report('disk', 'ok', '5 GB left');
  health.report('disk', 'ok', '4 GB left');
  await clock.advance(1_000);
  health.report('disk', 'degraded', '1 GB left');
  await clock.advance(1_000);
  health.report('disk', 'degraded', '0.5 GB left');
  health.report('clock', 'ok');
  expect(told).toEqual(['disk -→ok ', 'disk ok→degraded 1 GB left', 'disk degraded→degraded 0.5 GB left', 'clock -→ok ']);
  expect(health.list()).toEqual([
    { component: 'clock', state: 'ok', problem: '', since: 3_000 },
    { component: 'disk', state: 'degraded', problem: '0.5 GB left', since: 2_000 },
  ]);
});
