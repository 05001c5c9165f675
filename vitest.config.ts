import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/harness/longest-first.ts';

/** Tests that look for longer: see test/harness/fuzz.ts. */
const FUZZ_MS = Number(process.env['NINES_FUZZ_MINUTES'] ?? 0) * 60_000;

/** What is waited for comes in a moment, and on a machine that has other things to do in many. */
const PATIENCE = { poll: { timeout: 15_000 } };

const shared = { pool: 'forks', maxWorkers: 3, expect: PATIENCE, testTimeout: 60_000 + 4 * FUZZ_MS, hookTimeout: 60_000 } as const;

/** Tests that run nines as a whole, with real peers: after all others, as most of them wait for a real clock, and none may be late. */
const WHOLE = ['test/story/*.test.ts', 'test/faults/*.test.ts', 'test/demo/*.test.ts'];

/** Those of them that hold a stopwatch, or keep the machine busy by themselves: one at a time, last. */
const TIMED = ['faults/latency', 'faults/alert-storm', 'faults/hostile', 'faults/clock', 'faults/disk'].map(
  (name) => `test/${name}.test.ts`,
);

/** Those that keep it busy and hold no stopwatch: what they promise is about chance and holds however slow it is, so beside each other. */
const KILLED = ['test/faults/kill.test.ts', 'test/faults/pair.test.ts'];

/** Those that put something else in place of a module: with modules of their own. */
const APART = ['src/platform/sql/embedded.test.ts'];

export default defineConfig({
  test: {
    globalSetup: 'test/harness/test-folder.ts',
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...shared,
          name: 'parts',
          include: ['{src,cli,examples,web,scripts,bench,test}/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...WHOLE, ...APART],
          // Most of the work of a small file would be to read the modules of nines again.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      { test: { ...shared, name: 'apart', include: APART, sequence: { groupOrder: 0 } } },
      {
        test: {
          ...shared,
          name: 'whole',
          include: WHOLE,
          exclude: [...TIMED, ...KILLED],
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...shared,
          name: 'killed',
          include: KILLED,
          maxWorkers: 2,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          ...shared,
          name: 'timed',
          include: TIMED,
          fileParallelism: false,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
