#!/usr/bin/env node
// Measures nines beside Prometheus and VictoriaMetrics: the same machine, the same input, the same run.
//
//   node bench/run.mjs history            weeks of samples, and queries over them: see history.mjs
//         [--days 30] [--series 10000] [--interval 60] [--runs 7] [--keep DIR]
//   node bench/run.mjs rules   [--rules 10002] [--interval 60] [--seconds 180] [--targets 500]
//   node bench/run.mjs scrape  [--targets 2000] [--series 200] [--interval 15] [--seconds 75] [--gzip] [--only nines,prometheus]
//   node bench/run.mjs latency [--tries 100] [--targets 500]
//   node bench/run.mjs ingest|query|all [--targets 500] [--steps 40] [--runs 7] [--connections 4] [--shared DIR]
//        [--queries FILE, one 'step<TAB>query' a line, in place of the table] [--cli dist/cli/main.js]
//
// A million series: node bench/run.mjs ingest --targets 5000 --steps 8
//
// The fleet's traffic and the table of queries are fleet.mjs, ingest.mjs and query.mjs of --shared, where there are such beside
// this project, else those of own/. It starts the servers on free loopback ports with folders of their own, and stops and
// removes only those.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { history } from './history.mjs';
import { benchLatency } from './latency.mjs';
import { benchRules } from './rules.mjs';
import { benchScrape } from './scrape.mjs';
import { start, stop, TOKEN } from './servers.mjs';

const { values: opt, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    targets: { type: 'string' },
    steps: { type: 'string', default: '40' },
    runs: { type: 'string', default: '7' },
    connections: { type: 'string', default: '4' },
    shared: { type: 'string' },
    queries: { type: 'string' },
    rules: { type: 'string', default: '10002' },
    seconds: { type: 'string' },
    tries: { type: 'string', default: '100' },
    days: { type: 'string', default: '30' },
    series: { type: 'string' },
    interval: { type: 'string' },
    range: { type: 'string', default: '7d' },
    gzip: { type: 'boolean', default: false },
    'long-step': { type: 'string', default: '3600' },
    only: { type: 'string' },
    keep: { type: 'string' },
    cli: { type: 'string', default: path.resolve(import.meta.dirname, '../dist/cli/main.js') },
  },
});
// What is meant by these differs from bench to bench.
const scraping = positionals[0] === 'scrape';
opt.targets ??= scraping ? '2000' : '500';
opt.series ??= scraping ? '200' : '10000';
opt.seconds ??= scraping ? '75' : '180';
opt.interval ??= scraping ? '15' : '60';
const given = opt.shared ?? path.resolve(import.meta.dirname, '../../shared/bench');
const scripts = fs.existsSync(path.join(given, 'fleet.mjs')) ? given : path.join(import.meta.dirname, 'own');
const what = positionals[0] ?? 'all';
if (!['ingest', 'query', 'history', 'all', 'rules', 'latency', 'scrape'].includes(what)) {
  console.error('usage: node bench/run.mjs ingest|query|history|all|rules|latency|scrape [--targets 500] [--shared DIR]');
  process.exit(2);
}
if (opt.shared && scripts !== opt.shared) {
  console.error(`There are no fleet.mjs, ingest.mjs and query.mjs in ${opt.shared}.`);
  process.exit(2);
}
const script = (name) => path.join(scripts, name);

/** Runs one of the scripts and returns what it printed. */
function run(name, ...args) {
  const done = spawnSync(process.execPath, [script(name), ...args], {
    encoding: 'utf8',
    env: { ...process.env, BEARER: TOKEN },
    maxBuffer: 1 << 26,
  });
  if (done.status !== 0) throw new Error(`${name} failed:\n${done.stderr}`);
  return done.stdout.trim().split('\n');
}

const table = (rows) => {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => String(row[i]).length)));
  for (const row of rows)
    console.log(
      row
        .map((cell, i) => (i === 0 || i === row.length - 1 ? String(cell).padEnd(widths[i]) : String(cell).padStart(widths[i])))
        .join('  '),
    );
};
const ratio = (a, b) => `${(a / b).toFixed(2)}x`;

/** Of a process's memory, the pages of programs and libraries, in MB: the system may drop them. */
const filesInMemory = (pid) => Math.round(Number(/RssFile:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024);

function ingest(file, servers) {
  const lines = run(
    'ingest.mjs',
    file,
    ...servers.map((s) => `${s.name}=${s.url}/api/v1/write#${s.pid}`),
    '--connections',
    opt.connections,
  );
  const results = lines.map((line) => JSON.parse(line));
  const cpu = results[0].cpu_us_per_sample;
  console.log('\nRemote write');
  table([
    ['', 'samples/s', 'p50 ms', 'p99 ms', 'CPU µs/sample', 'nines takes', 'RSS MB', 'of it files', 'failures'],
    ...results.map((r) => [
      r.name,
      r.samples_per_second.toLocaleString('en'),
      r.p50_ms,
      r.p99_ms,
      r.cpu_us_per_sample,
      ratio(cpu, r.cpu_us_per_sample),
      r.rss_mb,
      filesInMemory(servers.find((s) => s.name === r.name).pid),
      JSON.stringify(r.failures),
    ]),
  ]);
}

/** What query.mjs prints: `query_range  nines 1.0ms  prometheus 2.0ms (x0.50)  ANSWER  QUERY`. */
const LINE = /^(query_range|query)\s+(.*?ms(?: \(x[\d.]+\))?)  (?=\S)(?!\S+ [\d.]+ms)(.*)$/;

const millisecondsOf = (timings, servers) => servers.map(({ name }) => Number(new RegExp(`${name} ([\\d.]+)ms`).exec(timings)[1]));

function query(file, servers) {
  const ask = (runs) =>
    run('query.mjs', file, ...servers.map((s) => `${s.name}=${s.url}`), '--runs', runs, ...(opt.queries ? ['--queries', opt.queries] : []));
  // The first time each is asked: later ones are answered from each server's memory, where it has one.
  const first = ask('1').map((line) => millisecondsOf(LINE.exec(line)?.[2] ?? '', servers));
  const lines = ask(opt.runs);
  const totals = servers.map(() => 0);
  let slower = 0;
  let agreeing = 0;
  const rows = lines.map((line, row) => {
    const [, kind, timings, rest] = LINE.exec(line) ?? [];
    if (!kind) throw new Error(`query.mjs printed a line that can't be read: ${line}`);
    const ms = millisecondsOf(timings, servers);
    for (const [i, one] of ms.entries()) totals[i] += one;
    if (ms[0] > ms[1]) slower++;
    // 'DISAGREE a | b | c  query': what counts is whether nines says what Prometheus says.
    const [answer, ...text] = rest.split('  ');
    const answers = answer.startsWith('DISAGREE ') ? answer.slice(9).split(' | ') : [answer];
    const agrees = answers.length === 1 || answers[0] === answers[1];
    if (agrees) agreeing++;
    return [
      kind,
      ...ms.flatMap((one, i) => [first[row][i].toFixed(1), one.toFixed(1)]),
      ...ms.slice(1).map((one) => ratio(ms[0], one)),
      agrees ? 'same' : answers.slice(0, 2).join(' ≠ '),
      text.join('  '),
    ];
  });
  const names = servers.map((s) => s.name);
  console.log(
    `\nQueries: the first time and the median of ${opt.runs} more in milliseconds, and what part of each peer's median nines takes`,
  );
  table([
    ['', ...names.flatMap((name) => ['first', name]), ...names.slice(1).map((name) => `/${name}`), `answer is ${names[1] ?? ''}'s`, ''],
    ...rows,
    [
      'total',
      ...totals.flatMap((one, i) => [first.reduce((sum, times) => sum + times[i], 0).toFixed(1), one.toFixed(1)]),
      ...totals.slice(1).map((one) => ratio(totals[0], one)),
      `${agreeing} of ${rows.length}`,
      '',
    ],
  ]);
  console.log(`Slower than ${names[1]} in ${slower} of ${rows.length}.`);
}

/** The fleet's traffic that goes on for so many seconds from now, after six minutes of history. */
function fleet(file, seconds) {
  const [step, history] = [15, 24];
  const steps = history + Math.ceil(seconds / step) + 8;
  const end = Math.floor(Date.now() / 1000 / step) * step + (steps - history - 1) * step;
  run('fleet.mjs', '--targets', opt.targets, '--steps', String(steps), '--out', file, '--end', String(end));
  return { file, steps, history, step };
}

async function rules() {
  const [seconds, count, interval] = [opt.seconds, opt.rules, opt.interval].map(Number);
  const rows = await benchRules({ base, cli: path.resolve(opt.cli), fleet, seconds, count, interval });
  console.log(`\n${count} rules every ${interval} s over ${opt.targets} targets, for ${seconds} s`);
  table([
    ['', 'rules', 'cores', 'all rules take s', 'oldest evaluation s', 'missed', 'failing', 'RSS MB'],
    ...rows.map((r) => [r.name, r.with, r.cores.toFixed(3), r.pass.toFixed(2), (r.oldest ?? 0).toFixed(1), r.missed, r.failing + r.never, r.rss]),
  ]);
} // prettier-ignore

async function latency() {
  const rows = await benchLatency({ base, cli: path.resolve(opt.cli), fleet, tries: Number(opt.tries), load: true });
  console.log(`\nFrom a failing sample to its alert, under the traffic of ${opt.targets} targets`);
  table([['', 'p50 ms', 'p99 ms'], ...rows.map((r) => [r.name, r.p50, r.p99])]);
}

async function scrape() {
  const [count, series, interval, seconds] = [opt.targets, opt.series, opt.interval, opt.seconds].map(Number);
  const names = opt.only?.split(',') ?? ['nines', 'prometheus'];
  const rows = await benchScrape({ base, cli: path.resolve(opt.cli), count, series, interval, seconds, gzip: opt.gzip, names });
  console.log(`\n${count} targets of ${series} series every ${interval} s, for ${seconds} s${opt.gzip ? ', gzipped' : ''}`);
  table([
    ['', 'cores', 'CPU µs/sample', 'scrapes', 'of', 'missing', 'down', 'p50 ms', 'p99 ms', 'series', 'RSS MB'],
    ...rows.map((r) => [r.name, r.cores.toFixed(3), r.perSample.toFixed(2), r.scrapes, r.due, r.missing, r.down, r.p50.toFixed(1), r.p99.toFixed(1), r.series, r.rss]),
  ]);
} // prettier-ignore

async function beside(file) {
  const names = opt.only?.split(',') ?? ['nines', 'prometheus', 'victoria'];
  for (const name of what === 'history' ? [] : names) {
    const server = await start(name, base, path.resolve(opt.cli));
    if (server) servers.push(server);
  }
  console.log(
    `${os.cpus().length} × ${os.cpus()[0]?.model}, ${Math.round(os.totalmem() / 2 ** 30)} GB, Node ${process.version}, ${os.type()}`,
  );
  if (what === 'history') await history(names, base, path.resolve(opt.cli), table, opt, servers);
  else {
    console.log(run('fleet.mjs', '--targets', opt.targets, '--steps', opt.steps, '--out', file).join('\n'));
    if (scripts !== given) console.log("The traffic and the queries are this project's own (bench/own).");
    ingest(file, servers);
    const asked = servers.filter((server) => server.complete);
    if (what !== 'ingest' && asked.length > 0) {
      // VictoriaMetrics shows samples to queries after a second or so.
      await pause(3000);
      // A sample on the older edge of a range belongs to it in Prometheus 2 and not in 3: a second later none is on an edge, and
      // answers can be compared.
      const about = JSON.parse(fs.readFileSync(`${file}.json`, 'utf8'));
      fs.writeFileSync(`${file}.json`, JSON.stringify({ ...about, start: about.start + 1, end: about.end + 1 }));
      query(file, asked);
    }
  }
}

const base = opt.keep ? path.resolve(opt.keep) : fs.mkdtempSync(path.join(os.tmpdir(), 'nines-bench-'));
fs.mkdirSync(base, { recursive: true });
const servers = [];
try {
  const file = path.join(base, 'fleet.rw');
  if (what === 'rules') await rules();
  else if (what === 'latency') await latency();
  else if (what === 'scrape') await scrape();
  else await beside(file);
} finally {
  await Promise.all(servers.map((server) => stop(server)));
  if (!opt.keep) fs.rmSync(base, { recursive: true, force: true });
}
