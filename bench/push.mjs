#!/usr/bin/env node
// Pushed points over HTTP. Influx line protocol: nines beside VictoriaMetrics, the same bodies to both; a point is a line with its
// fields. OTLP (protobuf): nines alone, because Debian's peers don't take it; a point is a data point.
//
//   npm run build && node bench/push.mjs influx|otlp [--hosts 1000] [--steps 2000, otlp 100] [--senders 4] [--fields 5] [--only nines|victoria] [--cli another build's main.js]
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
    steps: { type: 'string' },
    fields: { type: 'string', default: '5' },
    senders: { type: 'string', default: '4' },
    lines: { type: 'string', default: '5000' },
    gzip: { type: 'boolean', default: false },
    only: { type: 'string' },
    cli: { type: 'string', default: path.resolve(import.meta.dirname, '../dist/cli/main.js') },
  },
});
const what = positionals[0];
// Of fewer points, many would be read by code that runs for the first time.
opt.steps ??= what === 'otlp' ? '100' : '2000';
if (what !== 'influx' && what !== 'otlp') {
  console.error('which? node bench/push.mjs influx|otlp');
  process.exit(2);
}

/** As an SDK exports it: a resource a host, a counter with `fields` attributes sets, a request for `lines` points. */
async function makeOtlpBodies() {
  await import('./typescript.mjs');
  const { encodeJson } = await import('../src/monitoring/otlp/encode-json.ts');
  const { metricsRequest } = await import('../src/monitoring/otlp/json-schema.ts');
  const [hosts, steps, fields, most] = [opt.hosts, opt.steps, opt.fields, opt.lines].map(Number);
  const end = Math.floor(Date.now() / 10_000) * 10_000;
  const attribute = (key, stringValue) => ({ key, value: { stringValue } });
  const bodies = [];
  const perRequest = Math.max(1, Math.floor(most / fields));
  for (let step = 0; step < steps; step++) {
    const timeUnixNano = `${end - (steps - step) * 10_000}000000`;
    for (let first = 0; first < hosts; first += perRequest) {
      const some = Array.from({ length: Math.min(perRequest, hosts - first) }, (_, i) => first + i);
      const resourceMetrics = some.map((host) => ({
        resource: { attributes: [attribute('service.name', 'shop'), attribute('service.instance.id', `app-${host}.example`)] },
        scopeMetrics: [
          {
            scope: { name: 'bench' },
            metrics: [
              {
                name: 'http.server.requests',
                sum: {
                  aggregationTemporality: 2,
                  isMonotonic: true,
                  dataPoints: Array.from({ length: fields }, (_, i) => ({
                    timeUnixNano,
                    asDouble: step * 10 + i,
                    attributes: [attribute('http.method', 'GET'), attribute('http.route', `/api/v1/things/${i}`)],
                  })),
                },
              },
            ],
          },
        ],
      }));
      bodies.push({ bytes: encodeJson({ resourceMetrics }, metricsRequest), lines: some.length * fields });
    }
  }
  return bodies;
}
const SEND =
  what === 'influx'
    ? { path: '/write?db=bench', headers: {}, good: 204, values: Number(opt.fields), servers: ['nines', 'victoria'] }
    : { path: '/v1/metrics', headers: { 'content-type': 'application/x-protobuf' }, good: 200, values: 1, servers: ['nines'] };

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
  const server = await start(name, base, path.resolve(opt.cli));
  if (!server?.complete) return;
  try {
    const headers = { authorization: `Bearer ${TOKEN}`, ...SEND.headers, ...(opt.gzip && { 'content-encoding': 'gzip' }) };
    const before = cpuSeconds(server.pid);
    const begin = performance.now();
    let next = 0;
    const sender = async () => {
      while (next < bodies.length) {
        const { bytes } = bodies[next++];
        const answer = await fetch(`${server.url}${SEND.path}`, { method: 'POST', body: bytes, headers });
        if (answer.status !== SEND.good) throw new Error(`${name}: ${answer.status} ${(await answer.text()).slice(0, 300)}`);
        await answer.arrayBuffer();
      }
    };
    await Promise.all(Array.from({ length: Number(opt.senders) }, sender));
    const took = (performance.now() - begin) / 1000;
    const cpu = cpuSeconds(server.pid) - before;
    const points = bodies.reduce((sum, { lines }) => sum + lines, 0);
    const samples = points * SEND.values;
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
  const bodies = what === 'influx' ? makeBodies() : await makeOtlpBodies();
  const bytes = bodies.reduce((sum, body) => sum + body.bytes.length, 0);
  const plain = bodies[0] && (opt.gzip ? gunzipSync(bodies[0].bytes) : bodies[0].bytes);
  console.log(
    `${bodies.length} requests, ${(bytes / 2 ** 20).toFixed(0)} MB${opt.gzip ? ' gzipped' : ''}` +
      (what === 'influx' ? `; such as ${plain?.toString('utf8').split('\n')[0]}` : ''),
  );
  for (const name of SEND.servers) if (!opt.only || opt.only === name) await measure(name, base, bodies);
} finally {
  fs.rmSync(base, { recursive: true, force: true });
}
