/**
 * How nines is started: its environment, for `npm start`, `npm run nines` and the benches. What starts
 * `dist/cli/main.js` by itself does well to give the same: see docs/performance.md.
 */
export const LAUNCH = {
  environment: {
    // Queries of the embedded ClickHouse block threads of this pool; with the default of 4 every file read would wait for them.
    UV_THREADPOOL_SIZE: '16',
    // The C library would keep a heap for each thread, and in each what it once needed. Others than glibc take no notice.
    MALLOC_ARENA_MAX: '1',
    MALLOC_TRIM_THRESHOLD_: '131072',
    // The embedded ClickHouse has an allocator of its own (jemalloc), which would have arenas and caches for each thread, and keep what was freed for 5 seconds.
    JE_MALLOC_CONF: 'narenas:1,tcache:false,dirty_decay_ms:200,muzzy_decay_ms:0',
  },
};
