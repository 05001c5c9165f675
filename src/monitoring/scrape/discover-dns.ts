/** One look at the names of a `dns` discovery, with the labels that Prometheus gives what it finds (discovery/dns/dns.go). */
import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import type { Found } from './discovery.ts';
import type { DiscoverySpec } from './discovery-spec.ts';
import { searchNames } from './search-names.ts';
import type { TargetGroup } from './target-groups.ts';

const DNS_TIMEOUT_MS = 5_000;
/** The name or the record isn't there, says a server: that is an answer. */
const NONE = new Set(['ENOTFOUND', 'ENODATA']);

type DnsSpec = NonNullable<DiscoverySpec['dns']>;

/** A name that isn't there has no targets; one of which no server can say anything keeps those that it had. */
export async function discoverDns(spec: DnsSpec, resolvConf = '/etc/resolv.conf'): Promise<Found[]> {
  const resolver = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: 2 });
  if (spec.servers !== undefined) resolver.setServers(spec.servers);
  const conf = await readFile(resolvConf, 'utf8').catch(() => '');
  return Promise.all(spec.names.map((name) => ask(resolver, spec, name, searchNames(name, conf))));
}

async function ask(resolver: Resolver, spec: DnsSpec, name: string, candidates: readonly string[]): Promise<Found> {
  let unanswered: Error | undefined;
  for (const candidate of candidates) {
    try {
      return { source: name, groups: await groupsOf(resolver, spec, name, candidate) };
    } catch (error) {
      if (!NONE.has((error as NodeJS.ErrnoException).code ?? '')) unanswered = error as Error;
    }
  }
  if (unanswered !== undefined) return { source: name, groups: undefined, problem: `${name}: ${unanswered.message.slice(0, 300)}` };
  return { source: name, groups: [], problem: `${name}: there is no ${spec.type} record of this name` };
}

async function groupsOf(resolver: Resolver, { type, port }: DnsSpec, name: string, candidate: string): Promise<TargetGroup[]> {
  const group = (host: string, own: number | undefined, labels: Readonly<Record<string, string>> = {}): TargetGroup => ({
    targets: [`${host.includes(':') ? `[${host}]` : host.replace(/\.$/, '')}:${own}`],
    labels: { __meta_dns_name: name, ...labels },
  });
  /** As the record has it: with the dot of the root. */
  const rooted = (host: string): string => (host.endsWith('.') ? host : `${host}.`);
  if (type === 'SRV') {
    const records = await resolver.resolveSrv(candidate);
    return records.map(({ name: host, port: own }) =>
      group(host, own, { __meta_dns_srv_record_target: rooted(host), __meta_dns_srv_record_port: String(own) }),
    );
  }
  if (type === 'MX')
    return (await resolver.resolveMx(candidate)).map(({ exchange }) =>
      group(exchange, port, { __meta_dns_mx_record_target: rooted(exchange) }),
    );
  if (type === 'NS')
    return (await resolver.resolveNs(candidate)).map((host) => group(host, port, { __meta_dns_ns_record_target: rooted(host) }));
  const hosts = await (type === 'A' ? resolver.resolve4(candidate) : resolver.resolve6(candidate));
  return hosts.map((host) => group(host, port));
}
