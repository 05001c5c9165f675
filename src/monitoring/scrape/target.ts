import { parseDuration } from '../../platform/duration.ts';
import type { ScrapeSpec } from '../contract.ts';
import type { Labels } from '../series.ts';

export interface Scrape {
  readonly name: string;
  readonly spec: ScrapeSpec;
}

export interface Target {
  /** The same as long as nothing about the target changed. */
  readonly key: string;
  readonly scrape: string;
  readonly spec: ScrapeSpec;
  readonly url: URL;
  /** On every series: job, instance, service, and the document's own. */
  readonly labels: Labels;
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/** The targets of Scrape documents, each once. */
export function targetsOf(scrapes: readonly Scrape[]): Target[] {
  const targets = new Map<string, Target>();
  for (const scrape of scrapes) {
    const { targets: addresses, ...rest } = scrape.spec;
    const shared = JSON.stringify(rest);
    for (const address of addresses) {
      const target = targetOf(scrape, address, shared);
      targets.set(target.key, target);
    }
  }
  return [...targets.values()];
}

function targetOf({ name, spec }: Scrape, address: string, shared: string): Target {
  const url = urlOf(address, spec);
  const intervalMs = parseDuration(spec.interval);
  return {
    key: `${name} ${url.href} ${shared}`,
    scrape: name,
    spec,
    url,
    labels: {
      ...spec.labels,
      // Only a document's own `instance` may replace the address: it names what the address merely leads to.
      instance: spec.labels?.instance ?? instanceOf(address, url),
      job: spec.job ?? name,
      ...(spec.service !== undefined && { service: spec.service }),
    },
    intervalMs,
    timeoutMs: spec.timeout === undefined ? Math.min(DEFAULT_TIMEOUT_MS, intervalMs) : parseDuration(spec.timeout),
  };
}

/** `host:port` takes scheme and path from the document, a full address its own; the parameters are added to both. */
function urlOf(address: string, spec: ScrapeSpec): URL {
  const full = /^https?:\/\//.test(address);
  const url = new URL(full ? address : `${spec.scheme}://${address}${spec.path}`);
  for (const [name, value] of Object.entries(spec.params ?? {})) for (const each of [value].flat()) url.searchParams.append(name, each);
  return url;
}

const instanceOf = (address: string, url: URL): string => (/^https?:\/\//.test(address) ? url.host : address);
