/**
 * Host names to addresses without the thread pool. getaddrinfo occupies a thread until the name server answers, and
 * the threads also serve every file read and the storage engine: a dead name server would stall the whole process.
 * So: literals, the hosts file, then c-ares (asynchronous, can be cancelled); getaddrinfo only for names that DNS says
 * don't exist (multicast DNS, a directory service), at most two at a time.
 *
 * Longer than most files: it is one path from a name to its addresses.
 */
import { lookup, Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { codeOf } from './network-reason.ts';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** At least one address, IPv4 first. Rejects with an Error whose message says why there is none. */
export type HostResolver = (host: string, signal: AbortSignal) => Promise<ResolvedAddress[]>;

/** How long an IPv6 answer may be late once there is an IPv4 one. */
const SECOND_FAMILY_MS = 200;
const FALLBACKS_AT_ONCE = 2;
const FILES_FRESH_MS = 5_000;

export interface HostResolverOptions {
  readonly hosts?: string;
  readonly resolvConf?: string;
  /** Name servers as `address:port`; the system's by default. */
  readonly servers?: readonly string[];
  /** Asked for what DNS doesn't know; getaddrinfo by default. */
  readonly fallback?: (host: string) => Promise<ResolvedAddress[]>;
}

export function createHostResolver(options: HostResolverOptions = {}): HostResolver {
  const hosts = cachedFile(options.hosts ?? '/etc/hosts', parseHosts);
  const search = cachedFile(options.resolvConf ?? '/etc/resolv.conf', parseSearch);
  const askSystem = options.fallback ?? getAddresses;
  let fallbacks = 0;

  async function fallback(host: string): Promise<ResolvedAddress[]> {
    if (fallbacks >= FALLBACKS_AT_ONCE) return [];
    fallbacks += 1;
    try {
      return await askSystem(host);
    } catch {
      return [];
    } finally {
      fallbacks -= 1;
    }
  }

  return async (given, signal) => {
    const host = given.replace(/^\[|\]$/g, '');
    const family = isIP(host);
    if (family !== 0) return [{ address: host, family: family === 6 ? 6 : 4 }];
    const listed = (await hosts()).get(host.toLowerCase()) ?? [];
    // Both families, whatever the hosts file says: what listens on localhost listens on either.
    const known = isLocalhost(host)
      ? [...listed, ...LOOPBACKS.filter((one) => !listed.some(({ address }) => address === one.address))]
      : listed;
    if (known.length > 0) return byFamily(known);
    for (const name of searchNames(host, await search())) {
      const found = await query(name, options.servers, signal);
      if (found.length > 0) return found;
    }
    const found = await fallback(host);
    if (found.length > 0) return byFamily(found);
    throw new Error(`no such host: ${host}`);
  };
}

const LOOPBACKS: readonly ResolvedAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];
const isLocalhost = (host: string): boolean => /(^|\.)localhost$/i.test(host);

const getAddresses = async (host: string): Promise<ResolvedAddress[]> =>
  (await lookup(host, { all: true })).map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));

/** Empty where the name doesn't exist; rejects where the name server fails or hangs. */
async function query(name: string, servers: readonly string[] | undefined, signal: AbortSignal): Promise<ResolvedAddress[]> {
  const resolver = new Resolver({ timeout: 2_000, tries: 3 });
  if (servers !== undefined) resolver.setServers(servers);
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel);
  const ask = async (family: 4 | 6): Promise<ResolvedAddress[]> =>
    (await (family === 4 ? resolver.resolve4(name) : resolver.resolve6(name))).map((address) => ({ address, family }));
  try {
    const six = ask(6).catch((error: unknown) => absent(error, name));
    const four = await ask(4).catch((error: unknown) => absent(error, name));
    if (four instanceof Error || four.length === 0) {
      const only = await six;
      if (only instanceof Error) throw four instanceof Error ? four : only;
      if (only.length === 0 && four instanceof Error) throw four;
      return only;
    }
    const late = new Promise<[]>((resolve) => void setTimeout(resolve, SECOND_FAMILY_MS, []).unref());
    const also = await Promise.race([six, late]);
    return also instanceof Error ? four : [...four, ...also];
  } finally {
    signal.removeEventListener('abort', cancel);
    resolver.cancel();
  }
}

/** No records: an empty answer. Anything else: the error, in words. */
function absent(error: unknown, name: string): [] | Error {
  const code = codeOf(error);
  if (code === 'ENOTFOUND' || code === 'ENODATA' || code === 'ECONNREFUSED') return [];
  const why =
    code === 'ETIMEOUT' || code === 'ECANCELLED' ? 'the name server does not answer' : `the name server failed (${code ?? 'unknown'})`;
  return new Error(`${why} for ${name}`);
}

const byFamily = (addresses: ResolvedAddress[]): ResolvedAddress[] => [...addresses].sort((a, b) => a.family - b.family);

/** The names to ask for, in the order of resolv.conf(5). */
export function searchNames(host: string, { domains, ndots }: SearchList): string[] {
  if (host.endsWith('.')) return [host.slice(0, -1)];
  const searched = domains.map((domain) => `${host}.${domain}`);
  return host.split('.').length - 1 >= ndots ? [host, ...searched] : [...searched, host];
}

export interface SearchList {
  readonly domains: readonly string[];
  readonly ndots: number;
}

export function parseSearch(text: string): SearchList {
  let domains: string[] = [];
  let ndots = 1;
  for (const line of text.split('\n')) {
    const [keyword, ...words] = line.trim().split(/\s+/);
    if (keyword === 'search' || keyword === 'domain') domains = words.filter((word) => word !== '.').slice(0, 6);
    else if (keyword === 'options') ndots = Math.min(15, Number(words.find((word) => /^ndots:\d+$/.test(word))?.slice(6) ?? ndots));
  }
  return { domains, ndots };
}

export function parseHosts(text: string): Map<string, ResolvedAddress[]> {
  const hosts = new Map<string, ResolvedAddress[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    const family = isIP(address);
    if (family === 0) continue;
    for (const name of names.map((name) => name.toLowerCase())) {
      hosts.set(name, byFamily([...(hosts.get(name) ?? []), { address, family: family === 6 ? 6 : 4 }]));
    }
  }
  return hosts;
}

/** The parsed file, read again when it is older than five seconds; as if empty where there is none. */
function cachedFile<T>(path: string, parse: (text: string) => T): () => Promise<T> {
  let value: Promise<T> | undefined;
  let readAt = 0;
  return () => {
    if (value === undefined || performance.now() - readAt > FILES_FRESH_MS) {
      readAt = performance.now();
      value = readFile(path, 'utf8').then(parse, () => parse(''));
    }
    return value;
  };
}
