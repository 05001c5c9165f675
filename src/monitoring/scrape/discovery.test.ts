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
import { scrapeSpec } from '../contract.ts';
import { discoverDns, discoverFiles } from './discover-targets.ts';
import { createMemorySink } from './memory-sink.ts';
import { createScraper } from './scraper.ts';
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
    look: (check: () => void) => vi.waitFor(async () => (await clock.advance(1_000), check()), { timeout: 5_000 }),
  };
}

test('targets come and go with their files; a file that breaks keeps the last list', async () => {
  const path = await folder();
  const file = join(path, 'shop-1.json');
  await writeFile(file, '[{"targets":["127.0.0.1:1"],"labels":{"env":"live","__metrics_path__":"/m"}}]');
  await writeFile(join(path, 'shop-2.yml'), '- targets: ["127.0.0.1:2"]\n');
  const { errors, labels, look } = watch({ files: [join(path, 'shop-*')], refreshInterval: '1s' });
  await look(() =>
    expect(labels()).toEqual([
      { env: 'live', filepath: file, instance: '127.0.0.1:1', job: 'shop' },
      { filepath: join(path, 'shop-2.yml'), instance: '127.0.0.1:2', job: 'shop' },
    ]),
  );
  await writeFile(file, '[{"targets":[7]}]');
  await look(() => expect(errors.at(-1)).toContain(`${file}: target groups: 0.targets.0: `));
  expect(labels()).toHaveLength(2);
  await writeFile(file, '[]');
  await look(() => expect(labels().map(({ instance }) => instance)).toEqual(['127.0.0.1:2']));
});

test('targets that an HTTP address lists', async () => {
  let answer = '[{"targets":["127.0.0.1:1"]}]';
  const server = createServer((_, response) => void response.end(answer));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  cleanups.push(() => (server.closeAllConnections(), server.close()));
  const http = `http://127.0.0.1:${(server.address() as AddressInfo).port}/targets`;
  const { errors, labels, look } = watch({ http, refreshInterval: '1s' });
  await look(() => expect(labels()).toEqual([{ url: http, instance: '127.0.0.1:1', job: 'shop' }]));
  answer = 'oops';
  await look(() => expect(errors.at(-1)).toMatch(/JSON/));
  expect(labels()).toHaveLength(1);
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
    const flags = answers.length === 0 ? 3 : 0;
    server.send(encode({ type: 'response', id: id!, flags, questions, answers }), from.port, from.address);
  });
  await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', () => resolve()));
  cleanups.push(() => server.close());
  const servers = [`127.0.0.1:${server.address().port}`];
  const ask = async (type: 'SRV' | 'A' | 'AAAA' | 'MX' | 'NS', name = 'shop.test') =>
    (await discoverDns({ names: [name], type, port: 80, servers })).flatMap(({ targets }) => targets);
  expect(await ask('SRV', '_m._tcp.shop.test')).toEqual(['a.shop.test:9100']);
  expect(await ask('A')).toEqual(['10.0.0.1:80']);
  expect(await ask('AAAA')).toEqual(['[2001:db8::1]:80']);
  expect(await ask('MX')).toEqual(['mx.shop.test:80']);
  expect(await ask('NS')).toEqual(['ns.shop.test:80']);
  await expect(ask('A', 'gone.test')).rejects.toThrow('ENOTFOUND');
});

test('a pattern without files is an empty list, a folder that is not there an error', async () => {
  expect(await discoverFiles([join(await folder(), 'a*b*.yml')])).toEqual([]);
  await expect(discoverFiles([join(await folder(), 'no/*.yml')])).rejects.toThrow('ENOENT');
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
