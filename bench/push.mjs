#!/usr/bin/env node
// Influx line protocol over HTTP: nines beside VictoriaMetrics, the same bodies to both. A point is a line with its fields.
//
//   npm run build && node bench/push.mjs influx [--hosts 1000] [--steps 100] [--senders 4] [--fields 5] [--only nines|victoria]
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { start, TOKEN } from './servers.mjs';

const { values: opt, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    hosts: { type: 'string', default: '1000' },
    steps: { type: 'string', default: '100' },
    fields: { type: 'string', default: '5' },
    senders: { type: 'string', default: '4' },
    lines: { type: 'string', default: '5000' },
    gzip: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
if (positionals[0] !== 'influx') {
  console.error('which? node bench/push.mjs influx');
  process.exit(2);
}

/** As Telegraf's cpu input writes it. */
function makeBodies() {
  const [hosts, steps, fields, most] = [opt.hosts, opt.steps, opt.fields, opt.lines].map(Number);
  const end = Math.floor(Date.now() / 10_000) * 10_000;
  const names = ['usage_user', 'usage_system', 'usage_idle', 'usage_iowait', 'usage_irq', 'usage_softirq', 'usage_steal', 'usage_nice'];
  const bodies = [];
  let lines = [];
  const close = () => {
    const body = Buffer.from(lines.join('\n'));
    if (lines.length > 0) bodies.push({ bytes: opt.gzip ? gzipSync(body, { level: 1 }) : body, lines: lines.length });
    lines = [];
  };
  for (let step = 0; step < steps; step++) {
    const time = `${end - (steps - step) * 10_000}000000`;
    for (let host = 0; host < hosts; host++) {
      const values = Array.from(
        { length: fields },
        (_, i) => `${names[i % names.length]}${i >= names.length ? i : ''}=${((host * 7 + step * 13 + i * 31) % 1000) / 10}`,
      );
      lines.push(`cpu,cpu=cpu-total,dc=dc${host % 4},host=app-${host}.example,rack=${host % 40} ${values.join(',')} ${time}`);
      if (lines.length === most) close();
    }
  }
  close();
  return bodies;
}

function cpuSeconds(pid) {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function measure(name, base, bodies) {
  const server = await start(name, base, path.resolve(import.meta.dirname, '../dist/cli/main.js'));
  if (!server?.complete) return;
  try {
    const headers = { authorization: `Bearer ${TOKEN}`, ...(opt.gzip && { 'content-encoding': 'gzip' }) };
    const before = cpuSeconds(server.pid);
    const begin = performance.now();
    let next = 0;
    const sender = async () => {
      while (next < bodies.length) {
        const { bytes } = bodies[next++];
        const answer = await fetch(`${server.url}/write?db=bench`, { method: 'POST', body: bytes, headers });
        if (answer.status !== 204) throw new Error(`${name}: ${answer.status} ${(await answer.text()).slice(0, 300)}`);
        await answer.arrayBuffer();
      }
    };
    await Promise.all(Array.from({ length: Number(opt.senders) }, sender));
    const took = (performance.now() - begin) / 1000;
    const cpu = cpuSeconds(server.pid) - before;
    const points = bodies.reduce((sum, { lines }) => sum + lines, 0);
    const samples = points * Number(opt.fields);
    console.log(
      `${name.padEnd(9)} ${points} points (${samples} values) in ${took.toFixed(2)} s: ${Math.round(points / took)} points/s, ${Math.round(samples / took)} values/s; ` +
        `CPU ${cpu.toFixed(2)} s, ${((cpu / points) * 1e6).toFixed(2)} us a point`,
    );
  } finally {
    server.child.kill('SIGTERM');
    await new Promise((ended) => (server.child.exitCode === null ? server.child.once('exit', ended) : ended()));
  }
}

const base = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-bench-push-'));
try {
  const bodies = makeBodies();
  const bytes = bodies.reduce((sum, body) => sum + body.bytes.length, 0);
  const plain = bodies[0] && (opt.gzip ? gunzipSync(bodies[0].bytes) : bodies[0].bytes);
  console.log(
    `${bodies.length} requests, ${(bytes / 2 ** 20).toFixed(0)} MB${opt.gzip ? ' gzipped' : ''}; such as ${plain?.toString('utf8').split('\n')[0]}`,
  );
  for (const name of ['nines', 'victoria']) if (!opt.only || opt.only === name) await measure(name, base, bodies);
} finally {
  fs.rmSync(base, { recursive: true, force: true });
}
