import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test, vi } from 'vitest';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { createRegistry } from '../../platform/metrics.ts';
import { scrapeSpec } from '../contract.ts';
import { createMemorySink } from './memory-sink.ts';
import { createScraper, toPrometheusTargets, type Scraper, type ScraperOptions } from './scraper.ts';

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function listen(server: Server | TcpServer): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => void sockets.add(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const serve = (handler: RequestListener): Promise<string> => listen(createServer(handler));
const text = (body: () => string): Promise<string> => serve((_, response) => void response.end(body()));

function harness(options: Partial<ScraperOptions> = {}) {
  const clock = new VirtualClock('2026-03-01T00:00:00Z');
  const sink = createMemorySink();
  const errors: unknown[] = [];
  const scraper = createScraper({ sink, clock, environment: {}, onError: (_, error) => void errors.push(error), ...options });
  cleanups.push(() => scraper.stop());
  return {
    clock,
    sink,
    scraper,
    errors,
    scrape: (name: string, spec: Record<string, unknown>) => ({ name, spec: scrapeSpec.parse(spec) }),
  };
}

/** Lets time pass in small steps until each target was scraped once more. */
async function nextScrape(clock: VirtualClock, scraper: Scraper): Promise<void> {
  const before = new Map(scraper.targets().map(({ url, lastScrape }) => [url, lastScrape]));
  const step = async (): Promise<void> => {
    const done = scraper.targets().every(({ url, lastScrape }) => lastScrape !== undefined && lastScrape !== before.get(url));
    if (!done) await clock.advance(500);
    expect(done).toBe(true);
  };
  await vi.waitFor(step, { timeout: 5_000, interval: 5 });
  await new Promise((resolve) => setImmediate(resolve));
}

test('samples of a target, and the samples about the scrape', async () => {
  const address = await text(
    () => '# HELP http_requests_total All.\n# TYPE http_requests_total counter\nhttp_requests_total{code="200"} 5\nup_time 3\n',
  );
  const { clock, sink, scraper, scrape } = harness();
  scraper.update([scrape('shop', { service: 'checkout', targets: [address], labels: { env: 'live' } })]);
  expect(scraper.targets()[0]).toMatchObject({ health: 'unknown', lastScrape: undefined, url: `http://${address}/metrics` });
  await nextScrape(clock, scraper);
  const labels = `env="live",instance="${address}",job="shop",service="checkout"}`;
  expect(sink.last(`http_requests_total{code="200",${labels}`)).toBe(5);
  expect(sink.last(`up{${labels}`)).toBe(1);
  expect(sink.last(`scrape_samples_scraped{${labels}`)).toBe(2);
  expect(sink.last(`scrape_samples_post_metric_relabeling{${labels}`)).toBe(2);
  expect(sink.last(`scrape_series_added{${labels}`)).toBe(2);
  expect(sink.last(`scrape_duration_seconds{${labels}`)).toBeGreaterThan(0);
  expect(sink.metadata).toEqual([{ metric: 'http_requests_total', type: 'counter', help: 'All.', unit: '' }]);
  const [target] = scraper.targets();
  expect(target).toMatchObject({ health: 'up', lastError: undefined, samples: 2, intervalMs: 15_000, timeoutMs: 10_000 });
  expect(sink.get('up{')[0]!.time).toBe(target!.lastScrape);
  await nextScrape(clock, scraper);
  expect(sink.last('scrape_series_added')).toBe(0);
});

test('a series that vanishes ends, and comes back', async () => {
  let body = 'a 1\nb{x="1"} 2\n';
  const address = await text(() => body);
  const { clock, sink, scraper, scrape } = harness();
  scraper.update([scrape('shop', { targets: [address] })]);
  await nextScrape(clock, scraper);
  body = 'a 2\n';
  await nextScrape(clock, scraper);
  expect(sink.get('b{').map(({ value }) => value)).toEqual([2, 'stale']);
  expect(sink.get('b{')[1]!.time).toBe(sink.get('a{')[1]!.time);
  body = 'a 3\nb{x="1"} 4\n';
  await nextScrape(clock, scraper);
  expect(sink.get('b{').map(({ value }) => value)).toEqual([2, 'stale', 4]);
  expect(sink.last('scrape_series_added')).toBe(1);
});

test('a series spelled another way is the same series', async () => {
  let body = 'a{x="1",y="2"} 1\na{y="2",x="1"} 7\n';
  const address = await text(() => body);
  const { clock, sink, scraper, scrape } = harness();
  scraper.update([scrape('shop', { targets: [address] })]);
  await nextScrape(clock, scraper);
  body = 'a{y="2",x="1",} 2\n';
  await nextScrape(clock, scraper);
  expect(sink.get('a{').map(({ value }) => value)).toEqual([1, 2]);
});

test('a scrape that fails ends all its series, none of its samples count, and up is 0', async () => {
  let body = 'a 1\nb 2\n';
  const address = await text(() => body);
  const { clock, sink, scraper, scrape } = harness();
  scraper.update([scrape('shop', { targets: [address] })]);
  await nextScrape(clock, scraper);
  body = 'a 3\nb two\n';
  await nextScrape(clock, scraper);
  expect(sink.get('a{').map(({ value }) => value)).toEqual([1, 'stale']);
  expect(sink.get('b{').map(({ value }) => value)).toEqual([2, 'stale']);
  expect(sink.get('up{').map(({ value }) => value)).toEqual([1, 0]);
  // As in Prometheus: what came until it failed.
  expect(sink.last('scrape_samples_scraped')).toBe(1);
  expect(scraper.targets()[0]).toMatchObject({ health: 'down', samples: 0, lastError: 'line 2: not a number: "two" in "b two"' });
  body = 'a 4\nb 5\n';
  await nextScrape(clock, scraper);
  expect(sink.last('a{')).toBe(4);
  expect(scraper.targets()[0]).toMatchObject({ health: 'up', lastError: undefined });
});

test('a target over its limit makes no series beyond it, is counted whole, and has all of them once it is within', async () => {
  let body = Array.from({ length: 6 }, (_, i) => `a{i="${i}"} 1\n`).join('');
  const address = await text(() => body);
  const { clock, sink, scraper, scrape } = harness();
  const made = vi.spyOn(sink, 'resolve');
  scraper.update([scrape('shop', { targets: [address], sampleLimit: 4 })]);
  await nextScrape(clock, scraper);
  expect(['scrape_samples_scraped', 'scrape_samples_post_metric_relabeling', 'up{'].map((name) => sink.last(name))).toEqual([6, 6, 0]);
  expect(made.mock.calls.filter(([{ __name__: name }]) => name === 'a')).toHaveLength(4);
  // The last ones, which were beyond the limit.
  body = body.split('\n').slice(3).join('\n');
  await nextScrape(clock, scraper);
  expect(sink.last('up{')).toBe(1);
  expect([3, 4, 5].map((i) => sink.last(`a{i="${i}"`))).toEqual([1, 1, 1]);
});

test('a target that is removed ends with all its series; a stop ends nothing', async () => {
  const address = await text(() => 'a 1\n');
  const { clock, sink, scraper, scrape } = harness();
  scraper.update([scrape('one', { targets: [address] }), scrape('two', { targets: [address] })]);
  await nextScrape(clock, scraper);
  scraper.update([scrape('two', { targets: [address] })]);
  await vi.waitFor(() => expect(sink.last(`a{instance="${address}",job="one"}`)).toBe('stale'));
  expect(sink.last(`up{instance="${address}",job="one"}`)).toBe('stale');
  await scraper.stop();
  expect(sink.last(`a{instance="${address}",job="two"}`)).toBe(1);
});

test('an update that changes nothing of a target leaves it as it is', async () => {
  const address = await text(() => 'a 1\n');
  const { clock, sink, scraper, scrape } = harness();
  scraper.update([scrape('shop', { targets: [address] })]);
  await nextScrape(clock, scraper);
  scraper.update([scrape('shop', { targets: [address, '127.0.0.1:1'] })]);
  expect(new Set(scraper.targets().map(({ health }) => health))).toEqual(new Set(['unknown', 'up']));
  expect(sink.last('a{')).toBe(1);
});

test('timestamps of the target, and honorTimestamps: false', async () => {
  const at = Date.parse('2026-02-28T23:59:00Z');
  const address = await text(() => `a 1 ${at}\nahead 2 ${at + 3_600_000}\n`);
  const { clock, sink, scraper, scrape } = harness();
  scraper.update([scrape('honest', { targets: [address] }), scrape('own', { targets: [address], honorTimestamps: false })]);
  await nextScrape(clock, scraper);
  expect(sink.get(`a{instance="${address}",job="honest"}`)).toEqual([{ time: at, value: 1 }]);
  expect(sink.get(`ahead{instance="${address}",job="honest"}`)).toEqual([]);
  expect(sink.get(`a{instance="${address}",job="own"}`)[0]!.time).toBe(sink.get(`up{instance="${address}",job="own"}`)[0]!.time);
});

test('what is asked: format, credentials, parameters', async () => {
  const seen: unknown[] = [];
  const address = await serve(({ url, headers }, response) => {
    seen.push(url, headers.authorization, headers.accept, headers['x-tenant'], headers['x-prometheus-scrape-timeout-seconds']);
    response.end('a 1\n');
  });
  const { clock, scraper, scrape } = harness({ environment: { TOKEN: 'secret' } });
  scraper.update([
    scrape('shop', {
      targets: [`http://${address}/federate?x=1`],
      params: { 'match[]': ['a', 'b c'] },
      authorization: { bearer: '${TOKEN}' },
      headers: { 'X-Tenant': 'one' },
      timeout: '3s',
    }),
  ]);
  await nextScrape(clock, scraper);
  expect(seen).toEqual([
    '/federate?x=1&match%5B%5D=a&match%5B%5D=b+c',
    'Bearer secret',
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.4,application/openmetrics-text;version=0.0.1;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
    'one',
    '3',
  ]);
  expect(scraper.targets()[0]!.instance).toBe(address);
});

test('connections are kept; one that the target closed meanwhile is opened again', async () => {
  const ports = new Set<number>();
  const server = createServer(({ socket }, response) => (ports.add(socket.remotePort!), response.end('a 1\n')));
  const address = await listen(server);
  const { clock, scraper, scrape } = harness();
  scraper.update([scrape('shop', { targets: [address] })]);
  await nextScrape(clock, scraper);
  await nextScrape(clock, scraper);
  expect(ports.size).toBe(1);
  server.closeAllConnections();
  await nextScrape(clock, scraper);
  expect(scraper.targets()[0]).toMatchObject({ health: 'up', lastError: undefined });
});

test.each<[string, Record<string, unknown>, RequestListener, RegExp]>([
  ['answers 503', {}, (_, response) => void response.writeHead(503).end('a 1\n'), /^status 503, expected 200$/],
  [
    'answers with a page',
    {},
    (_, response) => void response.end('<!doctype html><p>Hi'),
    /^line 1: expected a metric name in "<!doctype html><p>Hi"$/,
  ],
  [
    'has too many samples',
    { sampleLimit: 3 },
    (_, response) => void response.end('a 1\nb 1\nc 1\nd 1\n'),
    /^the target has 4 samples, more than sampleLimit \(3\)$/,
  ],
  [
    'has too many labels',
    { labelLimit: 3 },
    (_, response) => void response.end('a{b="c",d="e"} 1\n'),
    /^the series a has 5 labels, more than labelLimit \(3\)$/,
  ],
  [
    'has a name of UTF-8 where none is wanted',
    { nameValidation: 'legacy' },
    (_, response) => void response.end('{"a.b"} 1\n'),
    /^the name "a\.b" is not of letters, digits and '_'/,
  ],
  [
    'has a body too large',
    { bodyLimit: '10KB' },
    (_, response) => void response.end('#'.repeat(20_000)),
    /^the body is larger than bodyLimit \(10 KiB\)$/,
  ],
  [
    'has a line of 10 MB',
    {},
    (_, response) => void response.end(`a{b="${'x'.repeat(10_000_000)}"} 1\n`),
    /^line 1: a (quote that is not closed|series longer)/,
  ],
  [
    'sends a gzip bomb',
    { bodyLimit: '1MB' },
    (_, response) => void response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(30_000_000))),
    /^the body is larger than bodyLimit \(1 MiB\)$/,
  ],
  [
    'sends broken gzip',
    {},
    (_, response) => void response.setHeader('content-encoding', 'gzip').end('a 1\n'),
    /^the body ended early, after 0 bytes \(incorrect header check\)$/,
  ],
  ['sends brotli', {}, (_, response) => void response.setHeader('content-encoding', 'br').end('a 1\n'), /^the body is in the encoding br/],
  [
    'sends bytes that are not UTF-8',
    {},
    (_, response) => void response.end(Buffer.from([97, 32, 49, 10, 97, 0xff])),
    /^line 2: invalid UTF-8$/,
  ],
  [
    'hangs up in the body',
    {},
    ({ socket }, response) => (response.writeHead(200, { 'content-length': 99 }), response.write('a 1\n', () => socket.destroy())),
    /^the body ended early, after \d+ bytes/,
  ],
  ['redirects in a circle', {}, (_, response) => void response.writeHead(302, { location: '/metrics' }).end(), /^more than 5 redirects/],
  ['never answers', { timeout: '100ms' }, () => {}, /^timeout after 100ms while waiting for the answer \(0 bytes received\)$/],
  ['trickles', { timeout: '100ms' }, (_, response) => drip(response), /^timeout after 100ms while reading \(\d+ bytes received\)$/],
  ['sends garbage without end', { bodyLimit: '5MB' }, (_, response) => flood(response), /^the body is larger than bodyLimit \(5 MiB\)$/],
  [
    'needs a credential that is not there',
    { authorization: { bearer: '${NOPE}' } },
    () => {},
    /^the environment variable NOPE is not set$/,
  ],
])('a target that %s is told off exactly, and its neighbour is well', async (_, spec, handler, reason) => {
  const [bad, good] = await Promise.all([serve(handler), text(() => 'a 1\n')]);
  const { clock, sink, scraper, errors, scrape } = harness();
  scraper.update([scrape('bad', { targets: [bad], ...spec }), scrape('good', { targets: [good] })]);
  await nextScrape(clock, scraper);
  const [first, second] = scraper.targets();
  expect(first!.lastError).toMatch(reason);
  expect(first).toMatchObject({ job: 'bad', health: 'down', samples: 0 });
  expect(second).toMatchObject({ job: 'good', health: 'up', samples: 1 });
  expect(sink.last(`up{instance="${bad}"`)).toBe(0);
  expect(sink.last(`up{instance="${good}"`)).toBe(1);
  expect(errors).toEqual([]);
});

function drip(response: { write(text: string): unknown; on(event: 'close', run: () => void): unknown }): void {
  const timer = setInterval(() => response.write('a'), 5);
  response.on('close', () => clearInterval(timer));
}

function flood(response: { write(text: string): boolean; destroyed: boolean }): void {
  if (response.destroyed) return;
  response.write('garbage '.repeat(8192));
  setImmediate(flood, response);
}

test('a refused connection, a protocol that is not HTTP, a name that is not there', async () => {
  const closed = createServer();
  const gone = await listen(closed);
  closed.close();
  const mail = await listen(createTcpServer((socket) => void socket.end('220 mail ESMTP\r\n')));
  const { clock, scraper, scrape } = harness({
    resolver: async (host) => {
      if (host === 'nowhere.example') throw new Error('no such host: nowhere.example');
      return [{ address: host, family: 4 }];
    },
  });
  scraper.update([scrape('a', { targets: [gone] }), scrape('b', { targets: [mail] }), scrape('c', { targets: ['nowhere.example:9100'] })]);
  await nextScrape(clock, scraper);
  const errors = scraper.targets().map(({ lastError }) => lastError);
  expect(errors[0]).toBe(`connection refused by ${gone}`);
  expect(errors[1]).toContain(`${mail} does not answer in HTTP`);
  expect(errors[2]).toBe('no such host: nowhere.example');
});

test('all scrapes together hold a bounded amount of memory, and give it back', async () => {
  const [large, small] = await Promise.all([200_000, 60_000].map((size) => serve((_, response) => void response.end('#'.repeat(size)))));
  const { clock, scraper, scrape } = harness({ memoryLimit: 100_000 });
  scraper.update([scrape('large', { targets: [large] })]);
  await nextScrape(clock, scraper);
  expect(scraper.targets()[0]!.lastError).toBe('all scrapes under way together hold more than 98 KiB');
  scraper.update([scrape('small', { targets: [small] })]);
  for (let i = 0; i < 3; i += 1) {
    await nextScrape(clock, scraper);
    expect(scraper.targets()[0]).toMatchObject({ health: 'up', lastError: undefined });
  }
});

test('a scrape that a stop cuts short says nothing: the target is not down', async () => {
  let asked = false;
  const address = await serve(() => void (asked = true));
  const { clock, sink, scraper, scrape } = harness();
  scraper.update([scrape('shop', { targets: [address] })]);
  await clock.advance(2_000);
  await vi.waitFor(() => expect(asked).toBe(true));
  await scraper.stop();
  expect(sink.series.size).toBe(0);
});

test('a store that refuses is reported, and the next scrape comes', async () => {
  const address = await text(() => 'a 1\n');
  const { clock, sink, scraper, errors, scrape } = harness();
  scraper.update([scrape('shop', { targets: [address] })]);
  sink.failure = new Error('disk full');
  await nextScrape(clock, scraper);
  expect(errors).toEqual([sink.failure]);
  sink.failure = undefined;
  await nextScrape(clock, scraper);
  expect(sink.last('a{')).toBe(1);
});

test('a kept connection that the target closes on us says nothing about the target; a stop closes it', async () => {
  let connections = 0;
  const server = createTcpServer((socket) => {
    connections += 1;
    let requests = 0;
    socket.on('data', () => {
      requests += 1;
      if (requests === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\na 1\n');
      else socket.destroy();
    });
  });
  const address = await listen(server);
  const { clock, scraper, scrape } = harness();
  scraper.update([scrape('shop', { targets: [address] })]);
  await nextScrape(clock, scraper);
  await nextScrape(clock, scraper);
  expect(scraper.targets()[0]).toMatchObject({ health: 'up', lastError: undefined });
  expect(connections).toBe(2);
  const open = (): Promise<number> => new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
  expect(await open()).toBe(1);
  await scraper.stop();
  await vi.waitFor(async () => expect(await open()).toBe(0));
});

test('what the scraper did is counted', async () => {
  const registry = createRegistry();
  const [good, bad] = await Promise.all([text(() => 'a 1\nb 2\n'), text(() => 'garbage')]);
  const { clock, scraper, scrape } = harness({ registry });
  scraper.update([scrape('shop', { targets: [good, bad] })]);
  await nextScrape(clock, scraper);
  const counted = Object.fromEntries(
    registry.samples().map(({ name, labels, value }) => [`${name} ${labels.outcome ?? ''}`.trim(), value]),
  );
  expect(counted).toMatchObject({
    'nines_scrapes_total up': 1,
    'nines_scrapes_total down': 1,
    nines_scraped_samples_total: 2,
    nines_scrape_targets: 2,
  });
});

test('the state reads as Prometheus’ targets', async () => {
  const address = await text(() => 'a 1\n');
  const { clock, scraper, scrape } = harness();
  scraper.update([scrape('shop', { targets: [address] })]);
  expect(toPrometheusTargets(scraper.targets())).toMatchObject({
    activeTargets: [{ lastScrape: '0001-01-01T00:00:00Z', health: 'unknown' }],
  });
  await nextScrape(clock, scraper);
  expect(toPrometheusTargets(scraper.targets())).toMatchObject({
    activeTargets: [
      {
        discoveredLabels: { __address__: address, __metrics_path__: '/metrics', __scheme__: 'http', job: 'shop' },
        labels: { job: 'shop', instance: address },
        scrapePool: 'shop',
        scrapeUrl: `http://${address}/metrics`,
        lastError: '',
        health: 'up',
        scrapeInterval: '15s',
        scrapeTimeout: '10s',
      },
    ],
  });
});

test('series are relabelled before they are kept; dropped ones count as scraped', async () => {
  const address = await text(() => 'go_a 1\ngo_b 2\nHTTP{code="200"} 3\n');
  const { clock, sink, scraper, scrape } = harness();
  const metricRelabel = [
    { sourceLabels: ['__name__'], regex: 'go_.*', action: 'drop' },
    { sourceLabels: ['__name__'], targetLabel: '__name__', action: 'lowercase' },
    { regex: 'code', action: 'labeldrop' },
  ];
  scraper.update([
    scrape('shop', {
      targets: [address, 'gone:1'],
      metricRelabel,
      extraMetrics: true,
      relabel: [{ sourceLabels: ['__address__'], regex: 'gone.*', action: 'drop' }],
    }),
  ]);
  await nextScrape(clock, scraper);
  expect([...sink.series.keys()].filter((series) => /^(go|http)/i.test(series))).toEqual([`http{instance="${address}",job="shop"}`]);
  expect(sink.last('scrape_samples_scraped')).toBe(3);
  expect(sink.last('scrape_samples_post_metric_relabeling')).toBe(1);
  expect(sink.last('scrape_body_size_bytes')).toBe(33);
  expect(sink.last('scrape_timeout_seconds')).toBe(10);
  expect(toPrometheusTargets(scraper.targets(), scraper.dropped(), scraper.droppedCounts())).toMatchObject({
    droppedTargets: [{ discoveredLabels: { __address__: 'gone:1' }, scrapePool: 'shop' }],
    droppedTargetCounts: { shop: 1 },
  });
});

test('a token comes from its file as it is now; a redirect is an error where none is to be followed', async () => {
  const seen: unknown[] = [];
  const address = await serve((request, response) => {
    seen.push([request.headers.authorization, request.headers['x-tenant']]);
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  const folder = await mkdtemp(join(tmpdir(), 'nines-token-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const [bearerTokenFile, tenantFile] = [join(folder, 'token'), join(folder, 'tenant')];
  await writeFile(tenantFile, 'shop\n');
  const { clock, scraper, scrape } = harness();
  scraper.update([
    scrape('shop', {
      targets: [address],
      bearerTokenFile,
      headers: { 'X-Tenant': 'all' },
      headerFiles: { 'x-tenant': [tenantFile] },
      followRedirects: false,
    }),
  ]);
  await writeFile(bearerTokenFile, 'one\n');
  await nextScrape(clock, scraper);
  expect(scraper.targets()[0]!.lastError).toBe('status 302, expected 200');
  await writeFile(bearerTokenFile, 'two');
  await nextScrape(clock, scraper);
  expect(seen).toEqual([['Bearer one', 'all, shop'], ['Bearer two', 'all, shop']]); // prettier-ignore
  await writeFile(bearerTokenFile, 'a secret\nof two lines');
  await nextScrape(clock, scraper);
  expect(scraper.targets()[0]!.lastError).toBe(
    `the file ${bearerTokenFile} does not hold a token: it has characters that a header can't have`,
  );
});

test.each([
  [true, [1, 'stale']],
  [false, [1]],
])('a series with timestamps of its own that vanishes, trackTimestampsStaleness %j', async (trackTimestampsStaleness, values) => {
  let body = '';
  const address = await text(() => body);
  const { clock, sink, scraper, scrape } = harness();
  body = `a 1 ${clock.now()}\n`;
  scraper.update([scrape('shop', { targets: [address], trackTimestampsStaleness })]);
  await nextScrape(clock, scraper);
  body = 'b 1\n';
  await nextScrape(clock, scraper);
  expect(sink.get('a{').map(({ value }) => value)).toEqual(values);
});
