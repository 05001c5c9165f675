/**
 * Runs a store that appends, rolls up and lets go for ever, for the test that kills it. Its time is that of its batches: a second of it
 * is days. Prints a line `acknowledged N` for each batch once its append has resolved. Usage: rollup-writer.ts DIR FIRST-BATCH BASE-TIME
 */
import { batchTime, CLASSES, rollupBatch } from './rollup-batch.ts';
import { createStore } from './store.ts';

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
  settings: { flushInterval: 20, flushBytes: 20_000, syncInterval: 10, recentMemory: 256 * 1024, classes: CLASSES },
});
await store.start();

async function appendForEver(): Promise<never> {
  for (;;) {
    const n = batch++;
    const { time, samples } = rollupBatch(n, Number(base));
    now = Math.max(now, time);
    const ids = Uint32Array.from(samples, ({ labels }) => store.resolve(labels));
    await store.append({
      ids,
      times: Float64Array.from(samples, (one) => one.time),
      values: Float64Array.from(samples, (one) => one.value),
    });
    // Nothing more is done before it is out: what this process still holds would be lost with it.
    await new Promise<void>((out) => process.stdout.write(`acknowledged ${n}\n`, () => out()));
  }
}

/** Without the rests of the background, so that most kills hit it. */
async function rollUpForEver(): Promise<never> {
  for (;;) {
    await store.rollUp();
    await new Promise((next) => setTimeout(next, 5));
  }
}

await Promise.all([appendForEver(), rollUpForEver()]);
