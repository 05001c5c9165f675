import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode, encode, type Answer } from 'dns-packet';
import * as fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { systemClock } from '../../platform/clock.ts';
import { scrapeSpec } from '../contract.ts';
import { discoverDns } from './discover-dns.ts';
import { discoverFiles } from './discover-targets.ts';
import { createMemorySink } from './memory-sink.ts';
import { createScraper } from './scraper.ts';
import { searchNames } from './search-names.ts';
import { readTargetGroups } from './target-groups.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'nines-discovery-'));
  cleanups.push(() => rm(path, { recursive: true, force: true }));
  return path;
}

function watch(discover: unknown) {
  const clock = new VirtualClock('2026-03-01T00:00:00Z');
  const errors: string[] = [];
  const onDiscoveryError = (_: string, error: unknown): void => void errors.push((error as Error).message);
  const scraper = createScraper({ sink: createMemorySink(), clock, environment: {}, onDiscoveryError });
  cleanups.push(() => scraper.stop());
  const relabel = [{ regex: '__meta_(.*)', action: 'labelmap' }];
  scraper.update([{ name: 'shop', spec: scrapeSpec.parse({ discover: [discover], relabel, interval: '1d' }) }]);
  const labels = () => scraper.targets().map((target) => target.labels);
  return {
    clock,
    errors,
    labels,
    problems: () => scraper.problems(),
    look: (check: () => void) => vi.waitFor(async () => (await clock.advance(1_000), check()), { timeout: 5_000 }),
  };
}

test('targets come and go with their files; a file that breaks keeps the last list', async () => {
  const path = await folder();
  const file = join(path, 'shop-1.json');
  await writeFile(file, '[{"targets":["127.0.0.1:1"],"labels":{"env":"live","__metrics_path__":"/m"}}]');
  await writeFile(join(path, 'shop-2.yml'), '- targets: ["127.0.0.1:2"]\n');
  const { errors, labels, look, problems } = watch({ files: [join(path, 'shop-*')], refreshInterval: '1s' });
  await look(() =>
    expect(labels()).toEqual([
      { env: 'live', filepath: file, instance: '127.0.0.1:1', job: 'shop' },
      { filepath: join(path, 'shop-2.yml'), instance: '127.0.0.1:2', job: 'shop' },
    ]),
  );
  await writeFile(file, '[{"targets":[7]}]');
  await look(() => expect(errors.at(-1)).toContain(`${file}: target groups: 0.targets.0: `));
  expect(labels()).toHaveLength(2);
  // What is next to it is read all the same.
  await writeFile(join(path, 'shop-3.yaml'), '- targets: ["127.0.0.1:3"]\n');
  await look(() => expect(labels().map(({ instance }) => instance)).toEqual(['127.0.0.1:1', '127.0.0.1:2', '127.0.0.1:3']));
  expect(problems()).toEqual([{ scrape: 'shop', source: file, problem: errors.at(-1), since: expect.any(Number) as number }]);
  const said = errors.length;
  await look(() => expect(errors).toHaveLength(said));
  await writeFile(file, '[]');
  await look(() => expect(labels().map(({ instance }) => instance)).toEqual(['127.0.0.1:2', '127.0.0.1:3']));
  expect(problems()).toEqual([]);
  await rm(join(path, 'shop-2.yml'));
  await look(() => expect(labels().map(({ instance }) => instance)).toEqual(['127.0.0.1:3']));
});

test('a file that changes is read at once, not when the next look is due', async () => {
  const path = await folder();
  const scraper = createScraper({ sink: createMemorySink(), clock: systemClock, environment: {} });
  cleanups.push(() => scraper.stop());
  const files = [join(path, 'a.json')];
  scraper.update([{ name: 'shop', spec: scrapeSpec.parse({ discover: [{ files, refreshInterval: '1d' }], interval: '1d' }) }]);
  await vi.waitFor(() => expect(scraper.problems()[0]?.problem).toContain('ENOENT'));
  for (const port of [1, 2]) {
    await writeFile(files[0]!, `[{"targets":["127.0.0.1:${port}"]}]`);
    await vi.waitFor(() => expect(scraper.targets().map(({ instance }) => instance)).toEqual([`127.0.0.1:${port}`]), { timeout: 10_000 });
  }
});

test('targets that an HTTP address lists', async () => {
  let answer = '[{"targets":["127.0.0.1:1"]}]';
  const asked: unknown[] = [];
  const server = createServer(({ headers }, response) => {
    asked.push([headers.accept, headers['x-prometheus-refresh-interval-seconds']]);
    response.end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  cleanups.push(() => (server.closeAllConnections(), server.close()));
  const http = `http://127.0.0.1:${(server.address() as AddressInfo).port}/targets`;
  const { errors, labels, look } = watch({ http, refreshInterval: '1s' });
  await look(() => expect(labels()).toEqual([{ url: http, instance: '127.0.0.1:1', job: 'shop' }]));
  answer = 'oops';
  await look(() => expect(errors.at(-1)).toMatch(/JSON/));
  expect(labels()).toHaveLength(1);
  expect(asked[0]).toEqual(['application/json', '1']);
});

test('targets that DNS knows', async () => {
  const server = createSocket('udp4');
  const known: Answer[] = [
    { type: 'SRV', name: '_m._tcp.shop.test', data: { target: 'a.shop.test', port: 9100 } },
    { type: 'A', name: 'shop.test', data: '10.0.0.1' },
    { type: 'AAAA', name: 'shop.test', data: '2001:db8::1' },
    { type: 'MX', name: 'shop.test', data: { exchange: 'mx.shop.test', preference: 1 } },
    { type: 'NS', name: 'shop.test', data: 'ns.shop.test' },
  ];
  server.on('message', (message, from) => {
    const { id, questions = [] } = decode(message);
    const answers = known.filter(({ type, name }) => questions.some((one) => one.type === type && one.name === name));
    const flags = questions[0]!.name.startsWith('broken') ? 2 : answers.length === 0 ? 3 : 0;
    server.send(encode({ type: 'response', id: id!, flags, questions, answers }), from.port, from.address);
  });
  await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', () => resolve()));
  cleanups.push(() => server.close());
  const servers = [`127.0.0.1:${server.address().port}`];
  const ask = async (type: 'SRV' | 'A' | 'AAAA' | 'MX' | 'NS', names: string[], conf = '') => {
    const path = join(await folder(), 'resolv.conf');
    await writeFile(path, conf);
    const found = await discoverDns({ names, type, port: 80, servers }, path);
    return found.map(({ groups, problem }) => problem ?? groups!.map(({ targets, labels }) => [targets[0], labels]));
  };
  const srv = { __meta_dns_srv_record_target: 'a.shop.test.', __meta_dns_srv_record_port: '9100' };
  expect(await ask('SRV', ['_m._tcp.shop.test'])).toEqual([[['a.shop.test:9100', { __meta_dns_name: '_m._tcp.shop.test', ...srv }]]]);
  const __meta_dns_name = 'shop.test';
  expect(await ask('A', ['shop.test', 'gone.test'])).toEqual([
    [['10.0.0.1:80', { __meta_dns_name }]],
    'gone.test: there is no A record of this name',
  ]);
  expect(await ask('AAAA', ['shop.test'])).toEqual([[['[2001:db8::1]:80', { __meta_dns_name }]]]);
  expect(await ask('MX', ['shop.test'])).toEqual([
    [['mx.shop.test:80', { __meta_dns_name, __meta_dns_mx_record_target: 'mx.shop.test.' }]],
  ]);
  expect(await ask('NS', ['shop.test'])).toEqual([
    [['ns.shop.test:80', { __meta_dns_name, __meta_dns_ns_record_target: 'ns.shop.test.' }]],
  ]);
  // Within a domain to search, and a server that can't say.
  expect(await ask('A', ['shop'], 'search other test.\n')).toEqual([[['10.0.0.1:80', { __meta_dns_name: 'shop' }]]]);
  expect(await ask('A', ['broken.test'])).toEqual([expect.stringMatching(/^broken\.test: .*ESERVFAIL/)]);
});

test.each([
  ['shop', 'search a.test b.test.\noptions timeout:1 ndots:2', ['shop.a.test', 'shop.b.test', 'shop']],
  ['shop.eu', 'search a.test\noptions ndots:2', ['shop.eu.a.test', 'shop.eu']],
  ['shop.eu', 'search a.test', ['shop.eu', 'shop.eu.a.test']],
  ['shop.', 'search a.test', ['shop.']],
  ['shop', '# search x\nsearch a\ndomain b.test', ['shop.b.test', 'shop']],
  ['shop', '', ['shop']],
])('%s within %j is %j', (name, conf, names) => expect(searchNames(name, conf)).toEqual(names));

test('a pattern without files is an empty list; a folder that is not there too, and it is said', async () => {
  expect(await discoverFiles([join(await folder(), 'a*b*.yml')])).toEqual([]);
  expect(await discoverFiles([join(await folder(), 'no/*.yml')])).toMatchObject([
    { groups: [], problem: expect.stringContaining('ENOENT') as string },
  ]);
});

test('whatever a list says is read or refused', () => {
  const group = fc.record({ targets: fc.anything(), labels: fc.anything() }, { requiredKeys: [] });
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.array(group)), (value) => {
      try {
        for (const { targets } of readTargetGroups(value, {})) expect(targets.every((one) => typeof one === 'string')).toBe(true);
      } catch (error) {
        expect((error as Error).message).toMatch(/^target groups: /);
      }
    }),
  );
});
