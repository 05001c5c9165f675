/**
 * Runs a store and appends for ever, for the test that kills it. Prints a line `acknowledged N` for each batch once its append has
 * resolved. Usage: crash-writer.ts DIR FIRST-BATCH BASE-TIME
 */
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../../platform/clock.ts';
import { createStore } from '../store.ts';
import { batchOf } from './crash-batch.ts';

const [dir = '', first = '0', base = '0'] = process.argv.slice(2);
const say = (fields: unknown, text?: string): void => void process.stderr.write(`${text} ${JSON.stringify(fields)}\n`);
const store = createStore({
  dir,
  clock: systemClock,
  log: { info: () => undefined, warn: say, error: say },
  // Everything that can be interrupted happens often.
  settings: { flushInterval: 20, flushBytes: 20_000, syncInterval: 10, recentMemory: 256 * 1024 },
});
await store.start();
let batch = Number(first);

async function appendForEver(): Promise<never> {
  for (;;) {
    const n = batch++;
    const { labels, times, values, histograms, exemplars } = batchOf(n, Number(base));
    const ids = Uint32Array.from(labels, (one) => store.resolve(one));
    store.exemplars(exemplars.map(({ at, ...one }) => ({ ...one, id: ids[at] as number })));
    await store.append({ ids, times, values, histograms });
    // Nothing more is done before it is out: what this process still holds would be lost with it.
    await new Promise<void>((out) => process.stdout.write(`acknowledged ${n}\n`, () => out()));
    if (n % 50 === 0) await pause(5);
  }
}

await Promise.all([appendForEver(), appendForEver(), appendForEver()]);
