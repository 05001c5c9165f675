import { formatDuration } from '../../platform/duration.ts';
import type { TargetState } from '../scrape/index.ts';

/** Names of the scrapes that have targets, in order. */
export const poolsOf = (targets: readonly TargetState[]): string[] => [...new Set(targets.map((one) => one.scrape))].sort();

/** A scrape as a `scrape_config` of Prometheus. It has no secrets: none are known here. */
export function poolConfig(targets: readonly TargetState[]): Record<string, unknown> {
  const first = targets[0]!;
  const url = new URL(first.url);
  const params: Record<string, string[]> = {};
  for (const name of new Set(url.searchParams.keys())) params[name] = url.searchParams.getAll(name);
  return {
    job_name: first.scrape,
    scrape_interval: formatDuration(first.intervalMs),
    scrape_timeout: formatDuration(first.timeoutMs),
    metrics_path: url.pathname,
    scheme: url.protocol.slice(0, -1),
    ...(Object.keys(params).length > 0 && { params }),
    static_configs: targets.map((target) => ({ targets: [new URL(target.url).host], labels: { ...target.labels } })),
  };
}
