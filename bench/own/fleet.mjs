#!/usr/bin/env node
// Writes a fleet's traffic as remote write 1.0 requests: repeated [uint32 LE length][snappy block], and beside it OUT.json with
// {series, steps, samples, requests, start, end, step}. A target has 120 series: an HTTP service and its host.
//
//   node fleet.mjs --targets 500 --steps 40 --out fleet.rw
import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { compress } from 'snappyjs';
import { field, head, varint } from './protobuf.mjs';

const { values: opt } = parseArgs({
  options: {
    targets: { type: 'string', default: '500' },
    steps: { type: 'string', default: '40' },
    out: { type: 'string', default: 'fleet.rw' },
  },
});
const STEP = 15;
const PER_REQUEST = 2000;
const steps = Number(opt.steps);
const end = Math.floor(Date.now() / 1000 / STEP) * STEP;
const start = end - (steps - 1) * STEP;

/** A small generator with a seed: every run sends the same numbers. */
let seed = 9900;
const random = () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
};

const series = [];
for (let target = 0; target < Number(opt.targets); target++) {
  const common = { instance: `app-${target}:8080`, job: ['shop', 'mail', 'search', 'pay'][target % 4] };
  const add = (name, labels, rate, counter = true) =>
    series.push({
      head: head({ __name__: name, ...common, ...labels }),
      rate,
      counter,
      value: counter ? Math.floor(random() * 1e4) : rate,
    });
  for (const path of ['/', '/basket', '/pay', '/login'])
    for (const code of ['200', '404', '500'])
      for (const method of ['GET', 'POST']) add('http_requests_total', { path, code, method }, code === '200' ? 40 : 1);
  for (const path of ['/', '/basket', '/pay', '/login'])
    for (const [i, le] of ['0.01', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '+Inf'].entries())
      add('http_request_duration_seconds_bucket', { path, le }, 5 * (i + 1));
  for (let cpu = 0; cpu < 4; cpu++)
    for (const mode of ['idle', 'user', 'system', 'iowait', 'irq', 'steal']) add('node_cpu_seconds_total', { cpu: String(cpu), mode }, 1);
  for (const mountpoint of ['/', '/var']) {
    add('node_filesystem_avail_bytes', { mountpoint }, 5e9, false);
    add('node_filesystem_size_bytes', { mountpoint }, 1e11, false);
  }
  for (let i = 0; i < 36; i++) add(`app_gauge_${i}`, {}, 100, false);
}

const out = fs.openSync(opt.out, 'w');
let requests = 0;
for (let step = 0; step < steps; step++) {
  const time = varint((start + step * STEP) * 1000);
  for (let from = 0; from < series.length; from += PER_REQUEST) {
    const parts = series.slice(from, from + PER_REQUEST).map((one) => {
      one.value = one.counter ? one.value + Math.floor(one.rate * STEP * (0.5 + random())) : Math.round(one.rate * (0.9 + random() * 0.2));
      const sample = Buffer.alloc(9, 9);
      sample.writeDoubleLE(one.value, 1);
      return field(1, Buffer.concat([one.head, field(2, Buffer.concat([sample, Buffer.from([16]), time]))]));
    });
    const body = compress(Buffer.concat(parts));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(body.length);
    fs.writeSync(out, length);
    fs.writeSync(out, body);
    requests++;
  }
}
fs.closeSync(out);
const about = { series: series.length, steps, samples: series.length * steps, requests, start, end, step: STEP };
fs.writeFileSync(`${opt.out}.json`, JSON.stringify(about));
console.log(JSON.stringify(about));
