/**
 * Property tests for seconds in the suite, and for as long as one likes with `NINES_FUZZ_MINUTES` (`npm run fuzz -- parsers`). Every
 * input is held to a second of processor time, and all of them to 2 GB of memory.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as fc from 'fast-check';

/** Minutes for each property; 0 in the suite. */
const MINUTES = Number(process.env['NINES_FUZZ_MINUTES'] ?? 0);
/** Synchronous properties let nothing else run meanwhile. */
const SLICE_MS = 2_000;
const LONGEST_MS = 1_000;
const MOST_MEMORY = 2 * 2 ** 30;

/** Tries this many inputs, or as many as the minutes hold. Throws what fast-check throws, with the smallest input that fails. */
export async function fuzz<T>(property: fc.IRawProperty<T>, numRuns: number): Promise<void> {
  const one = timed(property);
  if (MINUTES === 0) {
    await fc.assert(one, { numRuns });
    return;
  }
  const until = performance.now() + MINUTES * 60_000;
  while (performance.now() < until) {
    await fc.assert(one, { numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: SLICE_MS });
    const memory = process.memoryUsage.rss();
    if (memory > MOST_MEMORY) throw new Error(`after these inputs ${Math.round(memory / 2 ** 20)} MB are in use`);
    await nextTurn();
  }
}

/** How often a loop of its own should try: this often, or until it says false. */
export function fuzzing(numRuns: number): () => boolean {
  const until = performance.now() + MINUTES * 60_000;
  let left = numRuns;
  return () => (MINUTES === 0 ? left-- > 0 : performance.now() < until);
}

/** The same property, failing where an input takes longer than a second. */
function timed<T>(property: fc.IRawProperty<T>): fc.IRawProperty<T> {
  const wrapped = Object.create(property) as fc.IRawProperty<T>;
  wrapped.run = (value: T) => {
    const began = process.cpuUsage();
    const judge = (result: Awaited<ReturnType<typeof property.run>>): Awaited<ReturnType<typeof property.run>> => {
      const { user } = process.cpuUsage(began);
      return result === null && user > LONGEST_MS * 1000 ? { error: new Error(`the input took ${Math.round(user / 1000)} ms`) } : result;
    };
    const result = property.run(value);
    return result instanceof Promise ? result.then(judge) : judge(result);
  };
  return wrapped;
}
