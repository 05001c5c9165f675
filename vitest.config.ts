import { defineConfig } from 'vitest/config';

/** Tests that look for longer: see test/harness/fuzz.ts. */
const FUZZ_MS = Number(process.env['NINES_FUZZ_MINUTES'] ?? 0) * 60_000;

const shared = { pool: 'forks', maxWorkers: 3, testTimeout: 20_000 + 4 * FUZZ_MS, hookTimeout: 60_000 } as const;

/** Tests that run nines as a whole, with real peers and a stopwatch: alone, after all others, one file at a time. */
const WHOLE = ['test/story/**', 'test/faults/**', 'test/demo/**'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'parts',
          include: ['{src,cli,examples,web,scripts,bench,test}/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...WHOLE],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'whole',
          include: WHOLE.map((folder) => `${folder}/*.test.ts`),
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
