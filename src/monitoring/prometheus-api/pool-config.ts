import { formatDuration } from '../../platform/duration.ts';
import type { TargetState } from '../scrape/index.ts';

/** A scrape as a `scrape_config` of Prometheus. It has no secrets: none are known here. */
export function poolConfig(name: string, targets: readonly TargetState[]): Record<string, unknown> {
  const [first] = targets;
  if (first === undefined) return { job_name: name };
  const url = new URL(first.url);
  const params: Record<string, string[]> = {};
  for (const name of new Set(url.searchParams.keys())) params[name] = url.searchParams.getAll(name);
  return {
    job_name: name,
    scrape_interval: formatDuration(first.intervalMs),
    scrape_timeout: formatDuration(first.timeoutMs),
    metrics_path: url.pathname,
    scheme: url.protocol.slice(0, -1),
    ...(Object.keys(params).length > 0 && { params }),
    static_configs: targets.map((target) => ({ targets: [new URL(target.url).host], labels: { ...target.labels } })),
  };
}
