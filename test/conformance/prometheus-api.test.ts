/** Every answer of Prometheus' HTTP API against the description that Prometheus publishes of it. */
import { existsSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { label, request, sample, series, field, varint } from '../../src/monitoring/remote-write/encode-request.ts';
import { NinesProcess, TOKEN, waitFor } from '../harness/nines-process.ts';

const FILE = new URL('../../../shared/conformance/prometheus-api/openapi.yaml', import.meta.url);
const there = existsSync(FILE);

interface Operation {
  readonly responses: Record<string, { content?: Record<string, { schema?: { $ref?: string } }> }>;
}
interface Description {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, object> };
}

const description = (there ? parse(readFileSync(FILE, 'utf8')) : { paths: {}, components: { schemas: {} } }) as Description;
const ajv = new Ajv2020({ strict: false, allErrors: true, discriminator: false });
addFormats.default(ajv);
for (const name of ['int64', 'unixtime', 'double']) ajv.addFormat(name, true);
ajv.addSchema({ $id: 'prometheus', components: description.components });

const problemsOf = (schema: string, value: unknown): string => {
  const validate = ajv.getSchema(`prometheus#/components/schemas/${schema}`);
  if (!validate) throw new Error(`no schema ${schema}`);
  return validate(value) ? '' : JSON.stringify(validate.errors).slice(0, 2000);
};

let nines: NinesProcess;
const NOW = Math.floor(Date.now() / 1000);

beforeAll(async () => {
  if (!there) return;
  nines = await NinesProcess.start({
    files: {
      'scrape.yaml': 'apiVersion: nines/v1\nkind: Scrape\nmetadata: { name: self }\nspec: { targets: ["127.0.0.1:1"], interval: 5s }\n',
      'graphite.yaml':
        'apiVersion: nines/v1\nkind: GraphiteRule\nmetadata: { name: disk }\nspec: { target: servers.*.free, interval: 5s, critical: { below: 5 } }\n',
      'heartbeat.yaml': 'apiVersion: nines/v1\nkind: Heartbeat\nmetadata: { name: backup }\nspec: { every: 10s, grace: 1s }\n',
    },
  });
  const metadata = field(3, Buffer.concat([varint(8), varint(1), field(2, 'hits_total'), field(4, 'Hits.'), field(5, 'hits')]));
  const numbers = Buffer.alloc(18);
  numbers[0] = 17;
  numbers.writeDoubleLE(0.5, 1);
  numbers[9] = 24;
  const exemplar = field(3, Buffer.concat([label('trace_id', 'abc'), numbers.subarray(0, 10), varint(NOW * 1000)]));
  const body = request(
    metadata,
    series({ __name__: 'hits_total', job: 'api' }, sample(NOW * 1000 - 30_000, 1), sample(NOW * 1000, 2), exemplar),
    series({ __name__: 'hits_total', job: 'db', 'odd.name': 'é"\\' }, sample(NOW * 1000, 3)),
  );
  const answer = await fetch(`${nines.url}/api/v1/write`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}` },
    body: new Uint8Array(body),
  });
  expect(answer.status).toBe(204);
  await waitFor('samples of its own', async () => {
    const { data } = await nines.ask<{ data: { result: unknown[] } }>('GET', '/api/v1/query?query=count({__name__=~".%2B"})>20');
    return data.result.length > 0;
  });
}, 120_000);
afterAll(() => nines?.[Symbol.asyncDispose]());

const ask = (method: string, path: string, params: Record<string, string | string[]> = {}): Promise<Response> => {
  const search = new URLSearchParams(
    Object.entries(params).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one])),
  );
  const post = method !== 'GET';
  return fetch(`${nines.url}/api/v1${path}${post ? '' : `?${search.toString()}`}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}` },
    ...(post && { body: search }),
  });
};

const range = { start: String(NOW - 60), end: String(NOW), step: '15' };
type Case = [path: string, params: Record<string, string | string[]>, schema: string, contains: string];
const QUESTIONS: Case[] = [
  [
    '/query_exemplars',
    { query: 'rate(hits_total[5m])', start: String(NOW - 60), end: String(NOW + 60) },
    'QueryExemplarsOutputBody',
    'trace_id',
  ],
  ['/query', { query: 'hits_total' }, 'QueryOutputBody', 'hits_total'],
  ['/query', { query: 'hits_total', stats: 'all', limit: '1' }, 'QueryOutputBody', 'truncated'],
  ['/query', { query: '1+1' }, 'QueryOutputBody', '"2"'],
  ['/query', { query: 'hits_total[5m]', time: String(NOW) }, 'QueryOutputBody', 'matrix'],
  ['/query', { query: 'rate(up[5m])', lookback_delta: '1m', timeout: '5s' }, 'QueryOutputBody', 'success'],
  ['/query_range', { query: 'hits_total', ...range }, 'QueryRangeOutputBody', 'hits_total'],
  ['/query_range', { query: 'sum(hits_total)', ...range, stats: 'true' }, 'QueryRangeOutputBody', 'evalTotalTime'],
  ['/format_query', { query: 'sum by(job)(up)' }, 'FormatQueryOutputBody', 'sum by (job)'],
  ['/parse_query', { query: 'sum by (job) (rate(up{a="b"}[5m] offset 1m)) > bool 1' }, 'ParseQueryOutputBody', 'binaryExpr'],
  ['/labels', {}, 'LabelsOutputBody', '__name__'],
  ['/labels', { 'match[]': ['hits_total', 'up'], limit: '1' }, 'LabelsOutputBody', 'truncated'],
  ['/series', { 'match[]': 'hits_total' }, 'SeriesOutputBody', 'odd.name'],
];
const GETS: Case[] = [
  ['/label/job/values', {}, 'LabelValuesOutputBody', 'api'],
  ['/label/__name__/values', { 'match[]': '{job="db"}', limit: '1' }, 'LabelValuesOutputBody', 'hits_total'],
  ['/metadata', { limit: '1', limit_per_metric: '1' }, 'MetadataOutputBody', 'help'],
  ['/metadata', { metric: 'hits_total' }, 'MetadataOutputBody', 'counter'],
  ['/targets', {}, 'TargetsOutputBody', '127.0.0.1:1'],
  ['/targets', { state: 'dropped', scrapePool: 'self' }, 'TargetsOutputBody', 'success'],
  ['/targets/metadata', { limit: '2' }, 'TargetMetadataOutputBody', 'success'],
  ['/targets/relabel_steps', { scrapePool: 'self', labels: '{"__address__":"a:1"}' }, 'TargetRelabelStepsOutputBody', 'success'],
  ['/scrape_pools', {}, 'ScrapePoolsOutputBody', 'self'],
  ['/scrape_pools/config', { scrapePool: 'self' }, 'ScrapePoolConfigOutputBody', 'scrape_interval'],
  ['/rules', {}, 'RulesOutputBody', 'groups'],
  ['/rules', { type: 'alert', exclude_alerts: 'true' }, 'RulesOutputBody', 'success'],
  ['/rules', { group_limit: '1', 'match[]': '{severity=~".+"}' }, 'RulesOutputBody', 'groupNextToken'],
  ['/rules', { 'file[]': 'a', 'rule_group[]': 'b', 'rule_name[]': 'c' }, 'RulesOutputBody', '"groups":[]'],
  ['/alerts', {}, 'AlertsOutputBody', 'alerts'],
  ['/alertmanagers', {}, 'AlertmanagersOutputBody', 'activeAlertmanagers'],
  ['/status/config', {}, 'StatusConfigOutputBody', 'job_name: self'],
  ['/status/runtimeinfo', {}, 'StatusRuntimeInfoOutputBody', 'storageRetention'],
  ['/status/buildinfo', {}, 'StatusBuildInfoOutputBody', '3.0.0'],
  ['/status/flags', {}, 'StatusFlagsOutputBody', 'query.max-samples'],
  ['/status/tsdb', { limit: '3' }, 'StatusTSDBOutputBody', 'numSeries'],
  ['/status/tsdb/blocks', {}, 'StatusTSDBBlocksOutputBody', 'success'],
  ['/status/walreplay', {}, 'StatusWALReplayOutputBody', 'success'],
  ['/status/self_metrics', { metric_name_pattern: 'nines_http_.*' }, 'StatusSelfMetricsOutputBody', 'nines_http_request_duration_seconds'],
  ['/features', {}, 'FeaturesOutputBody', 'promql'],
  ['/notifications', {}, 'NotificationsOutputBody', 'success'],
];

const valid = async (answer: Response, schema: string, contains: string): Promise<void> => {
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  expect(problemsOf(schema, JSON.parse(text))).toBe('');
  expect(text).toContain(contains);
};

test.skipIf(!there).each([...QUESTIONS, ...GETS])('GET %s %j is %s', async (path, params, schema, contains) => {
  await valid(await ask('GET', path, params), schema, contains);
});

test.skipIf(!there).each(QUESTIONS)('POST %s %j is %s', async (path, params, schema, contains) => {
  await valid(await ask('POST', path, params), schema, contains);
});

const REFUSED: [string, string, Record<string, string | string[]>, number, string, string][] = [
  ['GET', '/query', { query: 'sum(' }, 400, 'bad_data', 'parse error'],
  ['GET', '/query', { query: 'up', time: 'x' }, 400, 'bad_data', 'time'],
  ['GET', '/query', { query: 'up', timeout: '-1s' }, 400, 'bad_data', 'timeout'],
  ['GET', '/query', { query: 'hits_total * on() hits_total' }, 422, 'execution', 'many-to-many'],
  ['GET', '/query_range', { query: 'up', start: '0', end: '20000', step: '1' }, 400, 'bad_data', '11000'],
  ['GET', '/query_range', { query: 'up', start: '10', end: '0', step: '1' }, 400, 'bad_data', 'end timestamp'],
  ['GET', '/parse_query', { query: '1 +' }, 400, 'bad_data', 'parse error'],
  ['GET', '/query_exemplars', { query: 'up{' }, 400, 'bad_data', 'query'],
  ['GET', '/series', {}, 400, 'bad_data', 'match[]'],
  ['GET', '/labels', { 'match[]': 'sum(up)' }, 400, 'bad_data', 'match[]'],
  ['GET', '/labels', { limit: '-1' }, 400, 'bad_data', 'limit'],
  ['GET', '/targets', { state: 'odd' }, 400, 'bad_data', 'state'],
  ['GET', '/scrape_pools/config', { scrapePool: 'none' }, 404, 'not_found', 'none'],
  ['GET', '/targets/relabel_steps', { scrapePool: 'self', labels: '[' }, 400, 'bad_data', 'labels'],
  ['GET', '/rules', { type: 'all' }, 400, 'bad_data', 'type'],
  ['GET', '/rules', { 'match[]': 'up{' }, 400, 'bad_data', 'match[]'],
  ['GET', '/rules', { group_limit: '1', group_next_token: 'none' }, 400, 'bad_data', 'group_next_token'],
  ['GET', '/status/self_metrics', { metric_name_pattern: '(' }, 400, 'bad_data', 'metric_name_pattern'],
  ['POST', '/admin/tsdb/delete_series', { 'match[]': 'up' }, 503, 'unavailable', 'admin APIs disabled'],
  ['PUT', '/admin/tsdb/delete_series', { 'match[]': 'up' }, 503, 'unavailable', 'admin APIs disabled'],
  ['POST', '/admin/tsdb/clean_tombstones', {}, 503, 'unavailable', 'admin APIs disabled'],
  ['PUT', '/admin/tsdb/clean_tombstones', {}, 503, 'unavailable', 'admin APIs disabled'],
  ['POST', '/admin/tsdb/snapshot', {}, 503, 'unavailable', 'admin APIs disabled'],
  ['PUT', '/admin/tsdb/snapshot', {}, 503, 'unavailable', 'admin APIs disabled'],
];
test.skipIf(!there).each(REFUSED)('%s %s %j is refused with %i %s: %s', async (method, path, params, status, errorType, says) => {
  const answer = await ask(method, path, params);
  const body = (await answer.json()) as { errorType: string; error: string };
  expect(problemsOf('Error', body)).toBe('');
  expect({ status: answer.status, errorType: body.errorType }).toEqual({ status, errorType });
  expect(body.error).toContain(says);
});

const STREAMS: [string, Record<string, string | string[]>, string][] = [
  [
    '/search/metric_names',
    { 'search[]': 'HITS', include_metadata: 'true', include_score: 'true' },
    '"name":"hits_total","score":1,"type":"counter"',
  ],
  ['/search/label_names', { 'search[]': 'odd', sort_by: 'score' }, '{"results":[{"name":"odd.name"}]}'],
  ['/search/label_values', { label: 'job', 'search[]': 'ap', case_sensitive: 'true' }, '{"name":"api"}'],
];
test.skipIf(!there).each(STREAMS)('%s %j answers lines of JSON', async (path, params, contains) => {
  for (const method of ['GET', 'POST']) {
    const answer = await ask(method, path, params);
    expect(answer.headers.get('content-type')).toContain('application/x-ndjson');
    const text = await answer.text();
    expect(text).toContain(contains);
    expect(JSON.parse(text.trim().split('\n').at(-1)!)).toEqual({ status: 'success', has_more: false });
  }
});

test.skipIf(!there)('every path and method of the description is asked above, or takes what is no JSON', () => {
  const own = ['/read', '/write', '/otlp/v1/metrics'];
  const asked = new Set([
    ...[...QUESTIONS, ...GETS].map(([path]) => `get ${path.replace(/^\/label\/\w+\//, '/label/{name}/')}`),
    ...QUESTIONS.map(([path]) => `post ${path}`),
    ...REFUSED.map(([method, path]) => `${method.toLowerCase()} ${path}`),
    ...STREAMS.flatMap(([path]) => [`get ${path}`, `post ${path}`]),
  ]);
  const left = Object.entries(description.paths).flatMap(([path, methods]) =>
    own.includes(path) ? [] : Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(left.filter((one) => !asked.has(one))).toEqual([]);
});

test.skipIf(!there)('federation answers the newest samples as text, and long answers come compressed', async () => {
  const answer = await fetch(`${nines.url}/federate?match[]=hits_total`, { headers: { authorization: `Bearer ${TOKEN}` } });
  expect(await answer.text()).toBe(
    `# TYPE hits_total counter\nhits_total{job="api",instance=""} 2 ${NOW * 1000}\nhits_total{job="db","odd.name"="é\\"\\\\",instance=""} 3 ${NOW * 1000}\n`,
  );
  const span = new URLSearchParams({
    query: 'vector(1) or label_replace(vector(2), "a", "b", "", "")',
    start: '0',
    end: '9999',
    step: '1',
  });
  const long = await fetch(`${nines.url}/api/v1/query_range?${span.toString()}`, {
    headers: { authorization: `Bearer ${TOKEN}`, 'accept-encoding': 'gzip' },
  });
  expect(long.headers.get('content-encoding')).toBe('gzip');
  expect(await long.json()).toMatchObject({ status: 'success' });
});
