// The table of queries over weeks of history: makes the history, loads each server with the same requests, waits until each has it in
// order (rollups, blocks), then asks in turn, over all of it with a step of an hour and at its end over a week, and says whether the
// answers are Prometheus'.
//
//   node bench/run.mjs history [--days 30] [--series 10000] [--interval 60] [--runs 5] [--range 7d] [--long-step 3600] [--cli FILE]
//
// Deterministic but for the time when it ends, which is the last full hour. On disk it takes 2 to 4 bytes a sample and server; the
// folders go at the end.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { compress } from 'snappyjs';
import { TOKEN } from './servers.mjs';

const HOUR = 3_600_000;
/** Samples of a series in a request: half an hour's, so that Prometheus gets everything in its order. */
const SLICE_MS = 1_800_000;
const PER_REQUEST = 3000;
const AT_A_TIME = 4;

const varint = (n) => {
  const bytes = [];
  for (; n > 127; n = Math.floor(n / 128)) bytes.push((n % 128) | 128);
  return Buffer.from([...bytes, n]);
};
const field = (number, content) => {
  const bytes = Buffer.from(content);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
};
const head = (labels) =>
  Buffer.concat(
    Object.entries(labels)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => field(1, Buffer.concat([field(1, name), field(2, value)]))),
  );

/** A fleet of targets of 200 series. Each target is scraped at a moment of its own. */
function fleet(count, interval) {
  let seed = 4711;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  const all = [];
  for (let target = 0; all.length < count; target++) {
    const common = { instance: `10.0.${target >> 8}.${target & 255}:9100`, job: ['web', 'api', 'worker', 'db'][target % 4] };
    const phase = 1 + Math.floor(random() * (interval * 1000 - 2));
    const add = (name, labels, rate, counter = true) => {
      const value = counter ? Math.floor(random() * 1e4) : rate;
      if (all.length < count) all.push({ head: head({ __name__: name, ...common, ...labels }), rate, counter, value, phase });
    };
    const paths = ['/', '/login', '/cart', '/checkout', '/search'];
    for (const method of ['GET', 'POST'])
      for (const route of paths)
        for (const code of ['200', '404', '500']) add('http_requests_total', { method, path: route, code }, code === '200' ? 50 : 1);
    for (const route of paths) {
      for (const [i, le] of ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '5', '10', '+Inf'].entries())
        add('http_request_duration_seconds_bucket', { path: route, le }, 5 * (i + 1));
      add('http_request_duration_seconds_sum', { path: route }, 3);
      add('http_request_duration_seconds_count', { path: route }, 60);
    }
    for (let cpu = 0; cpu < 4; cpu++)
      for (const mode of ['user', 'system', 'idle', 'iowait', 'irq', 'softirq', 'nice', 'steal'])
        add('node_cpu_seconds_total', { cpu: String(cpu), mode }, 1);
    for (const mountpoint of ['/', '/var', '/home']) {
      add('node_filesystem_avail_bytes', { mountpoint, fstype: 'ext4' }, 1e10, false);
      add('node_filesystem_size_bytes', { mountpoint, fstype: 'ext4' }, 1e11, false);
    }
    for (let i = 0; i < 62; i++) add(`app_gauge_${i}`, { shard: String(i % 4) }, 100, false);
  }
  return { series: all, random };
}

/** The requests of one slice of time, made one after the other. */
function* requestsOf({ series, random }, from, until, interval) {
  const scratch = Buffer.alloc(1 << 20);
  const step = interval * 1000;
  let at = 0;
  let samples = 0;
  for (const one of series) {
    const begin = at;
    at += one.head.copy(scratch, at);
    for (let time = Math.ceil((from - one.phase) / step) * step + one.phase; time < until; time += step) {
      if (!one.counter) one.value = Math.round(one.rate * (0.5 + random() * 0.1) * 100) / 100;
      // A process starts anew every week or so.
      else one.value = random() < interval / 604_800 ? 0 : one.value + Math.floor(one.rate * interval * (0.5 + random()));
      const when = varint(time);
      scratch[at++] = 18;
      scratch[at++] = 10 + when.length;
      scratch[at++] = 9;
      at = scratch.writeDoubleLE(one.value, at);
      scratch[at++] = 16;
      at += when.copy(scratch, at);
      samples++;
    }
    // The series' own field goes before it: its length is known only now.
    const before = Buffer.concat([Buffer.from([10]), varint(at - begin)]);
    scratch.copyWithin(begin + before.length, begin, at);
    before.copy(scratch, begin);
    at += before.length;
    if (samples >= PER_REQUEST || at > 900_000) {
      yield Buffer.from(compress(scratch.subarray(0, at)));
      at = 0;
      samples = 0;
    }
  }
  if (at > 0) yield Buffer.from(compress(scratch.subarray(0, at)));
}

const headers = {
  authorization: `Bearer ${TOKEN}`,
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '0.1.0',
};

async function send(server, body) {
  const began = performance.now();
  for (let attempt = 0; ; attempt++) {
    const response = await fetch(`${server.url}/api/v1/write`, { method: 'POST', headers, body });
    const text = await response.text();
    if (response.ok) break;
    if (attempt > 60 || (response.status !== 503 && response.status !== 429))
      throw new Error(`${server.name} refused: ${response.status} ${text}`);
    await pause(1000);
  }
  server.loadMs = (server.loadMs ?? 0) + performance.now() - began;
}

async function load(servers, source, start, end, interval) {
  const began = performance.now();
  let said = began;
  for (let from = start; from < end; from += SLICE_MS) {
    const sending = new Set();
    for (const body of requestsOf(source, from, Math.min(end, from + SLICE_MS), interval)) {
      const one = Promise.all(servers.map((server) => send(server, body)));
      const tracked = one.finally(() => sending.delete(tracked));
      sending.add(tracked);
      if (sending.size >= AT_A_TIME) await Promise.race(sending);
    }
    await Promise.all(sending);
    if (performance.now() - said < 30_000) continue;
    said = performance.now();
    console.log(`  ${(((from - start) / (end - start)) * 100).toFixed(0)} % after ${Math.round((said - began) / 1000)} s`);
  }
  console.log(`loaded in ${Math.round((performance.now() - began) / 1000)} s`);
}

/** CPU of a process so far, in seconds. */
function cpuOf(pid) {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Until nobody works in the background any more: rollups, compaction, merges. */
async function settled(servers) {
  const began = performance.now();
  let quiet = 0;
  let before = servers.map(({ pid }) => cpuOf(pid));
  while (quiet < 3 && performance.now() - began < 1_800_000) {
    await pause(10_000);
    const now = servers.map(({ pid }) => cpuOf(pid));
    quiet = now.every((cpu, i) => cpu - before[i] < 1.5) && (await rolledUp(servers)) ? quiet + 1 : 0;
    before = now;
  }
  console.log(`settled after ${Math.round((performance.now() - began) / 1000)} s`);
}

async function rolledUp(servers) {
  const nines = servers.find(({ name }) => name === 'nines');
  if (!nines) return true;
  const text = await (await fetch(`${nines.url}/metrics`, { headers })).text();
  const through = Number(/^nines_store_rolled_up_seconds (\S+)$/m.exec(text)?.[1] ?? 0) * 1000;
  return /^nines_store_late_hours 0$/m.test(text) && through > Date.now() - 13 * HOUR;
}

const QUERIES = [
  'sum by (job) (rate(http_requests_total[RANGE]))',
  'sum by (job) (rate(http_requests_total{code="500"}[RANGE])) / sum by (job) (rate(http_requests_total[RANGE]))',
  'histogram_quantile(0.99, sum by (job, le) (rate(http_request_duration_seconds_bucket[RANGE])))',
  'topk(5, rate(http_requests_total{code="500"}[RANGE]))',
  'node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.06',
  'http_requests_total{instance="10.0.0.7:9100"}',
  'rate(http_requests_total{instance="10.0.0.7:9100"}[RANGE])',
  'avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[RANGE]))',
  'predict_linear(node_filesystem_avail_bytes{mountpoint="/"}[RANGE], 3600)',
  'count({__name__=~"app_gauge_.*"})',
];

/** Every number of an answer, by series and time. */
function numbersOf(body) {
  const found = new Map();
  for (const { metric, value, values } of body.data?.result ?? []) {
    const { __name__: _, ...labels } = metric;
    const key = JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    for (const [time, text] of values ?? [value]) found.set(`${key} ${time}`, Number(text));
  }
  return found;
}

/** 'same', or in what the second differs from the first. */
function compare(a, b) {
  let worst = 0;
  let missing = 0;
  for (const [key, value] of a) {
    const other = b.get(key);
    if (other === undefined) missing++;
    else if (!Object.is(value, other))
      worst = Math.max(worst, Math.abs(value - other) / Math.max(Math.abs(value), Math.abs(other), 1e-300));
  }
  const more = b.size - (a.size - missing);
  if (missing > 0 || more > 0) return `${a.size} values, ${missing} of them not there, ${more} others`;
  return worst < 1e-9 ? 'same' : `within ${worst.toExponential(1)}`;
}

async function ask(server, kind, parameters) {
  const began = performance.now();
  const response = await fetch(`${server.url}/api/v1/${kind}?${new URLSearchParams(parameters)}`, {
    headers: { authorization: headers.authorization },
  });
  const text = await response.text();
  const ms = performance.now() - began;
  const body = JSON.parse(text);
  return { ms, body: body.status === 'success' ? body : { ...body, data: undefined }, failed: body.status !== 'success' && body.error };
}

async function compareQueries(servers, table, { start, end, runs, step, range }) {
  const totals = servers.map(() => 0);
  const firsts = servers.map(() => 0);
  const rows = [];
  for (const query of QUERIES) {
    for (const kind of ['query_range', 'query']) {
      const text = query.replaceAll('RANGE', kind === 'query' ? range : '5m');
      const parameters = kind === 'query' ? { query: text, time: end / 1000 } : { query: text, start: start / 1000, end: end / 1000, step };
      const times = servers.map(() => []);
      const last = [];
      for (let run = 0; run < runs; run++) {
        for (const [i, server] of servers.entries()) {
          const { ms, body, failed } = await ask(server, kind, parameters);
          times[i].push(ms);
          last[i] = failed ? { failed } : { numbers: numbersOf(body), infos: body.infos ?? [] };
        }
      }
      // The first time; later ones are answered from each server's memory, where it has one.
      const first = times.map((list) => list[0]);
      for (const [i, ms] of first.entries()) firsts[i] += ms;
      const medians = times.map((list) => list.sort((x, y) => x - y)[list.length >> 1]);
      for (const [i, ms] of medians.entries()) totals[i] += ms;
      const judge = last[1];
      const answer = last[0].failed || judge?.failed || (judge ? compare(judge.numbers, last[0].numbers) : '');
      const from = (last[0].infos ?? []).find((info) => info.startsWith('answered'))?.split(' ')[2] ?? 'raw';
      rows.push([
        kind,
        ...medians.flatMap((one, i) => [first[i].toFixed(1), one.toFixed(1)]),
        ...medians.slice(1).map((one) => `${(medians[0] / one).toFixed(2)}x`),
        from,
        String(answer).slice(0, 60),
        text,
      ]);
    }
  }
  const names = servers.map(({ name }) => name);
  console.log(`\nHistory: the first time and the median of ${runs} in milliseconds, and what part of each peer's median nines takes`);
  table([
    [
      '',
      ...names.flatMap((name) => ['first', name]),
      ...names.slice(1).map((name) => `/${name}`),
      'read',
      `answer is ${names[1] ?? ''}'s`,
      '',
    ],
    ...rows,
    [
      'total',
      ...totals.flatMap((one, i) => [firsts[i].toFixed(1), one.toFixed(1)]),
      ...totals.slice(1).map((one) => `${(totals[0] / one).toFixed(2)}x`),
      '',
      '',
      '',
    ],
  ]);
  for (const [i, name] of names.entries())
    if (i > 0)
      console.log(`Slower than ${name} in ${rows.filter((row) => Number(row[2]) > Number(row[2 + 2 * i])).length} of ${rows.length}.`);
}

function sizeOf(dir) {
  let bytes = 0;
  for (const entry of fs.readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += fs.statSync(path.join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}

/** `servers` are started with `--history`; `table` prints rows. */
export async function history(servers, base, table, options) {
  const days = Number(options.days);
  const interval = Number(options.interval);
  const end = Math.floor(Date.now() / HOUR) * HOUR;
  const start = end - days * 24 * HOUR;
  const source = fleet(Number(options.series), interval);
  const samples = Math.round((source.series.length * days * 86_400) / interval);
  console.log(`${source.series.length} series, ${days} days, a sample every ${interval} s: ${(samples / 1e6).toFixed(1)} million`);
  await load(servers, source, start, end, interval);
  await settled(servers);
  for (const { name, pid } of servers) {
    const rss = Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
    const cpu = cpuOf(pid);
    const bytes = sizeOf(path.join(base, name));
    console.log(
      `${name}: ${((cpu / samples) * 1e6).toFixed(2)} µs of CPU and ${(bytes / samples).toFixed(2)} bytes on disk a sample, ${Math.round(rss / 1024)} MB of memory`,
    );
  }
  await compareQueries(servers, table, {
    start,
    end,
    runs: Number(options.runs),
    step: Number(options['long-step']),
    range: options.range,
  });
}
