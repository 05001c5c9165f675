import type { Clock, Timer } from '../../platform/clock.ts';
import type { Health } from '../../platform/health.ts';
import type { Log } from '../../platform/log.ts';
import type { Registry } from '../../platform/metrics.ts';
import type { Sql } from '../../platform/sql/index.ts';
import { type BreakerRow, troubledProviders } from './breaker-store.ts';

interface Deps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly metrics: Registry;
  readonly health: Health;
  readonly log: Log;
}

const EVERY_MS = 10_000;
const COMPONENT = 'delivery.providers';
/** Of more, health counts. */
const MOST_LINES = 10;

/**
 * Says which providers nothing is sent to now, since when and why: a metric for each, and a line of health. As the database has it,
 * so that each of several processes says the same. Looks every ten seconds; returns what ends that, and how to look at once.
 */
export function watchBreakers({ sql, clock, metrics, health, log }: Deps): {
  readonly look: () => Promise<void>;
  readonly end: () => void;
} {
  const labels = ['channel', 'provider'] as const;
  const open = metrics.gauge({ name: 'nines_delivery_breaker_open', help: 'Whether nothing is sent to a provider, because it failed; 1 while it is tried again, too.', labels: [...labels] }); // prettier-ignore
  const down = metrics.gauge({ name: 'nines_delivery_breaker_down_seconds', help: 'How long a provider has been failing.', labels: [...labels] }); // prettier-ignore
  const known = new Map<string, { channel: string; provider: string }>();
  async function look(): Promise<void> {
    const now = clock.now();
    const rows = (await troubledProviders(sql)).filter(({ state }) => state !== 'closed');
    for (const one of known.values()) {
      open.set(0, one);
      down.set(0, one);
    }
    for (const { provider, channel, peer, since } of rows) {
      const one = { channel, provider: peer };
      known.set(provider, one);
      open.set(1, one);
      down.set(Math.max(0, now - since) / 1000, one);
    }
    if (rows.length === 0) return health.report(COMPONENT, 'ok');
    const lines = rows.slice(0, MOST_LINES).map((row) => lineOf(row));
    if (rows.length > MOST_LINES) lines.push(`${rows.length - MOST_LINES} more.`);
    health.report(COMPONENT, 'degraded', `${lines.join(' ')} Pages go by other contacts, the rest waits; nothing is lost.`);
  }
  let timer: Timer | undefined;
  const again = (): void => {
    timer = clock.after(EVERY_MS, () => {
      look()
        .catch((error: unknown) => log.warn({ err: error }, 'the providers in trouble could not be read'))
        .finally(() => timer && again());
    });
  };
  again();
  return {
    look,
    end() {
      timer?.cancel();
      timer = undefined;
    },
  };
}

/** The same for as long as it is down, so that health does not change with every look. */
const lineOf = ({ channel, peer, since, error }: BreakerRow): string =>
  `${peer} (${channel}) takes no messages since ${new Date(since).toISOString().replace(/\.\d+Z$/, 'Z')}: ${error.slice(0, 200)}.`;
