import { createSocket, type Socket } from 'node:dgram';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createHostResolver, parseHosts, parseSearch, searchNames } from './resolve-host.ts';

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const A = 1;
const AAAA = 28;
/** Names and their records; null is a name for which the server never answers. */
type Zone = Readonly<Record<string, { a?: string; aaaa?: Buffer | null } | null>>;

/** As much of a name server (RFC 1035) as the resolver needs: returns its `host:port` and what it was asked. */
async function nameServer(zone: Zone): Promise<{ address: string; asked: string[] }> {
  const server: Socket = createSocket('udp4');
  const asked: string[] = [];
  server.on('message', (query, peer) => {
    const labels: string[] = [];
    let at = 12;
    for (let length = query[at]!; length > 0; length = query[at]!) {
      labels.push(query.toString('latin1', at + 1, at + 1 + length));
      at += 1 + length;
    }
    const name = labels.join('.').toLowerCase();
    const type = query.readUInt16BE(at + 1);
    asked.push(name);
    const records = zone[name];
    if (records === null || (type === AAAA && records?.aaaa === null)) return;
    const data =
      type === A && records?.a !== undefined ? Buffer.from(records.a.split('.').map(Number)) : type === AAAA ? records?.aaaa : undefined;
    const header = Buffer.from([query[0]!, query[1]!, 0x81, records === undefined ? 0x83 : 0x80, 0, 1, 0, data ? 1 : 0, 0, 0, 0, 0]);
    const answer = data ? Buffer.concat([Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length]), data]) : Buffer.alloc(0);
    server.send(Buffer.concat([header, query.subarray(12, at + 5), answer]), peer.port, peer.address);
  });
  await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', () => resolve()));
  cleanups.push(() => server.close());
  return { address: `127.0.0.1:${server.address().port}`, asked };
}

async function resolverWith(zone: Zone, { hosts = '', resolvConf = '' } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'nines-dns-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'hosts'), hosts);
  await writeFile(join(folder, 'resolv.conf'), resolvConf);
  const { address, asked } = await nameServer(zone);
  const files = { hosts: join(folder, 'hosts'), resolvConf: join(folder, 'resolv.conf') };
  const resolve = createHostResolver({ ...files, servers: [address], fallback: async () => [] });
  return { asked, resolve: (host: string, signal = new AbortController().signal) => resolve(host, signal) };
}

const v4 = (address: string) => ({ address, family: 4 });
const v6 = (address: string) => ({ address, family: 6 });
const SIX = Buffer.from('20010db8000000000000000000000001', 'hex');

test.each([
  ['an address', '10.0.0.1', [v4('10.0.0.1')]],
  ['an IPv6 address', '[2001:db8::1]', [v6('2001:db8::1')]],
  ['a name of the hosts file', 'DB1', [v4('10.0.0.9')]],
  ['localhost, which the hosts file lacks', 'localhost', [v4('127.0.0.1'), v6('::1')]],
  ['a name with both families', 'both.example', [v4('10.0.0.2'), v6('2001:db8::1')]],
  ['a name with IPv6 alone', 'six.example', [v6('2001:db8::1')]],
  ['a name whose IPv6 answer never comes', 'slow.example', [v4('10.0.0.3')]],
  ['a short name in the search list', 'api', [v4('10.0.0.4')]],
])('%s', async (_, host, addresses) => {
  const { resolve } = await resolverWith(
    {
      'both.example': { a: '10.0.0.2', aaaa: SIX },
      'six.example': { aaaa: SIX },
      'slow.example': { a: '10.0.0.3', aaaa: null },
      'api.shop.internal': { a: '10.0.0.4' },
    },
    { hosts: '# comment\n10.0.0.9 db1 # and more\n', resolvConf: 'search other.internal shop.internal\noptions ndots:1\n' },
  );
  expect(await resolve(host)).toEqual(addresses);
});

test('a name that is not there', async () => {
  const { resolve, asked } = await resolverWith({});
  await expect(resolve('nowhere.example')).rejects.toThrow('no such host: nowhere.example');
  expect(asked).toContain('nowhere.example');
});

test('a name server that is silent is given up when the caller does', async () => {
  const { resolve } = await resolverWith({ 'dead.example': null });
  const controller = new AbortController();
  const waiting = expect(resolve('dead.example', controller.signal)).rejects.toThrow('the name server does not answer for dead.example');
  setTimeout(() => controller.abort(), 30);
  await waiting;
});

test.each([
  ['api', { domains: ['a.example', 'b.example'], ndots: 1 }, ['api.a.example', 'api.b.example', 'api']],
  ['api.shop', { domains: ['a.example'], ndots: 1 }, ['api.shop', 'api.shop.a.example']],
  ['api.shop', { domains: ['a.example'], ndots: 5 }, ['api.shop.a.example', 'api.shop']],
  ['api.', { domains: ['a.example'], ndots: 5 }, ['api']],
])('names to ask for %s', (host, search, names) => expect(searchNames(host, search)).toEqual(names));

test('files with anything in them', () => {
  expect(parseSearch('nameserver 10.0.0.1\nsearch a b .\noptions rotate ndots:3\n')).toEqual({ domains: ['a', 'b'], ndots: 3 });
  expect(parseSearch('garbage')).toEqual({ domains: [], ndots: 1 });
  expect([...parseHosts('::1 me\n127.0.0.1 me you\nnot-an-address x\n')]).toEqual([
    ['me', [v4('127.0.0.1'), v6('::1')]],
    ['you', [v4('127.0.0.1')]],
  ]);
});
