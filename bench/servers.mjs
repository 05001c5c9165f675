// Starts the servers that are compared, each on a free loopback port with a folder of its own, and stops only those.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { LAUNCH } from '../scripts/launch.mjs';

const ROOT = path.resolve(import.meta.dirname, '..');
export const TOKEN = 'a-token-for-the-bench-only-0123456789';

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** The first of these programs that is on the PATH. */
const find = (...names) =>
  names.flatMap((name) => (process.env.PATH ?? '').split(':').map((dir) => path.join(dir, name))).find((file) => fs.existsSync(file));

/** When a source file was last changed, in milliseconds. */
const newest = (dir) =>
  Math.max(
    ...fs
      .readdirSync(dir, { recursive: true })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => fs.statSync(path.join(dir, name)).mtimeMs),
  );

const SERVERS = {
  nines: (dir, port, built, { rules, config: folder, settings = '' } = {}) => {
    const env = { ...process.env, NINES_ADMIN_TOKEN: TOKEN, NINES_LISTEN: 'off', ...LAUNCH.environment };
    if (fs.existsSync(built) && newest(path.join(ROOT, 'src')) > fs.statSync(built).mtimeMs)
      console.log('nines: dist/ is older than the source; npm run build makes it anew');
    // A bench of history is about samples of a month: none may go while it runs.
    fs.writeFileSync(path.join(dir, 'nines.yaml'), `store: { retention: 60d }\n${settings}`);
    const documents = folder ?? (rules?.length > 0 ? path.dirname(rules[0]) : undefined);
    const config = documents ? ['--config', documents] : [];
    const up = ['up', ...config, '--data', path.join(dir, 'data'), '--settings', path.join(dir, 'nines.yaml'), '--port', port];
    if (fs.existsSync(built)) return { command: [process.execPath, built, ...up], ready: '/-/ready', env };
    const store = [process.execPath, '--import', `${ROOT}/bench/typescript.mjs`, `${ROOT}/bench/store-server.ts`, dir, port];
    return { command: store, ready: '/stats', env, note: 'dist/ is not built: only the telemetry store is measured, and no queries' };
  },
  prometheus: (dir, port, _, { rules = [], alertmanager, interval = 60, scrapes = [], outOfOrder = '10m' } = {}) => {
    const program = find('prometheus');
    if (!program) return { missing: 'prometheus is not installed (Debian package prometheus)' };
    // Four connections overtake each other: without this it refuses what comes a moment late, and answers differ.
    const alerting = alertmanager && { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] };
    const config = {
      global: { scrape_interval: `${interval}s`, evaluation_interval: `${interval}s` },
      storage: { tsdb: { out_of_order_time_window: outOfOrder } },
      rule_files: rules,
      ...(alerting && { alerting }),
      scrape_configs: scrapes,
    };
    fs.writeFileSync(path.join(dir, 'prometheus.yml'), JSON.stringify(config));
    const flags = [
      `--config.file=${dir}/prometheus.yml`,
      `--storage.tsdb.path=${dir}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--storage.tsdb.retention.time=90d',
    ];
    return { command: [program, ...flags, '--web.enable-remote-write-receiver', '--log.level=error'], ready: '/-/ready' };
  },
  alertmanager: (dir, port, _, { config }) => {
    const program = find('prometheus-alertmanager', 'alertmanager');
    if (!program) return { missing: 'Alertmanager is not installed (Debian package prometheus-alertmanager)' };
    fs.writeFileSync(path.join(dir, 'alertmanager.yml'), JSON.stringify(config));
    const flags = [
      `--config.file=${dir}/alertmanager.yml`,
      `--storage.path=${dir}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ];
    return { command: [program, ...flags, '--log.level=error'], ready: '/-/ready' };
  },
  victoria: (dir, port) => {
    const program = find('victoria-metrics', 'victoria-metrics-prod');
    if (!program) return { missing: 'VictoriaMetrics is not installed (Debian package victoria-metrics)' };
    // Without the offset its newest 30 seconds are hidden from queries, and answers could not agree.
    const flags = [
      `-storageDataPath=${dir}`,
      `-httpListenAddr=127.0.0.1:${port}`,
      '-search.latencyOffset=0s',
      '-retentionPeriod=90d',
      '-loggerLevel=ERROR',
    ];
    return { command: [program, ...flags], ready: '/health' };
  },
};

/** Starts one server, with `rules` (files) and `alertmanager` where there are such, and waits until it is ready. Undefined, and why, when it isn't installed. */
export async function start(name, base, cli, more = {}) {
  const dir = path.join(base, name);
  fs.mkdirSync(dir, { recursive: true });
  const port = await freePort();
  const { command, ready, env, note, missing } = SERVERS[name](dir, String(port), cli, more);
  if (missing) {
    console.log(`${name}: left out, ${missing}`);
    return undefined;
  }
  if (note) console.log(`${name}: ${note}`);
  const out = fs.openSync(path.join(base, `${name}.log`), 'w');
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', out, out], env: env ?? process.env, cwd: dir });
  const url = `http://127.0.0.1:${port}`;
  for (let i = 0; i < 1200; i++) {
    if (child.exitCode !== null) break;
    const answer = await fetch(url + ready).catch(() => undefined);
    if (answer?.ok) return { name, url, pid: child.pid, child, complete: !note };
    await pause(100);
  }
  child.kill('SIGKILL');
  throw new Error(`${name} did not start:\n${fs.readFileSync(path.join(base, `${name}.log`), 'utf8').slice(-2000)}`);
}

export async function stop({ child }, within = 15_000) {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await Promise.race([once(child, 'exit'), pause(within)]);
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
}
