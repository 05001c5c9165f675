import type { Clock } from '../platform/clock.ts';
import type { Registry } from '../platform/metrics.ts';
import { DEFAULT_QUERY_SETTINGS, RangeCache } from './promql/index.ts';
import type { Store } from './store/index.ts';

/** The answers to range queries that are remembered, with what that is worth in the metrics. Undefined where there is no room for any. */
export function rememberAnswers({
  store,
  clock,
  metrics,
  room = DEFAULT_QUERY_SETTINGS.cacheMemory,
}: {
  store: Store;
  clock: Clock;
  metrics: Registry;
  /** Bytes. */
  room: number | undefined;
}): RangeCache | undefined {
  if (room === 0) return undefined;
  const cache = new RangeCache({ changes: store, clock, room });
  metrics.counter({
    name: 'nines_query_cache_hits_total',
    help: 'Queries of which a part or all was remembered.',
    collect: () => cache.hits,
  });
  metrics.counter({
    name: 'nines_query_cache_misses_total',
    help: 'Queries that could have been remembered, and were not.',
    collect: () => cache.misses,
  });
  metrics.gauge({ name: 'nines_query_cache_bytes', help: 'Memory of the answers that are remembered.', collect: () => cache.bytes });
  return cache;
}
