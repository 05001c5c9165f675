// `node bench/run.mjs rules`: 10,002 rules over the fleet's series, sent live to nines and to Prometheus, one after the other.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { start, stop, TOKEN } from './servers.mjs';

const GROUPS = 30;
const METHODS = ['GET', 'POST'];
const PATHS = ['/', '/login', '/cart', '/checkout', '/search'];
const JOBS = ['web', 'api', 'worker', 'db'];

/** 10,002 rules as a team has them: a third recordings, and alerts on ratios, quantiles, gauges, disks and what others record. */
export function ruleFile(count, interval) {
  const groups = Array.from({ length: GROUPS }, (_, i) => ({ name: `group-${i}`, interval, rules: [] }));
  for (let i = 0; i < count; i++) {
    const group = Math.floor((i * GROUPS) / count);
    const job = JOBS[i % 4];
    const where = PATHS[i % 5];
    const method = METHODS[i % 2];
    const gauge = `app_gauge_${i % 44}`;
    const alert = (expr) => ({ alert: `Alert${i}`, expr, for: '2m', labels: { severity: 'today' }, annotations: { summary: 'Look at {{ $labels.instance }}: {{ $value | humanize }}' } }); // prettier-ignore
    const record = (expr) => ({ record: `rule:${i}`, expr });
    const rule = [
      () => record(`sum by (job) (rate(http_requests_total{path="${where}", method="${method}"}[5m]))`),
      () => record(`avg by (instance) (${gauge}{job="${job}"}) + ${i}`),
      () => record(`sum by (path, le) (rate(http_request_duration_seconds_bucket{job="${job}", path="${where}"}[5m]))`),
      () => alert(`sum by (job) (rate(http_requests_total{code="500", job="${job}"}[5m])) / sum by (job) (rate(http_requests_total{job="${job}"}[5m])) > ${0.5 + i / 1e6}`), // prettier-ignore
      () => alert(`node_filesystem_avail_bytes{job="${job}", mountpoint="/"} / node_filesystem_size_bytes{job="${job}", mountpoint="/"} < ${i / 1e7}`), // prettier-ignore
      () => alert(`${gauge}{job="${job}"} > ${1e6 + i}`),
      () => alert(`avg by (instance) (rate(node_cpu_seconds_total{mode="user", job="${job}"}[5m])) > ${100 + i}`),
      () => alert(`rule:${Math.floor((i - 7) / 9) * 9} > ${1e9 + i}`),
      () => alert(`predict_linear(node_filesystem_avail_bytes{job="${job}", mountpoint="/var"}[10m], 3600) < -${1e12 + i}`),
    ][i % 9];
    groups[group].rules.push(rule());
  }
  return groups;
}

/** Writes the groups as files of less than a megabyte, and returns their names. */
function writeRules(folder, groups) {
  fs.mkdirSync(folder, { recursive: true });
  return groups.map((group, i) => {
    const file = path.join(folder, `rules-${i}.yml`);
    fs.writeFileSync(file, JSON.stringify({ groups: [group] }));
    return file;
  });
}

/** CPU seconds that a process has used. */
export function cpuOf(pid) {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

export const rssOf = (pid) => Math.round(Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024);

export const requestsOf = (file) => {
  const bytes = fs.readFileSync(file);
  const requests = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32LE(at);
    requests.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return requests;
};

export async function send(url, body) {
  const answer = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
      authorization: `Bearer ${TOKEN}`,
    },
    body,
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`);
  await answer.arrayBuffer();
}

const get = async (url) => await (await fetch(url, { headers: { authorization: `Bearer ${TOKEN}` } })).json();

/** Sends what the requests hold at the times of its samples, for so many seconds. The first steps are history and go at once. */
export async function live(server, requests, { steps, history, step, until }) {
  const each = requests.length / steps;
  for (let i = 0; i < history * each; i++) await send(server.url, requests[i]);
  for (let n = history; n < steps && Date.now() < until; n++) {
    const began = Date.now();
    for (let i = Math.floor(n * each); i < Math.floor((n + 1) * each); i++) {
      await send(server.url, requests[i]);
      // As the targets' own scrapes come: spread over the step.
      const due = began + ((i - n * each + 1) / each) * step * 1000;
      if (due > Date.now()) await pause(Math.min(due, until) - Date.now());
      if (Date.now() >= until) return;
    }
  }
}

async function health(server) {
  const { data } = await get(`${server.url}/api/v1/rules?exclude_alerts=true`);
  const rules = data.groups.flatMap((group) => group.rules);
  const ages = rules.map((rule) => (Date.now() - Date.parse(rule.lastEvaluation)) / 1000).sort((a, b) => a - b);
  return {
    rules: rules.length,
    failing: rules.filter((rule) => rule.health === 'err').length,
    never: rules.filter((rule) => rule.lastEvaluation.startsWith('0001')).length,
    pass: data.groups.reduce((sum, group) => sum + group.evaluationTime, 0),
    oldest: ages.at(-1),
  };
}

/** One server: warmed up with an evaluation, then measured. */
async function measure(name, { base, cli, fleet, groups, seconds, interval }) {
  const rules = writeRules(path.join(base, `${name}-rules`), groups);
  const server = await start(name, base, cli, { rules });
  if (!server) return undefined;
  try {
    const about = fleet(path.join(base, `${name}.rw`), seconds);
    const requests = requestsOf(about.file);
    const until = Date.now() + (interval + seconds + 10) * 1000;
    const sending = live(server, requests, { ...about, until });
    await pause((interval + 5) * 1000);
    const [cpu, began] = [cpuOf(server.pid), Date.now()];
    await pause(seconds * 1000);
    const cores = (cpuOf(server.pid) - cpu) / ((Date.now() - began) / 1000);
    const state = await health(server);
    const missed = await missedOf(server);
    await sending;
    return { name, cores, ...state, missed, rss: rssOf(server.pid) };
  } finally {
    await stop(server);
  }
}

async function missedOf(server) {
  const text = await (await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } })).text();
  const lines = text.split('\n').filter((line) => /^(?:prometheus_rule_group_iterations_missed_total|nines_alerting_missed_total)\b/.test(line));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
} // prettier-ignore

/** The table of both, and of both without rules: what is left is the rules' own. */
export async function benchRules({ base, cli, fleet, seconds, count, interval }) {
  const rows = [];
  for (const rules of [0, count]) {
    for (const name of ['nines', 'prometheus']) {
      const groups = ruleFile(rules, `${interval}s`).filter((group) => group.rules.length > 0);
      const done = await measure(name, { base: fs.mkdtempSync(path.join(base, `${name}-`)), cli, fleet, groups, seconds, interval }); // prettier-ignore
      if (done) rows.push({ with: rules, ...done });
    }
  }
  return rows;
}
