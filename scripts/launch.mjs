/**
 * How nines is started: options of Node and the environment, for `npm start`, `npm run nines` and the benches. What starts
 * `dist/cli/main.js` by itself does well to give the same: see docs/performance.md.
 */
export const LAUNCH = {
  /** What is young is short-lived: with Node's 16 MB, requests that are long answered wait in memory by the hundred. */
  flags: ['--max-semi-space-size=8'],
  environment: {
    // Queries of the embedded ClickHouse block threads of this pool; with the default of 4 every file read would wait for them.
    UV_THREADPOOL_SIZE: '16',
    // The C library would keep a heap for each thread, and in each what it once needed. Others than glibc take no notice.
    MALLOC_ARENA_MAX: '1',
    MALLOC_TRIM_THRESHOLD_: '1048576',
  },
};
