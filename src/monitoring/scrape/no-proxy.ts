/** Which proxy an address is asked through, as Go's httpproxy decides it (golang.org/x/net/http/httpproxy). */
import { BlockList, isIP } from 'node:net';
import type { Environment } from '../probe/credentials.ts';
import type { ProxySpec } from './client-spec.ts';

/** The proxy for an address, or undefined where it is asked directly. Throws where what is given is no proxy's address. */
export function proxyFor(url: URL, spec: ProxySpec | undefined, environment: Environment): URL | undefined {
  if (spec === undefined) return undefined;
  if (spec.fromEnvironment) return fromEnvironment(url, environment);
  return spec.noProxy !== undefined && isDirect(url, spec.noProxy) ? undefined : proxyUrl(spec.url!, 'the proxy');
}

function fromEnvironment(url: URL, environment: Environment): URL | undefined {
  const get = (name: string): string => environment[name] || environment[name.toLowerCase()] || '';
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const given = get(name);
  const host = bare(url.hostname);
  if (given === '' || isLocal(host) || isDirect(url, get('NO_PROXY'))) return undefined;
  return proxyUrl(given.includes('://') ? given : `http://${given}`, `the environment variable ${name}`);
}

/** Without the address itself in what is thrown: it may have a password in it. */
function proxyUrl(text: string, what: string): URL {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) throw new Error(`${what} is not the address of an http or https proxy`); // prettier-ignore
  return new URL(text);
}

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '').toLowerCase();

const isLocal = (host: string): boolean => host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** Whether one of the entries, with commas between, names the address: `*`, `host`, `.domain`, `1.2.3.4`, `10.0.0.0/8`, each with `:port` or without. */
export function isDirect(url: URL, noProxy: string): boolean {
  const host = bare(url.hostname);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry !== '' && fitsEntry(host, port, entry));
}

function fitsEntry(host: string, port: string, entry: string): boolean {
  if (entry === '*') return true;
  const network = /^([0-9a-f.:]+)\/(\d{1,3})$/.exec(entry);
  if (network !== null) return inNetwork(host, network[1]!, Number(network[2]));
  const withPort = isIP(entry) === 6 ? null : /^\[?(.*?)\]?:(\d{1,5})$/.exec(entry);
  if (withPort !== null && withPort[2] !== port) return false;
  const name = withPort?.[1] ?? entry.replace(/^\[|\]$/g, '');
  if (isIP(name) > 0) return host === name;
  if (name.startsWith('*.')) return host.endsWith(name.slice(1));
  if (name.startsWith('.')) return host.endsWith(name);
  return host === name || host.endsWith(`.${name}`);
}

function inNetwork(host: string, address: string, bits: number): boolean {
  const family = isIP(address);
  if (family === 0 || isIP(host) !== family || bits > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
  return list.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
