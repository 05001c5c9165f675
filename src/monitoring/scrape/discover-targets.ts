/** One look at where targets are found: files, an HTTP address, DNS. Each throws an Error in words where it can't say. */
import { Resolver } from 'node:dns/promises';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';
import type { DiscoverySpec } from './discovery-spec.ts';
import { readTargetGroups, type TargetGroup } from './target-groups.ts';

const LARGEST_FILE = 16 * 2 ** 20;
const DNS_TIMEOUT_MS = 5_000;

/** Of all files that the patterns name, in order. */
export async function discoverFiles(patterns: readonly string[]): Promise<TargetGroup[]> {
  const files: string[] = [];
  for (const pattern of patterns) files.push(...(await filesOf(pattern)));
  const groups: TargetGroup[] = [];
  for (const file of new Set(files)) groups.push(...(await readGroups(file)));
  return groups;
}

async function filesOf(pattern: string): Promise<string[]> {
  const [folder, name] = [dirname(pattern), basename(pattern)];
  if (!name.includes('*')) return [pattern];
  const parts = name.split('*');
  const names = (await readdir(folder)).filter((one) => fits(one, parts));
  return names.sort().map((one) => join(folder, one));
}

/** Whether a name is made of the parts, in order, with anything between. */
function fits(name: string, parts: readonly string[]): boolean {
  const [first, last] = [parts[0]!, parts.at(-1)!];
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}

async function readGroups(file: string): Promise<TargetGroup[]> {
  const { size } = await stat(file);
  if (size > LARGEST_FILE) throw new Error(`${file}: ${size} bytes, more than ${LARGEST_FILE}`);
  const text = await readFile(file, 'utf8');
  try {
    const value: unknown = file.endsWith('.json') ? JSON.parse(text) : parse(text, { maxAliasCount: 100 });
    return readTargetGroups(value, { __meta_filepath: file });
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message.slice(0, 500)}`, { cause: error });
  }
}

/** @param url where the text was asked for */
export function discoverHttp(text: string, url: string): TargetGroup[] {
  return readTargetGroups(JSON.parse(text), { __meta_url: url });
}

/** The records of all names; throws where one name has no answer, so that the last good list stays. */
export async function discoverDns({ names, type, port, servers }: NonNullable<DiscoverySpec['dns']>): Promise<TargetGroup[]> {
  const resolver = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  return Promise.all(names.map(ask));

  async function ask(name: string): Promise<TargetGroup> {
    const labels = { __meta_dns_name: name };
    if (type === 'SRV') {
      const records = await resolver.resolveSrv(name);
      return { targets: records.map((record) => `${record.name}:${record.port}`), labels };
    }
    const hosts = await hostsOf(name);
    return { targets: hosts.map((host) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)), labels };
  }

  async function hostsOf(name: string): Promise<string[]> {
    if (type === 'MX') return (await resolver.resolveMx(name)).map(({ exchange }) => exchange);
    if (type === 'NS') return resolver.resolveNs(name);
    return type === 'A' ? resolver.resolve4(name) : resolver.resolve6(name);
  }
}
