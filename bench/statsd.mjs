#!/usr/bin/env node
// StatsD over UDP: nines beside the original statsd from npm, which is installed into a temporary folder. A sender of its own process
// sends at a rate; each server's own count says what arrived, the system's what was lost, and each one's CPU what it cost.
//
//   npm run build && node bench/statsd.mjs [--rate 200000] [--seconds 10] [--metrics 1000] [--only nines|statsd] [--cli another build's main.js]
import { execFileSync, spawn } from 'node:child_process';
import dgram from 'node:dgram';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { LAUNCH } from '../scripts/launch.mjs';
import { TOKEN } from './servers.mjs';

const { values: opt } = parseArgs({
  options: {
    rate: { type: 'string', default: '200000' },
    seconds: { type: 'string', default: '10' },
    metrics: { type: 'string', default: '1000' },
    only: { type: 'string' },
    send: { type: 'string' },
    cli: { type: 'string', default: path.resolve(import.meta.dirname, '../dist/cli/main.js') },
  },
});
const rate = Number(opt.rate);
const seconds = Number(opt.seconds);
const metrics = Number(opt.metrics);

/** In a process of its own: packets of one counter each, in slices of a millisecond, as far as the machine keeps up. */
async function send(port) {
  const socket = dgram.createSocket('udp4');
  await new Promise((bound) => socket.connect(port, '127.0.0.1', bound));
  socket.setSendBufferSize(4 * 2 ** 20);
  const packets = Array.from({ length: metrics }, (_, i) => Buffer.from(`bench.shop.requests.${i}:1|c`));
  const start = performance.now();
  let sent = 0;
  let failed = 0;
  const total = rate * seconds;
  while (sent < total) {
    const due = Math.min(total, Math.floor(((performance.now() - start) / 1000) * rate));
    for (let slice = Math.min(due, sent + 2000); sent < slice; sent++)
      socket.send(packets[sent % metrics], (error) => (failed += error ? 1 : 0));
    await new Promise((next) => setImmediate(next));
  }
  await pause(200);
  socket.close();
  console.log(JSON.stringify({ sent: sent - failed, took: (performance.now() - start) / 1000 }));
}

async function compare() {
  const base = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-bench-statsd-'));
  console.log(
    `${rate} packets/s for ${seconds} s, ${metrics} counters; net.core.rmem_max ${readNumber('/proc/sys/net/core/rmem_max')} bytes`,
  );
  try {
    for (const name of ['nines', 'statsd']) if (!opt.only || opt.only === name) await measure(name, path.join(base, name));
  } finally {
    fs.rmSync(base, { recursive: true, force: true });
  }
}

const readNumber = (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim() : '?');

async function freePort() {
  const server = net.createServer();
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

async function measure(name, dir) {
  fs.mkdirSync(dir, { recursive: true });
  const server = await SERVERS[name](dir);
  const before = cpuSeconds(server.child.pid);
  try {
    const sender = spawn(process.execPath, [import.meta.filename, '--send', String(server.port), '--rate', opt.rate, '--seconds', opt.seconds, '--metrics', opt.metrics]); // prettier-ignore
    let out = '';
    for await (const chunk of sender.stdout) out += chunk;
    const { sent, took } = JSON.parse(out);
    const drops = udpDrops(server.port);
    await pause(500);
    const cpu = cpuSeconds(server.child.pid) - before;
    const accepted = await server.accepted();
    const per = ((cpu / accepted) * 1e6).toFixed(2);
    console.log(
      `${name.padEnd(7)} sent ${sent} in ${took.toFixed(1)} s (${Math.round(sent / took)}/s), accepted ${accepted}, lost ${sent - accepted} (the system says ${drops}); ` +
        `CPU ${cpu.toFixed(2)} s (${((cpu / took) * 100).toFixed(0)}% of a core, ${per} us a packet)`,
    );
  } finally {
    server.child.kill('SIGTERM');
    await Promise.race([new Promise((ended) => server.child.once('exit', ended)), pause(10_000)]);
    server.child.kill('SIGKILL');
  }
}

const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
function cpuSeconds(pid) {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

function udpDrops(port) {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return ['/proc/net/udp', '/proc/net/udp6']
    .flatMap((file) => fs.readFileSync(file, 'utf8').split('\n'))
    .filter((line) => line.trim().split(/\s+/)[1]?.endsWith(`:${hex}`))
    .reduce((sum, line) => sum + Number(line.trim().split(/\s+/).at(-1)), 0);
}

async function until(what, check) {
  for (let i = 0; i < 600; i++) {
    if (await check().catch(() => false)) return;
    await pause(100);
  }
  throw new Error(`${what} did not come up in a minute`);
}

const SERVERS = {
  async nines(dir) {
    const built = path.resolve(opt.cli);
    if (!fs.existsSync(built)) throw new Error('dist/ is not built: npm run build');
    const [port, http] = [await freePort(), await freePort()];
    const settings = path.join(dir, 'nines.yaml');
    const off = 'graphite: false, graphitePickle: false, otlpHttp: false, otlpGrpc: false';
    fs.writeFileSync(settings, `host: 127.0.0.1\nlisten: { statsd: ${port}, ${off} }\nstatsd: { flushInterval: 1s }\n`);
    const env = { ...process.env, ...LAUNCH.environment, NINES_ADMIN_TOKEN: TOKEN };
    const child = spawn(process.execPath, [built, 'up', '--settings', settings, '--data', path.join(dir, 'data'), '--port', String(http)], { stdio: 'ignore', env }); // prettier-ignore
    const headers = { authorization: `Bearer ${TOKEN}` };
    const intake = async () => {
      const answer = await fetch(`http://127.0.0.1:${http}/nines/v1/intakes`, { headers });
      return (await answer.json()).intakes.find(({ protocol }) => protocol === 'statsd');
    };
    await until('nines', async () => (await intake()).open);
    // What the counters say, not only what was read: after the next flush.
    const accepted = async () => {
      const count = async () => {
        const query = new URLSearchParams({ query: 'sum({__name__=~"bench_shop_requests_.*_total"})' });
        const answer = await (await fetch(`http://127.0.0.1:${http}/api/v1/query?${query}`, { headers })).json();
        return Number(answer.data.result[0]?.value[1] ?? 0);
      };
      for (let last = -1, now = await count(); ; last = now, await pause(2500), now = await count()) if (now === last) return now;
    };
    return { port, child, accepted };
  },
  async statsd(dir) {
    execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', dir, 'statsd@0.9.0'], { stdio: 'inherit' }); // prettier-ignore
    const [port, management] = [await freePort(), await freePort()];
    const config = path.join(dir, 'config.js');
    // No flush while it is measured: its counters are asked for as they are.
    fs.writeFileSync(config, `{ port: ${port}, address: '127.0.0.1', mgmt_port: ${management}, mgmt_address: '127.0.0.1', flushInterval: 3600000, backends: [] }\n`); // prettier-ignore
    const child = spawn(process.execPath, [path.join(dir, 'node_modules/statsd/stats.js'), config], { stdio: 'ignore' });
    const ask = (question, last = 'END') =>
      new Promise((resolve, reject) => {
        let out = '';
        const socket = net.connect(management, '127.0.0.1', () => socket.write(`${question}\n`));
        socket.on('data', (chunk) => {
          out += chunk;
          if (out.includes(last)) socket.end();
        });
        socket.on('close', () => resolve(out));
        socket.on('error', reject);
      });
    await until('statsd', async () => (await ask('health', 'health:')).includes('up'));
    const accepted = async () =>
      [...(await ask('counters')).matchAll(/'?bench\.shop\.requests\.\d+'?: (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
    return { port, child, accepted };
  },
};

if (opt.send) await send(Number(opt.send));
else await compare();
