// The table of queries over weeks of history: loads each server with the same samples, waits until each has them in order (rollups,
// blocks), starts it anew, then asks in turn, over all of it with a step of an hour and at its end over a week, and says whether the
// answers are Prometheus'.
//
//   node bench/run.mjs history [--days 30] [--series 10000] [--interval 60] [--runs 5] [--range 7d] [--long-step 3600] [--keep DIR]
//
// A sample a minute: every 15 s it would be 1.7 billion samples, which is an hour's loading and says nothing more of queries by the hour.
// Deterministic but for the time when it ends, which is the last full hour. On disk it takes 2 to 6 bytes a sample and server. With
// --keep the folder stays, and the next run with it asks without loading; one that was stopped while it loaded goes on there.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fleet, load } from './history-fleet.mjs';
import { start as startServer, stop, TOKEN } from './servers.mjs';

const HOUR = 3_600_000;
const headers = { authorization: `Bearer ${TOKEN}` };

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
  return /^nines_store_late_rollups 0$/m.test(text) && through > Date.now() - 13 * HOUR;
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

/** The numbers of each time in order, without whose they are: of series with the same value any may be among the largest. */
function withoutNames(numbers) {
  const times = new Map();
  for (const [key, value] of numbers) {
    const time = key.slice(key.lastIndexOf(' ') + 1);
    times.set(time, [...(times.get(time) ?? []), value]);
  }
  return new Map([...times].flatMap(([time, values]) => values.sort((a, b) => a - b).map((value, i) => [`${i} ${time}`, value])));
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
    headers,
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
      const shown = text.startsWith('topk') ? withoutNames : (numbers) => numbers;
      const answer = last[0].failed || judge?.failed || (judge ? compare(shown(judge.numbers), shown(last[0].numbers)) : '');
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

/** A figure of a process' memory in MB, such as `VmHWM`, the most it ever had. */
const memoryOf = (pid, what) =>
  Math.round(Number(new RegExp(`${what}:\\s+(\\d+)`).exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024);

/** What is in the folder: which history, through when each server has it, and what that took. */
function stateOf(base, { series, days, interval }) {
  const file = path.join(base, 'history.json');
  const wanted = { series: Number(series), days: Number(days), interval: Number(interval) };
  const state = fs.existsSync(file)
    ? JSON.parse(fs.readFileSync(file, 'utf8'))
    : { ...wanted, end: Math.floor(Date.now() / HOUR) * HOUR, loaded: {}, cpu: {}, settled: {} };
  for (const [name, value] of Object.entries(wanted))
    if (state[name] !== value)
      throw new Error(`${file} is of ${state[name]} ${name}, not of ${value}: another folder, or --${name} ${state[name]}`);
  return { ...state, save: () => fs.writeFileSync(file, JSON.stringify(state)) };
}

/** `names` are the servers, nines first; `startOne(name)` starts one in `base`; `table` prints rows. `running` holds what has to be stopped. */
export async function history(names, base, cli, table, options, running) {
  const state = stateOf(base, options);
  const { days, interval, end } = state;
  const begin = end - days * 24 * HOUR;
  const targets = fleet(state.series, interval);
  const samples = Math.round((state.series * days * 86_400) / interval);
  console.log(`${state.series} series, ${days} days, a sample every ${interval} s: ${(samples / 1e6).toFixed(1)} million`);
  const startAll = async () => {
    for (const name of names) {
      const server = await startServer(name, base, cli, { outOfOrder: '2h' });
      if (server) running.push(server);
    }
  };
  await startAll();
  if (running.some(({ name }) => !state.settled[name])) {
    const before = { ...state.cpu };
    const count = () => {
      for (const { name, pid } of running) state.cpu[name] = (before[name] ?? 0) + cpuOf(pid);
    };
    const save = () => {
      count();
      state.save();
    };
    await load(running, targets, { start: begin, end, interval, loaded: state.loaded, save });
    await settled(running);
    for (const { name, pid } of running) {
      state.settled[name] = true;
      console.log(`${name}: ${memoryOf(pid, 'VmHWM')} MB of memory at most while it was loaded`);
    }
    save();
    // Asked anew, as after a restart: nothing is left in a process' own memory of the loading.
    await Promise.all(running.splice(0).map((server) => stop(server, 120_000)));
    await startAll();
  }
  for (const { name } of running) {
    const bytes = sizeOf(path.join(base, name));
    console.log(
      `${name}: ${((state.cpu[name] / samples) * 1e6).toFixed(2)} µs of CPU a sample to load, ${(bytes / samples).toFixed(2)} bytes on disk`,
    );
  }
  await settled(running);
  const cpu = running.map(({ pid }) => cpuOf(pid));
  await compareQueries(running, table, {
    start: begin,
    end,
    runs: Number(options.runs),
    step: Number(options['long-step']),
    range: options.range,
  });
  for (const [i, { name, pid }] of running.entries())
    console.log(`${name}: ${(cpuOf(pid) - cpu[i]).toFixed(1)} s of CPU for the queries, ${memoryOf(pid, 'VmHWM')} MB of memory at most`);
}
