import type { Registry } from '../../src/platform/metrics.ts';

const MOST_WAITING = 10_000;
const MOST_AT_ONCE = 500;

/**
 * Visits on their way to the visit log. A redirect never waits for it: visits queue here, go in batches, and beyond
 * 10,000 the oldest are dropped and counted, for a slow log must not eat the memory of what users need.
 */
export function createVisitQueue(url: string, metrics: Registry, everyMs = 500) {
  const dropped = metrics.counter({ name: 'visits_dropped_total', help: 'Visits that were not logged.' });
  const waiting: string[] = [];
  metrics.gauge({ name: 'visits_waiting', help: 'Visits not yet in the visit log.', collect: () => waiting.length });
  let sending = false;

  const flush = async (): Promise<void> => {
    if (sending || waiting.length === 0) return;
    sending = true;
    const batch = waiting.splice(0, MOST_AT_ONCE);
    try {
      const answer = await fetch(`${url}/visits`, { method: 'POST', body: batch.join('\n'), signal: AbortSignal.timeout(5_000) });
      if (!answer.ok) throw new Error(`the visit log answered ${answer.status}`);
    } catch {
      waiting.unshift(...batch);
    } finally {
      sending = false;
    }
  };
  const timer = setInterval(() => void flush(), everyMs);

  return {
    add(code: string): void {
      waiting.push(code);
      if (waiting.length <= MOST_WAITING) return;
      waiting.shift();
      dropped.inc();
    },
    /** Stops, after one more try to hand over what waits. */
    async close(): Promise<void> {
      clearInterval(timer);
      await flush();
    },
  };
}
