import type { Health } from '../platform/health.ts';
import type { Registry } from '../platform/metrics.ts';
import type { Store } from './store/index.ts';

const GB = 1024 ** 3;
/** Below these, somebody has to make room: soon, and now. */
const LITTLE = 2 * GB;
const TOO_LITTLE = 200 * 1024 ** 2;

/** Reports the store's state to health and its numbers to the metrics. Returns what looks once; it never rejects. */
export function watchStore({ store, health, metrics }: { store: Store; health: Health; metrics: Registry }): () => Promise<void> {
  const gauge = (name: string, help: string) => metrics.gauge({ name: `nines_store_${name}`, help });
  const gauges = {
    series: gauge('series', 'Series known.'),
    windowSamples: gauge('window_samples', 'Samples in the recent window.'),
    windowBytes: gauge('window_bytes', 'Memory of the recent window.'),
    logBytes: gauge('log_bytes', 'Size of the intake log.'),
    late: gauge('late_samples', 'Samples older than the window that the engine has yet to take.'),
    appended: gauge('appended_samples', 'Samples acknowledged since the start.'),
    duplicates: gauge('duplicate_samples', 'Samples dropped because their series had one of that time.'),
    refused: gauge('refused_samples', 'Samples not taken.'),
    engineBytes: gauge('engine_bytes', 'Bytes of samples on disk.'),
    diskFree: gauge('disk_free_bytes', 'Free bytes on the disk of the data folder.'),
  };
  store.onHealth(({ state, detail }) => health.report('store', state, detail));
  return async () => {
    const stats = await store.stats().catch(() => undefined);
    if (!stats) return;
    for (const [name, one] of Object.entries(gauges)) {
      const value = stats[name as keyof typeof gauges];
      if (value !== undefined) one.set(value);
    }
    health.report('store', stats.health.state, stats.health.detail);
    const free = stats.diskFree ?? Infinity;
    const left = `${(free / GB).toFixed(1)} GB are left on the disk of the data folder. Make room, or shorten store.retention.`;
    health.report('store.disk', free < TOO_LITTLE ? 'down' : free < LITTLE ? 'degraded' : 'ok', left);
  };
}
