#!/usr/bin/env node
// Sends a fleet's requests to one server after the other and prints a JSON line for each.
//
//   node ingest.mjs fleet.rw NAME=URL#PID ... [--connections 4]
import fs from 'node:fs';
import http from 'node:http';
import { parseArgs } from 'node:util';

const {
  values: { connections },
  positionals: [file, ...servers],
} = parseArgs({ allowPositionals: true, options: { connections: { type: 'string', default: '4' } } });
const data = fs.readFileSync(file);
const { samples } = JSON.parse(fs.readFileSync(`${file}.json`, 'utf8'));
const bodies = [];
for (let at = 0; at < data.length;) {
  const length = data.readUInt32LE(at);
  bodies.push(data.subarray(at + 4, at + 4 + length));
  at += 4 + length;
}

/** User and system time in seconds, and resident memory in MB, of the process (Linux: /proc). */
function usage(pid) {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  const rss = Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
  return { cpu: (Number(fields[11]) + Number(fields[12])) / 100, rss: Math.round(rss) };
}

function send(url, agent, body) {
  const headers = {
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'content-length': body.length,
    ...(process.env.BEARER && { authorization: `Bearer ${process.env.BEARER}` }),
  };
  return new Promise((resolve) => {
    const request = http.request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    });
    request.on('error', (error) => resolve(error.code));
    request.end(body);
  });
}

for (const server of servers) {
  const [, name, url, pid] = /^([^=]+)=([^#]+)#(\d+)$/.exec(server);
  const agent = new http.Agent({ keepAlive: true, maxSockets: Number(connections) });
  const times = [];
  const failures = {};
  let next = 0;
  const worker = async () => {
    while (next < bodies.length) {
      const began = performance.now();
      const status = await send(url, agent, bodies[next++]);
      times.push(performance.now() - began);
      if (!(status < 300)) failures[status] = (failures[status] ?? 0) + 1;
    }
  };
  const before = usage(pid);
  const began = performance.now();
  await Promise.all(Array.from({ length: Number(connections) }, worker));
  const seconds = (performance.now() - began) / 1000;
  const after = usage(pid);
  times.sort((a, b) => a - b);
  const line = {
    name,
    samples_per_second: Math.round(samples / seconds),
    p50_ms: Number(times[times.length >> 1].toFixed(1)),
    p99_ms: Number(times[Math.floor(times.length * 0.99)].toFixed(1)),
    failures,
    cpu_us_per_sample: Number((((after.cpu - before.cpu) * 1e6) / samples).toFixed(2)),
    rss_mb: after.rss,
  };
  console.log(JSON.stringify(line));
  agent.destroy();
}
