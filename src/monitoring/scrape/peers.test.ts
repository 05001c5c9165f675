/** The real things: Debian's node exporter scraped, Debian's nginx probed. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { systemClock } from '../../platform/clock.ts';
import { probeSpec, scrapeSpec } from '../contract.ts';
import { probeHttp } from '../probe/http-probe.ts';
import { createProbeRunner } from '../probe/probe-runner.ts';
import { createMemorySink } from './memory-sink.ts';
import { createScraper } from './scraper.ts';

const has = (program: string): boolean => spawnSync(program, ['-v']).error === undefined;
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'nines-peer-'));
  cleanups.push(() => rm(path, { recursive: true, force: true }));
  return path;
}

function run(program: string, args: readonly string[]): ChildProcess {
  const child = spawn(program, args, { stdio: 'ignore' });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  cleanups.push(() => (child.kill('SIGTERM'), gone));
  return child;
}

const fetched = (url: string) => vi.waitFor(async () => expect((await fetch(url)).ok).toBe(true), { timeout: 10_000, interval: 50 });

test.skipIf(!has('prometheus-node-exporter'))('a scrape of a real prometheus-node-exporter', async () => {
  const address = `127.0.0.1:${await freePort()}`;
  run('prometheus-node-exporter', [`--web.listen-address=${address}`]);
  await fetched(`http://${address}/`);
  const sink = createMemorySink();
  const clock = new VirtualClock(Date.now());
  const scraper = createScraper({ sink, clock });
  cleanups.push(() => scraper.stop());
  scraper.update([{ name: 'node', spec: scrapeSpec.parse({ targets: [address] }) }]);
  await clock.advance(2_000);
  await vi.waitFor(() => expect(scraper.targets()[0]!.health).not.toBe('unknown'), { timeout: 10_000 });
  expect(scraper.targets()[0]).toMatchObject({ health: 'up', lastError: undefined });
  expect(scraper.targets()[0]!.samples).toBeGreaterThan(300);
  expect(sink.last('node_load1{')).toBeGreaterThanOrEqual(0);
  expect(sink.last(`up{instance="${address}",job="node"}`)).toBe(1);
  expect(sink.metadata.find(({ metric }) => metric === 'node_cpu_seconds_total')!.type).toBe('counter');
});

test.skipIf(!has('prometheus-node-exporter'))('protobuf of a real prometheus-node-exporter says what its text says', async () => {
  const address = `127.0.0.1:${await freePort()}`;
  run('prometheus-node-exporter', [`--web.listen-address=${address}`]);
  await fetched(`http://${address}/`);
  const names = async (spec: Record<string, unknown>): Promise<string[]> => {
    const sink = createMemorySink();
    const clock = new VirtualClock(Date.now());
    const scraper = createScraper({ sink, clock });
    cleanups.push(() => scraper.stop());
    scraper.update([{ name: 'node', spec: scrapeSpec.parse({ targets: [address], ...spec }) }]);
    await clock.advance(2_000);
    await vi.waitFor(() => expect(scraper.targets()[0]!.health).not.toBe('unknown'), { timeout: 10_000 });
    expect(scraper.targets()[0]).toMatchObject({ health: 'up', lastError: undefined });
    // Two programs' worth of quantiles and bounds: the text of its time writes 1 where protobuf's reader writes 1.0.
    return [...sink.series.keys()].map((one) => one.replace(/((?:le|quantile)="\d+)\.0"/, '$1"')).sort();
  };
  const text = await names({ scrapeProtocols: ['PrometheusText0.0.4'] });
  const protobuf = await names({ scrapeNativeHistograms: true });
  // Which codes and reasons a process has seen may grow between two scrapes; nothing goes.
  expect(text.length).toBeGreaterThan(300);
  expect(text.filter((one) => !protobuf.includes(one))).toEqual([]);
});

interface Nginx {
  readonly http: string;
  readonly https: string;
  readonly folder: string;
  readonly child: ChildProcess;
}

async function startNginx(certificateDays: number): Promise<Nginx> {
  const [path, http, https] = [await folder(), await freePort(), await freePort()];
  const subject = ['-subj', '/CN=shop.example', '-addext', 'subjectAltName=DNS:shop.example'];
  const files = ['-keyout', join(path, 'key.pem'), '-out', join(path, 'cert.pem')];
  const made = spawnSync('openssl', [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    String(certificateDays),
    ...subject,
    ...files,
  ]);
  expect(made.status).toBe(0);
  const configuration = `
    daemon off; pid ${path}/nginx.pid; error_log ${path}/error.log; worker_processes 1;
    events { worker_connections 64; }
    http {
      access_log off; client_body_temp_path ${path}; proxy_temp_path ${path}; fastcgi_temp_path ${path}; uwsgi_temp_path ${path}; scgi_temp_path ${path};
      server { listen 127.0.0.1:${http}; location / { return 301 https://shop.example:${https}/health; } location = /plain { return 200 'all is ok'; } }
      server {
        listen 127.0.0.1:${https} ssl; ssl_certificate cert.pem; ssl_certificate_key key.pem; ssl_protocols TLSv1.2;
        location = /health { add_header X-Served-By nginx; return 200 'all is ok'; }
      }
    }`;
  await writeFile(join(path, 'nginx.conf'), configuration);
  const child = run('nginx', ['-p', path, '-c', join(path, 'nginx.conf'), '-e', join(path, 'error.log')]);
  await fetched(`http://127.0.0.1:${http}/plain`);
  return { http: `http://shop.example:${http}`, https: `https://shop.example:${https}`, folder: path, child };
}

const resolver = async () => [{ address: '127.0.0.1', family: 4 as const }];
const hasNginx = has('nginx') && spawnSync('openssl', ['version']).error === undefined;

test.skipIf(!hasNginx)('probes of a real nginx, with TLS by a certificate of its own', async () => {
  const nginx = await startNginx(5);
  const tls = { caFile: join(nginx.folder, 'cert.pem') };
  const probe = (url: string, http: Record<string, unknown> = {}) =>
    probeHttp({ name: 'shop', spec: probeSpec.parse({ http: { url, tls, ...http } }) }, { now: Date.now(), resolver });

  const good = await probe(`${nginx.http}/`, {
    expect: { body: 'ok', headers: { 'X-Served-By': 'nginx' }, certificateDays: 3, tlsVersion: 'TLSv1.2' },
  });
  expect(good.reason).toBeUndefined();
  expect(good.hops.map(({ status }) => status)).toEqual([301, 200]);
  expect(Object.keys(good.hops[1]!.phases)).toEqual(['resolve', 'connect', 'tls', 'processing', 'transfer']);
  expect(good.hops[1]).toMatchObject({ tlsVersion: 'TLSv1.2', certificate: { subject: 'shop.example', problem: undefined } });
  expect(good.hops[1]!.certificate!.earliestExpiry / 86_400_000 - Date.now() / 86_400_000).toBeCloseTo(5, 1);

  const health = `${nginx.https}/health`;
  const reasons = [
    [await probe(health, { tls: {} }), /^tls: the certificate is self-signed$/],
    [await probe(health, { tls: { insecureSkipVerify: true } }), undefined],
    [
      await probe(health, { tls: { ...tls, serverName: 'bank.example' } }),
      /^tls: the certificate is for another name: shop.example, not bank.example$/,
    ],
    [await probe(health, { tls: { caFile: '/nowhere/ca.pem' } }), /^tls: ENOENT/],
    [
      await probe(health, { expect: { certificateDays: 14 } }),
      /^certificate expires in [45] days \(\d{4}-\d\d-\d\d\), expected at least 14 days$/,
    ],
    [await probe(health, { expect: { tlsVersion: 'TLSv1.3' } }), /^speaks TLSv1.2, expected TLSv1.3 or newer$/],
    [await probe(`${nginx.https}/none`), /^status 404, expected 2xx$/],
    [await probe(health.replace('https', 'http')), /^status 400, expected 2xx$/],
    [await probe(`${nginx.http}/plain`.replace('http:', 'https:')), /^tls: 127.0.0.1:\d+ does not speak TLS here$/],
  ] as const;
  for (const [{ reason }, expected] of reasons) {
    if (expected === undefined) expect(reason).toBeUndefined();
    else expect(reason).toMatch(expected);
  }
  // What isn't trusted is described all the same.
  expect(reasons[0][0].hops[0]!.certificate).toMatchObject({ subject: 'shop.example', problem: 'the certificate is self-signed' });
});

test.skipIf(!hasNginx)('a real nginx that stops and starts, seen by the probe runner', async () => {
  const nginx = await startNginx(30);
  const sink = createMemorySink();
  const outcomes: (string | undefined)[] = [];
  const runner = createProbeRunner({ sink, clock: systemClock, resolver, onResult: ({ reason }) => void outcomes.push(reason) });
  cleanups.push(() => runner.stop());
  runner.update([
    { name: 'shop', spec: probeSpec.parse({ interval: '1s', http: { url: `${nginx.http}/plain`, expect: { body: 'ok' } } }) },
  ]);
  await vi.waitFor(() => expect(outcomes.at(-1)).toBeUndefined(), { timeout: 5_000 });
  await vi.waitFor(() => expect(sink.last('probe_success')).toBe(1), { timeout: 5_000 });
  nginx.child.kill('SIGTERM');
  await vi.waitFor(() => expect(sink.last('probe_success')).toBe(0), { timeout: 5_000 });
  expect(runner.latest('shop')!.reason).toMatch(/^(connect: connection refused by|request: )/);
});
