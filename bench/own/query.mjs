#!/usr/bin/env node
// Asks the servers in turn, as a range and as an instant query, and prints a line for each: medians, whether the answers agree.
//
//   node query.mjs fleet.rw NAME=URL ... [--runs 7] [--queries FILE, one 'step<TAB>query' a line]
import fs from 'node:fs';
import { parseArgs } from 'node:util';

const {
  values: { runs, queries },
  positionals: [file, ...servers],
} = parseArgs({ allowPositionals: true, options: { runs: { type: 'string', default: '7' }, queries: { type: 'string' } } });
const about = JSON.parse(fs.readFileSync(`${file}.json`, 'utf8'));
const TABLE = [
  'sum by (job) (rate(http_requests_total[5m]))',
  'sum by (job) (rate(http_requests_total{code="500"}[5m])) / sum by (job) (rate(http_requests_total[5m]))',
  'histogram_quantile(0.99, sum by (job, le) (rate(http_request_duration_seconds_bucket[5m])))',
  'topk(5, rate(http_requests_total{code="500"}[5m]))',
  'node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.047',
  'http_requests_total{instance="app-7:8080"}',
  'rate(http_requests_total{instance="app-7:8080"}[5m])',
  'avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))',
  'predict_linear(node_filesystem_avail_bytes{mountpoint="/"}[5m], 3600)',
  'count({__name__=~"app_gauge_.*"})',
];

const asked = queries
  ? fs
      .readFileSync(queries, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('\t'))
  : TABLE.map((query) => [about.step, query]);

async function ask(url, path, parameters) {
  const began = performance.now();
  const headers = process.env.BEARER ? { authorization: `Bearer ${process.env.BEARER}` } : {};
  const { status, data, error } = await (await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`, { headers })).json();
  const ms = performance.now() - began;
  if (status !== 'success') return { ms, answer: `error: ${error}` };
  const last = data.result.map((one) => Number((one.values?.at(-1) ?? one.value)[1]));
  return { ms, answer: `${last.length} series, sum ${last.reduce((a, b) => a + b, 0).toPrecision(6)}` };
}

for (const [step, query] of asked)
  for (const path of ['query_range', 'query']) {
    const range = path === 'query' ? { time: about.end } : { start: about.start, end: about.end, step };
    const results = servers.map((server) => ({
      name: server.split('=')[0],
      url: server.slice(server.indexOf('=') + 1),
      times: [],
      answer: '',
    }));
    for (let run = 0; run < Number(runs); run++)
      for (const one of results) {
        const { ms, answer } = await ask(one.url, path, { query, ...range });
        one.times.push(ms);
        one.answer = answer;
      }
    const medians = results.map(({ name, times }) => `${name} ${times.sort((a, b) => a - b)[times.length >> 1].toFixed(1)}ms`);
    const answers = new Set(results.map(({ answer }) => answer));
    const said = answers.size === 1 ? [...answers][0] : `DISAGREE ${results.map(({ answer }) => answer).join(' | ')}`;
    console.log(`${path.padEnd(12)}${medians.join('  ')}  ${said}  ${query}`);
  }
