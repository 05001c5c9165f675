import { expect, test } from 'vitest';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { Schedule, type Next } from './schedule.ts';

function world(options: { concurrency?: number; next?: Next } = {}) {
  const clock = new VirtualClock(0);
  const log: string[] = [];
  const gates: (() => void)[] = [];
  const slow = new Set<string>();
  const schedule = new Schedule({
    clock,
    concurrency: options.concurrency ?? 8,
    async run(key) {
      log.push(`${clock.now()} ${key}`);
      if (slow.has(key)) await new Promise<void>((resolve) => gates.push(resolve));
      return options.next ?? { inMs: Infinity, restMs: 100 };
    },
  });
  return { clock, log, gates, slow, schedule };
}

test('requests within the rest become one run at its end', async () => {
  const { clock, log, schedule } = world();
  schedule.request('a', 0);
  await clock.advance(10);
  for (let i = 0; i < 5; i++) schedule.request('a', 0);
  await clock.advance(500);
  expect(log).toEqual(['0 a', '100 a']);
});

test('a request while it runs is run afterwards, never beside it', async () => {
  const { clock, log, gates, slow, schedule } = world();
  slow.add('a');
  schedule.request('a', 0);
  await clock.advance(1000);
  schedule.request('a', 0);
  await clock.advance(1000);
  expect(log).toEqual(['0 a']);
  gates[0]!();
  await clock.advance(1);
  expect(log).toEqual(['0 a', '2000 a']);
});

test('nor beside the run that was asked for while it ran', async () => {
  const { clock, log, gates, slow, schedule } = world();
  slow.add('a');
  schedule.request('a', 0);
  await clock.advance(1000);
  schedule.request('a', 0);
  gates[0]!();
  await clock.advance(1000);
  schedule.request('a', 0);
  await clock.advance(1000);
  expect(log).toEqual(['0 a', '1000 a']);
  gates[1]!();
  await clock.advance(1);
  expect(log).toEqual(['0 a', '1000 a', '3000 a']);
});

test('a slow one holds up no other', async () => {
  const { clock, log, slow, schedule } = world({ concurrency: 2 });
  slow.add('a');
  schedule.request('a', 0);
  schedule.request('b', 0);
  schedule.request('c', 0);
  await clock.advance(1);
  expect(log).toEqual(['0 a', '0 b', '0 c']);
});

test('what arrival asks for goes before what only time made due', async () => {
  const { clock, log, gates, slow, schedule } = world({ concurrency: 1 });
  slow.add('a');
  schedule.request('a', 0);
  schedule.request('tick', 10);
  await clock.advance(20);
  schedule.request('arrival', 0);
  gates[0]!();
  await clock.advance(1);
  expect(log.map((line) => line.split(' ')[1])).toEqual(['a', 'arrival', 'tick']);
});

test('it runs again when it said, or sooner when asked', async () => {
  const { clock, log, schedule } = world({ next: { inMs: 1000, restMs: 100 } });
  schedule.request('a', 0);
  await clock.advance(1500);
  schedule.request('a', 200);
  await clock.advance(1000);
  expect(log).toEqual(['0 a', '1000 a', '1700 a']);
});

test('what is removed runs no more, and idle waits for what runs', async () => {
  const { clock, log, gates, slow, schedule } = world();
  slow.add('a');
  schedule.request('a', 0);
  schedule.request('b', 50);
  schedule.remove('b');
  await clock.advance(100);
  let idle = false;
  void schedule.idle().then(() => (idle = true));
  await clock.advance(1);
  expect([log, idle]).toEqual([['0 a'], false]);
  gates[0]!();
  await clock.advance(1);
  expect(idle).toBe(true);
});

test('those that are known to be slow share two places', async () => {
  const { clock, log, gates, slow, schedule } = world({ concurrency: 3 });
  const slowOnes = ['s1', 's2', 's3'];
  for (const key of slowOnes) slow.add(key);
  for (const key of slowOnes) schedule.request(key, 0);
  await clock.advance(1000);
  for (const go of gates.splice(0)) go();
  await clock.advance(1000);
  log.length = 0;
  for (const key of slowOnes) schedule.request(key, 0);
  schedule.request('quick', 0);
  await clock.advance(1);
  expect(log.map((line) => line.split(' ')[1])).toEqual(['s1', 's2', 'quick']);
  gates.shift()!();
  await clock.advance(1);
  expect(log.at(-1)).toBe('2001 s3');
});
