import type { Clock } from '../../platform/clock.ts';
import { parseDuration } from '../../platform/duration.ts';
import { discoverDns } from './discover-dns.ts';
import { discoverFiles, discoverHttp } from './discover-targets.ts';
import type { DiscoverySpec } from './discovery-spec.ts';
import { createDiscovery, type Discovery } from './discovery.ts';
import { decode } from './exposition-body.ts';
import type { Fetcher } from './fetch-exposition.ts';
import type { Scrape, Target } from './target.ts';
import { watchFolders } from './watch-folders.ts';

interface TargetDiscoveryOptions {
  readonly clock: Clock;
  readonly onChange: () => void;
  readonly onError: (scrape: string, error: unknown) => void;
}

/** Looks for targets in files, in DNS and at HTTP addresses. */
export function createTargetDiscovery(fetcher: Fetcher, options: TargetDiscoveryOptions): Discovery {
  return createDiscovery({
    ...options,
    watch: ({ files }, changed) => (files === undefined ? () => undefined : watchFolders(files, changed)),
    async look(spec, scrape, signal) {
      const { files, http, dns } = spec;
      if (files !== undefined) return discoverFiles(files);
      if (dns !== undefined) return discoverDns(dns);
      const { body } = await fetcher.fetch(listTarget(scrape, spec), signal);
      return discoverHttp(decode(body), http!);
    },
  });
}

/** Where a list of targets is asked for: with its own credentials, or the scrape's TLS and proxy and none of its credentials. */
function listTarget(
  { name, spec, literal }: Scrape,
  { http, headers: own, headerFiles, authorization, tls = spec.tls, proxy = spec.proxy, refreshInterval }: DiscoverySpec,
): Target {
  const seconds = String(parseDuration(refreshInterval) / 1000);
  const headers = { accept: 'application/json', 'x-prometheus-refresh-interval-seconds': seconds, ...own };
  const asked = { ...spec, headers, headerFiles, authorization, tls, proxy, bearerTokenFile: undefined };
  const about = { key: '', scrape: name, labels: {}, discovered: {}, intervalMs: 30_000, timeoutMs: 10_000 };
  return { ...about, spec: asked, url: new URL(http!), ...(literal === true && { literal }) };
}
