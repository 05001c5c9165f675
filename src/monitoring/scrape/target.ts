import { parseDuration } from '../../platform/duration.ts';
import type { ScrapeSpec } from '../contract.ts';
import type { Labels } from '../series.ts';
import { compileRelabel, type Relabel } from './relabel.ts';
import type { TargetGroup } from './target-groups.ts';

export interface Scrape {
  readonly name: string;
  readonly spec: ScrapeSpec;
  /** `${NAME}` in it is text and no variable: it comes from a file of Prometheus. */
  readonly literal?: boolean;
}

export interface Target {
  /** The same as long as nothing about the target changed. */
  readonly key: string;
  readonly scrape: string;
  readonly spec: ScrapeSpec;
  readonly url: URL;
  /** On every series: job, instance, service, and the document's own, after relabelling. */
  readonly labels: Labels;
  /** Before relabelling, `__address__` and the like among them. */
  readonly discovered: Labels;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly literal?: boolean;
  /** Why it must not be scraped: it counts as down. */
  readonly refusal?: string;
}

/** One that relabelling leaves out. */
export interface DroppedTarget {
  readonly scrape: string;
  readonly discovered: Labels;
  /** Where it wasn't dropped on purpose: what is wrong with what relabelling made of it. */
  readonly problem: string | undefined;
}

export interface SelectedTargets {
  /** Each once. */
  readonly targets: Target[];
  /** Of each Scrape as many as it keeps. */
  readonly dropped: DroppedTarget[];
  /** How many there are, by Scrape. */
  readonly droppedCounts: Readonly<Record<string, number>>;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const LONGEST_INTERVAL_MS = 86_400_000;

/** The targets of Scrape documents: those that they list, and those that were discovered for them. */
export function selectTargets(
  scrapes: readonly Scrape[],
  groupsOf: (scrape: string) => readonly TargetGroup[] = () => [],
): SelectedTargets {
  const targets = new Map<string, Target>();
  const dropped: DroppedTarget[] = [];
  const droppedCounts = new Map<string, number>();
  for (const scrape of scrapes) {
    const { targets: listed, groups = [], discover: _, keepDroppedTargets: most = Number.POSITIVE_INFINITY, ...rest } = scrape.spec;
    const shared = JSON.stringify(rest);
    const relabel = scrape.spec.relabel === undefined ? undefined : compileRelabel(scrape.spec.relabel);
    const own = new Map<string, Target>();
    const given = groups.map((group) => ({ targets: group.targets, labels: group.labels ?? {} }));
    for (const { targets: addresses, labels } of [{ targets: listed, labels: undefined }, ...given, ...groupsOf(scrape.name)]) {
      for (const address of addresses) {
        const target = targetOf(scrape, address, labels, shared, relabel);
        if ('key' in target) own.set(target.key, target);
        else {
          const before = droppedCounts.get(scrape.name) ?? 0;
          droppedCounts.set(scrape.name, before + 1);
          if (before < most) dropped.push(target);
        }
      }
    }
    for (const target of withinLimit(scrape, [...own.values()])) targets.set(target.key, target);
  }
  return { targets: [...targets.values()], dropped, droppedCounts: Object.fromEntries(droppedCounts) };
}

/** As in Prometheus a job with too many targets has none: which of them to leave out, no one has said. */
function withinLimit({ spec: { targetLimit } }: Scrape, targets: readonly Target[]): readonly Target[] {
  if (targetLimit === undefined || targets.length <= targetLimit) return targets;
  const refusal = `the scrape has ${targets.length} targets, more than targetLimit (${targetLimit})`;
  return targets.map((target) => ({ ...target, refusal, key: `${target.key} ${refusal}` }));
}

function targetOf(
  scrape: Scrape,
  address: string,
  group: Labels | undefined,
  shared: string,
  relabel: Relabel | undefined,
): Target | DroppedTarget {
  const { name, spec } = scrape;
  // What was discovered may be anything until relabelling made an address of it.
  const url = urlOf(group === undefined ? address : 'discovered.invalid', spec);
  const discovered = { ...discoveredLabels(scrape, address, url), ...withValue(group), ...(group && { __address__: address }) };
  const after = relabel === undefined ? discovered : relabel(discovered);
  if (after === undefined) return { scrape: name, discovered, problem: undefined };
  try {
    const final = relabel === undefined && group === undefined ? url : relabelledUrl(url, after);
    const intervalMs = durationOf(after, '__scrape_interval__');
    const timeoutMs = Math.min(durationOf(after, '__scrape_timeout__'), intervalMs);
    const labels = publicLabels(after);
    return {
      key: `${name} ${address} ${final.href} ${shared}${group === undefined ? '' : JSON.stringify(group)}`,
      scrape: name,
      spec,
      url: final,
      labels,
      discovered,
      intervalMs,
      timeoutMs,
      ...(scrape.literal === true && { literal: true }),
    };
  } catch (error) {
    return { scrape: name, discovered, problem: (error as Error).message };
  }
}

/** A group's label without a value doesn't hide the one that the scrape gives. */
const withValue = (group: Labels | undefined): Labels =>
  Object.fromEntries(Object.entries(group ?? {}).filter(([, value]) => value !== ''));

/** As Prometheus hands them to relabelling. */
function discoveredLabels({ name, spec }: Scrape, address: string, url: URL): Labels {
  const params: Record<string, string> = {};
  for (const [param, value] of url.searchParams) params[`__param_${param}`] ??= value;
  const timeout = spec.timeout ?? (parseDuration(spec.interval) < DEFAULT_TIMEOUT_MS ? spec.interval : '10s');
  return {
    ...params,
    __address__: isUrl(address) ? url.host : address,
    __metrics_path__: url.pathname,
    __scheme__: url.protocol.slice(0, -1),
    __scrape_interval__: spec.interval,
    __scrape_timeout__: timeout,
    ...spec.labels,
    job: spec.job ?? name,
    ...(spec.service !== undefined && { service: spec.service }),
  };
}

/** Labels that start with `__` have done their work. Only an `instance` of its own replaces the address. */
function publicLabels(after: Labels): Labels {
  const kept = Object.entries(after).filter(([name]) => !name.startsWith('__'));
  return { instance: after['__address__']!, ...Object.fromEntries(kept) };
}

function relabelledUrl(url: URL, after: Labels): URL {
  const { __scheme__: scheme = '', __address__: address = '', __metrics_path__: path = '' } = after;
  if (address === '') throw new Error('no __address__ is left');
  if (scheme !== 'http' && scheme !== 'https')
    throw new Error(`the __scheme__ is ${JSON.stringify(scheme.slice(0, 40))}, expected http or https`);
  const text = `${scheme}://${address}${path.startsWith('/') ? path : `/${path}`}`;
  const host = `${scheme}://${address}`;
  if (/[/?#@\s]/.test(address) || !URL.canParse(host) || !URL.canParse(text)) {
    throw new Error(`the __address__ ${JSON.stringify(address.slice(0, 100))} is not host:port`);
  }
  const made = new URL(text);
  for (const [name, value] of url.searchParams) made.searchParams.append(name, value);
  for (const [label, value] of Object.entries(after)) if (label.startsWith('__param_')) setFirst(made, label.slice(8), value);
  return made;
}

/** The first value of a parameter, the others kept. */
function setFirst(url: URL, name: string, value: string): void {
  const rest = url.searchParams.getAll(name).slice(1);
  url.searchParams.set(name, value);
  for (const each of rest) url.searchParams.append(name, each);
}

function durationOf(labels: Labels, name: string): number {
  const ms = parseDuration(labels[name] ?? '');
  if (!(ms > 0 && ms <= LONGEST_INTERVAL_MS)) throw new Error(`${name} is ${labels[name] ?? 'missing'}, expected up to a day`);
  return ms;
}

/** `host:port` takes scheme and path from the document, a full address its own; the parameters are added to both. */
function urlOf(address: string, spec: ScrapeSpec): URL {
  const url = new URL(isUrl(address) ? address : `${spec.scheme}://${address}${spec.path}`);
  for (const [name, value] of Object.entries(spec.params ?? {})) for (const each of [value].flat()) url.searchParams.append(name, each);
  return url;
}

const isUrl = (address: string): boolean => /^https?:\/\//.test(address);
