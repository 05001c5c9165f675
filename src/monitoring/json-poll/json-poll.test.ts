import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzz } from '../../../test/harness/fuzz.ts';
import { scrapeSpec } from '../contract.ts';
import { createMemorySink } from '../scrape/memory-sink.ts';
import { createFetcher } from '../scrape/fetch-exposition.ts';
import { createScrapeLoop } from '../scrape/scrape-loop.ts';
import { selectTargets } from '../scrape/target.ts';
import { jsonExposition } from './json-exposition.ts';
import { findAll, parseJsonPath } from './json-path.ts';

const DOCUMENT = {
  queue: { depth: 5, 'a b': { c: '7.5' }, full: false },
  disks: [
    { name: 'sda', free: 1 },
    { name: 's"db', free: 2e21 },
    { name: 'none', free: null },
  ],
  hosts: { web1: { up: true }, web2: { up: false } },
};
const text = JSON.stringify(DOCUMENT);

test.each([
  ['queue.depth', {}, 'm 5\n'],
  ['$.queue.depth', { labels: { a: 'b' } }, 'm{a="b"} 5\n'],
  ["$.queue['a b'].c", {}, 'm 7.5\n'],
  ['queue.full', {}, 'm 0\n'],
  ['disks[1].free', {}, 'm 2e+21\n'],
  ['disks[*].free', { each: ['i'], labelPaths: { disk: 'disks[*].name' } }, 'm{i="0",disk="sda"} 1\nm{i="1",disk="s\\"db"} 2e+21\n'],
  ['hosts.*.up', { each: ['host'] }, 'm{host="web1"} 1\nm{host="web2"} 0\n'],
])('%s', (path, rest, expected) => {
  expect(jsonExposition(text, { values: [{ name: 'm', path, ...rest }] })).toBe(expected);
});

test.each([
  ['queue.depth', '{', 'not JSON'],
  ['queue.length', text, 'there is no number at queue.length'],
  ['disks.name', text, 'there is no number'],
  ['__proto__.x', text, 'there is no number'],
  ['constructor.name', text, 'there is no number'],
])('%s in %j is told', (path, body, message) => {
  expect(() => jsonExposition(body, { values: [{ name: 'm', path }] })).toThrow(message);
});

test.each(['', '$', '.', 'a..b', 'a.', 'a[', 'a[x]', 'a]b', 'a b', "a['", 'a[-1]', '$a', 'a.'.repeat(100)])('%j is no path', (path) => {
  expect(() => parseJsonPath(path)).toThrow(/path/);
});

test('any path is read or refused, and finds what it names', async () => {
  await fuzz(
    fc.property(fc.string(), fc.jsonValue(), (path, document) => {
      let steps;
      try {
        steps = parseJsonPath(path);
      } catch {
        return;
      }
      expect(Array.isArray(findAll(document, steps))).toBe(true);
    }),
    1000,
  );
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z ]{1,9}$/), fc.integer(), { minKeys: 1 }), (document) => {
      for (const [key, value] of Object.entries(document)) expect(findAll(document, parseJsonPath(`$['${key}']`))[0]?.value).toBe(value);
    }),
  );
});

const EXPVAR = {
  cmdline: ['/usr/bin/shop', '-v'],
  memstats: {
    Alloc: 1000,
    TotalAlloc: 5000,
    NumGC: 3,
    PauseTotalNs: 2_500_000_000,
    PauseNs: [1, 2],
    BySize: [{ Size: 8 }],
    EnableGC: true,
  },
  requests: 42,
  'cache.hits': 0.5,
  version: 'v1',
  ready: true,
  status: { '200': 40, '5xx': 2, byHost: { a: 1 } },
};

test("Go's expvar: memstats by the names of Go's client, the program's own by theirs", () => {
  expect(jsonExposition(JSON.stringify(EXPVAR), { expvar: true }).trim().split('\n')).toEqual([
    'go_memstats_alloc_bytes 1000',
    'go_memstats_alloc_bytes_total 5000',
    'go_gc_duration_seconds_count 3',
    'go_gc_duration_seconds_sum 2.5',
    'requests 42',
    'cache_hits 0.5',
    'ready 1',
    'status{key="200"} 40',
    'status{key="5xx"} 2',
    'status_byHost{key="a"} 1',
  ]);
});

test('a Scrape with json is one like others: up, durations, staleness, errors', async () => {
  let body = JSON.stringify(EXPVAR);
  const server = createServer((_, answer) => answer.setHeader('content-type', 'application/json').end(body));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const spec = scrapeSpec.parse({
    targets: [address],
    path: '/debug/vars',
    json: { expvar: true, values: [{ name: 'hits', path: "$['cache.hits']" }] },
  });
  const [target] = selectTargets([{ name: 'shop', spec }]).targets;
  const sink = createMemorySink();
  const fetcher = createFetcher();
  try {
    const loop = createScrapeLoop(target!, sink, fetcher);
    await loop.scrape(1000, new AbortController().signal);
    expect(sink.last('up{')).toBe(1);
    expect(sink.last('hits{')).toBe(0.5);
    expect(sink.last('status{instance')).toBe(2);
    body = '{"requests": 43}';
    await loop.scrape(2000, new AbortController().signal);
    expect([sink.last('requests{'), sink.last('hits{')]).toEqual([43, 'stale']);
    body = 'oops';
    await loop.scrape(3000, new AbortController().signal);
    expect(loop.health()).toMatchObject({ health: 'down', lastError: expect.stringContaining('the body is not JSON') as string });
    expect([sink.last('up{'), sink.last('requests{')]).toEqual([0, 'stale']);
  } finally {
    fetcher.close();
    server.close();
  }
});

test.each([
  [{}, "give 'values', or 'expvar: true'"],
  [{ values: [] }, "give 'values', or 'expvar: true'"],
  [{ values: [{ name: 'a b', path: 'x' }] }, "a metric's name is"],
  [{ values: [{ name: 'a', path: 'x..y' }] }, 'see column 2'],
  [{ values: [{ name: 'a', path: 'x', each: ['y'] }] }, "1 labels for 0 '*'"],
])('the part %j of a document is refused', (json, message) => {
  const result = scrapeSpec.safeParse({ targets: ['a:1'], json });
  expect(result.success ? '' : result.error.issues.map((issue) => issue.message).join()).toContain(message);
});
