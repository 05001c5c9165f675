import v8 from 'node:v8';
import vm from 'node:vm';
import { expect, test } from 'vitest';
import { withinTime } from './time-limit.ts';

const aborted = (signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(signal.reason);
    else signal.addEventListener('abort', () => resolve(signal.reason));
  });

test('work ends with what it is a part of, and after its time', async () => {
  const outer = new AbortController();
  const first = withinTime(outer.signal, 60_000, aborted);
  outer.abort(new Error('stopped'));
  expect(await first).toMatchObject({ message: 'stopped' });
  expect(await withinTime(outer.signal, 60_000, aborted)).toMatchObject({ message: 'stopped' });
  expect(await withinTime(new AbortController().signal, 10, aborted)).toMatchObject({ name: 'TimeoutError' });
});

test('time is up however much garbage is collected', async () => {
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as () => void;
  const busy = setInterval(collect, 10);
  const lost = new Promise((resolve) => setTimeout(() => resolve('lost'), 5_000));
  const fired = withinTime(new AbortController().signal, 200, aborted);
  expect(await Promise.race([fired, lost])).toMatchObject({ name: 'TimeoutError' });
  clearInterval(busy);
});
