/**
 * Runs a store that appends, rolls up and lets go for ever, for the test that kills it. Its time is that of its batches: a second of it
 * is days. Prints a line `acknowledged N` for each batch once its append has
 * resolved, and `rolled up` once all was that was due. Usage: rollup-writer.ts DIR FIRST-BATCH BASE-TIME
 */
import { setTimeout as pause } from 'node:timers/promises';
import { createStore } from '../store.ts';
import { batchTime, CLASSES, rollupBatch } from './rollup-batch.ts';

const [dir = '', first = '0', base = '0'] = process.argv.slice(2);
const say = (fields: unknown, text?: string): void => void process.stderr.write(`${text} ${JSON.stringify(fields)}\n`);
let batch = Number(first);
let now = batchTime(batch - 1, Number(base));
const clock = {
  now: () => now,
  monotonic: () => performance.now(),
  after: (ms: number, call: () => void) => {
    const timer = setTimeout(call, ms);
    return { cancel: () => clearTimeout(timer) };
  },
};
const store = createStore({
  dir,
  clock,
  log: { info: () => undefined, warn: say, error: say },
  settings: { flushInterval: 100, flushBytes: 100_000, syncInterval: 10, recentMemory: 256 * 1024, classes: CLASSES },
});
await store.start();
// The store's own timers don't keep a process alive.
setInterval(() => undefined, 1_000);

async function append(): Promise<void> {
  const n = batch++;
  const { time, samples } = rollupBatch(n, Number(base));
  now = Math.max(now, time);
  const ids = Uint32Array.from(samples, ({ labels }) => store.resolve(labels));
  await store.append({ ids, times: Float64Array.from(samples, (one) => one.time), values: Float64Array.from(samples, (one) => one.value) });
  // Nothing more is done before it is out: what this process still holds would be lost with it.
  await new Promise<void>((out) => process.stdout.write(`acknowledged ${n}\n`, () => out()));
}

// Samples come while it rolls up, some of them for hours that it is at; then it is let come to an end, without the rests of the background.
for (;;) {
  const rolling = store.rollUp();
  for (let i = 0; i < 9; i++) {
    await append();
    await pause(2);
  }
  await rolling;
  process.stdout.write('rolled up\n');
}
