/** What talks to a Prometheus, unchanged against nines: a real Prometheus by remote read, promtool, and the requests of Grafana's data source. */
import { execFile, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { request, sample, series } from '../../src/monitoring/remote-write/encode-request.ts';
import { sampleV2, Symbols } from '../../src/monitoring/remote-write/encode-request-v2.ts';
import { DEFAULT_RULES_YAML } from '../../src/monitoring/index.ts';
import { NinesProcess, TOKEN } from '../harness/nines-process.ts';
import { has, startPeer, type Peer } from '../harness/peer-process.ts';
import { freePort } from '../harness/free-port.ts';

const NOW = Math.floor(Date.now() / 1000) * 1000;
let nines: NinesProcess;
const headers = { authorization: `Bearer ${TOKEN}` };

beforeAll(async () => {
  nines = await NinesProcess.start();
  const all = ['api', 'db'].map((job, k) =>
    series(
      { __name__: 'hits_total', job, zone: 'é' },
      ...Array.from({ length: 300 }, (_, i) => sample(NOW - (300 - i) * 1000 - (i % 7), (i * (k + 1)) / 8)),
    ),
  );
  const answer = await fetch(`${nines.url}/api/v1/write`, { method: 'POST', headers, body: new Uint8Array(request(...all)) });
  expect(answer.status).toBe(204);
}, 120_000);
afterAll(() => nines[Symbol.asyncDispose]());

test('remote write 2.0 answers what was written, also where something was refused', async () => {
  const s = new Symbols();
  const body = s.request(
    s.series({ __name__: 'second_total' }, sampleV2(NOW, 1, NOW - 60_000), s.exemplar({ trace_id: 'x' }, 1, NOW)),
    s.series({ job: 'nameless' }, sampleV2(NOW, 1)),
  );
  const answer = await fetch(`${nines.url}/api/v1/write`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request', 'content-encoding': 'snappy' },
    body: new Uint8Array(body),
  });
  expect(answer.status).toBe(400);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(answer.headers.get('x-prometheus-remote-write-samples-written')).toBe('1');
  expect(answer.headers.get('x-prometheus-remote-write-histograms-written')).toBe('0');
  expect(answer.headers.get('x-prometheus-remote-write-exemplars-written')).toBe('1');
  const found = await nines.ask<{ data: { result: { values: unknown[] }[] } }>(
    'GET',
    `/api/v1/query?query=second_total[5m]&time=${NOW / 1000}`,
  );
  expect(found.data.result[0]?.values).toEqual([[(NOW - 60_000) / 1000, '0'], [NOW / 1000, '1']]); // prettier-ignore
});

test.skipIf(!has('prometheus'))(
  'a real Prometheus asks nines by remote read, and answers the same',
  async () => {
    const directory = path.join(nines.directory, 'prometheus');
    fs.mkdirSync(directory);
    fs.writeFileSync(
      path.join(directory, 'prometheus.yml'),
      `remote_read:\n  - url: ${nines.url}/api/v1/read\n    read_recent: true\n    authorization: { credentials: ${TOKEN} }\n`,
    );
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const args = [
      `--config.file=${directory}/prometheus.yml`,
      `--storage.tsdb.path=${directory}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ];
    await using peer: Peer = await startPeer('prometheus', args, async () => (await fetch(`${url}/-/ready`)).ok);
    const at = String(NOW / 1000);
    const queries = [
      'hits_total',
      'rate(hits_total[100s500ms])',
      'sum(hits_total offset 1m)',
      'count_over_time(hits_total[271s500ms])',
      'hits_total{job=~"d.*"}[271s500ms]',
      'absent(nothing)',
    ];
    for (const query of queries) {
      const search = new URLSearchParams({ query, time: at }).toString();
      const theirs = (await (await fetch(`${url}/api/v1/query?${search}`)).json()) as { status: string; data: unknown };
      const ours = await nines.ask<{ data: { result: unknown } }>('GET', `/api/v1/query?${search}`);
      expect(theirs.status, peer.output()).toBe('success');
      expect(theirs.data, query).toEqual(ours.data);
    }
  },
  60_000,
);

const promtool = (...args: string[]) => promisify(execFile)('promtool', args);
/** As promtool takes a token in every version: the password of the address. */
const withToken = (): string => nines.url.replace('http://', `http://token:${TOKEN}@`);

test.skipIf(!has('promtool')).each<[string, (server: string) => string[], string]>([
  ['instant', (server) => ['query', 'instant', server, 'sum(hits_total) > bool 0', `--time=${NOW / 1000}`], '{} => 1 @['],
  [
    'range',
    (server) => ['query', 'range', server, 'hits_total', `--start=${NOW / 1000 - 60}`, `--end=${NOW / 1000}`, '--step=30s'],
    'hits_total{job="api", zone="é"} =>',
  ],
  [
    'series',
    (server) => ['query', 'series', server, '--match=hits_total', `--start=${NOW / 1000 - 600}`, `--end=${NOW / 1000}`],
    '{__name__="hits_total", job="api", zone="é"}',
  ],
  ['labels', (server) => ['query', 'labels', server, 'job'], 'api\ndb'],
])('promtool: %s', async (_what, args, says) => {
  const { stdout, stderr } = await promtool(...args(withToken()));
  expect(stdout + stderr).toContain(says);
});

test.skipIf(!has('promtool'))('promtool check metrics: what nines says of itself is named as it should be', async () => {
  const text = await (await fetch(`${nines.url}/metrics`, { headers })).text();
  expect(text).toContain('nines_store_series');
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  expect([status, stdout + stderr]).toEqual([0, '']);
});

/** What Grafana's Prometheus data source sends, in its words. */
const GRAFANA: [string, 'GET' | 'POST', string, Record<string, string>, RegExp][] = [
  ['health check', 'POST', '/api/v1/query', { query: '1+1', time: `${NOW / 1000}` }, /"resultType":"scalar","result":\[\d+,"2"\]/],
  ['detection of the application', 'GET', '/api/v1/status/buildinfo', {}, /"version":"\d+\.\d+/],
  [
    'a panel',
    'POST',
    '/api/v1/query_range',
    { query: 'rate(hits_total[1m0s])', start: `${NOW / 1000 - 300}`, end: `${NOW / 1000}`, step: '15' },
    /"resultType":"matrix","result":\[\{/,
  ],
  ['a table', 'POST', '/api/v1/query', { query: 'hits_total', time: `${NOW / 1000}.123` }, /"resultType":"vector"/],
  [
    'label names of a metric',
    'GET',
    '/api/v1/labels',
    { 'match[]': '{__name__="hits_total"}', start: `${NOW / 1000 - 3600}`, end: `${NOW / 1000}`, limit: '40000' },
    /"job"/,
  ],
  ['label names by form', 'POST', '/api/v1/labels', { 'match[]': 'hits_total' }, /"job"/],
  [
    'metric names',
    'GET',
    '/api/v1/label/__name__/values',
    { start: `${NOW / 1000 - 3600}`, end: `${NOW / 1000}`, limit: '40000' },
    /"hits_total"/,
  ],
  ['values of a variable', 'GET', '/api/v1/label/job/values', { 'match[]': 'hits_total' }, /\["api","db"\]/],
  [
    'series of a variable',
    'POST',
    '/api/v1/series',
    { 'match[]': 'hits_total', start: `${NOW / 1000 - 3600}`, end: `${NOW / 1000}` },
    /"zone":"é"/,
  ],
  ['metadata', 'GET', '/api/v1/metadata', { limit: '40000', limit_per_metric: '1' }, /"status":"success"/],
  ['rules', 'GET', '/api/v1/rules', {}, /"groups":\[/],
  ['alerts', 'GET', '/api/v1/alerts', {}, /"alerts":\[/],
  [
    'exemplars',
    'POST',
    '/api/v1/query_exemplars',
    { query: 'second_total', start: `${NOW / 1000 - 60}`, end: `${NOW / 1000 + 60}` },
    /"trace_id":"x"/,
  ],
  ['a query that is wrong', 'POST', '/api/v1/query', { query: 'rate(hits_total)' }, /"errorType":"bad_data"/],
  ['hints of the editor', 'POST', '/api/v1/parse_query', { query: 'rate(hits_total[5m])' }, /"matrixSelector"/],
];
test.each(GRAFANA)('Grafana: %s', async (_what, method, address, params, says) => {
  const search = new URLSearchParams(params).toString();
  const answer = await fetch(`${nines.url}${address}${method === 'GET' ? `?${search}` : ''}`, {
    method,
    headers: { ...headers, 'accept-encoding': 'gzip', ...(method === 'POST' && { 'content-type': 'application/x-www-form-urlencoded' }) },
    ...(method === 'POST' && { body: search }),
  });
  expect(answer.headers.get('content-type')).toContain('application/json');
  expect(await answer.text()).toMatch(says);
});

test.skipIf(!has('promtool'))('promtool check config: the configuration that nines shows is one that Prometheus takes', async () => {
  const { data } = await nines.ask<{ data: { yaml: string } }>('GET', '/api/v1/status/config');
  expect(data.yaml).toContain('scrape_configs');
  const file = path.join(nines.directory, 'shown.yml');
  fs.writeFileSync(file, data.yaml);
  expect((await promtool('check', 'config', file)).stdout).toContain('SUCCESS');
});

test.skipIf(!has('promtool'))('promtool check rules: the rules that come with nines are as they should be', async () => {
  const file = path.join(nines.directory, 'default-rules.yml');
  fs.writeFileSync(file, DEFAULT_RULES_YAML);
  expect((await promtool('check', 'rules', '--lint=all', '--lint-fatal', file)).stdout).toContain('SUCCESS');
});

test.skipIf(!has('promtool'))('promtool fills blocks of a recording rule from what nines answers', async () => {
  const file = path.join(nines.directory, 'recording.yml');
  fs.writeFileSync(
    file,
    "groups: [{name: a, rules: [{record: 'job:hits:sum', expr: 'sum by (job) (hits_total)', labels: {from: nines}}]}]",
  );
  const blocks = path.join(nines.directory, 'blocks');
  const at = NOW / 1000;
  await promtool('tsdb', 'create-blocks-from', 'rules', `--url=${withToken()}`, `--start=${at - 120}`, `--end=${at - 60}`, '--eval-interval=30s', `--output-dir=${blocks}`, file); // prettier-ignore
  // It looks for a log beside the blocks.
  fs.mkdirSync(path.join(blocks, 'wal'));
  const { stdout } = await promtool('tsdb', 'dump', blocks);
  const filled = [...stdout.matchAll(/^\{__name__="job:hits:sum", from="nines", job="(\w+)"\} (\S+) (\d+)$/gm)];
  expect(new Set(filled.map(([, job]) => job))).toEqual(new Set(['api', 'db']));
  for (const [, job, value, time] of filled) {
    const search = new URLSearchParams({ query: `hits_total{job="${job}"}`, time: String(Number(time) / 1000) });
    const { data } = await nines.ask<{ data: { result: { value: [number, string] }[] } }>('GET', `/api/v1/query?${search.toString()}`);
    expect(data.result[0]?.value[1]).toBe(value);
  }
});

test.skipIf(!has('promtool'))('promtool debug metrics: what it packs is what nines says of itself', async () => {
  await promisify(execFile)('promtool', ['debug', 'metrics', withToken()], { cwd: nines.directory });
  const { stdout } = await promisify(execFile)('tar', ['-xzOf', path.join(nines.directory, 'debug.tar.gz')], { maxBuffer: 1 << 26 });
  expect(stdout).toContain('nines_store_series');
});

test.each(['/-/healthy', '/-/ready'])('what promtool check healthy and check ready ask for: %s', async (address) => {
  // Without credentials, and with those of --http.config.file.
  for (const given of [{}, headers]) expect((await fetch(nines.url + address, { headers: given })).status).toBe(200);
});
