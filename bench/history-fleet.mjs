// The samples of weeks, and their way to the servers. Every value follows from its series and its time alone, so that loading may stop
// after any slice of time and go on there.
import { setTimeout as pause } from 'node:timers/promises';
import { head, varint } from './own/protobuf.mjs';
import { TOKEN } from './servers.mjs';

/** Series are sent by the hour: Prometheus takes what is at most an hour older than its newest sample as in order. */
export const SLICE_MS = 3_600_000;
const PER_REQUEST = 10_000;
const AT_A_TIME = 4;
/** A sample in a request: its field, its length, its value, its time in six bytes. */
const SAMPLE_BYTES = 18;

/** From 0 to 1, the same each time for a series and a scrape. */
function noise(seed, k) {
  let x = Math.imul(seed ^ Math.imul(k, 0x9e3779b1), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 15), 0xc2b2ae35);
  return ((x ^ (x >>> 13)) >>> 0) / 2 ** 32;
}

/** Targets of 200 series, each scraped at a moment of its own. A counter begins anew every week or so. */
export function fleet(count, interval) {
  const targets = [];
  const weekly = 604_800 / interval;
  let all = 0;
  for (let target = 0; target * 200 < count; target++) {
    const common = { instance: `10.0.${target >> 8}.${target & 255}:9100`, job: ['web', 'api', 'worker', 'db'][target % 4] };
    const series = [];
    const add = (name, labels, rate, counter = true) => {
      if (all === count) return;
      const seed = Math.imul(++all, 0x27d4eb2f);
      const lasts = Math.ceil(weekly * (0.5 + noise(seed, 1)));
      series.push({
        head: head({ __name__: name, ...common, ...labels }),
        rate,
        counter,
        seed,
        lasts,
        begins: Math.floor(lasts * noise(seed, 2)),
      });
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
      add('node_filesystem_avail_bytes', { mountpoint, fstype: 'ext4' }, 6e9, false);
      add('node_filesystem_size_bytes', { mountpoint, fstype: 'ext4' }, 1e11, false);
    }
    for (let i = 0; i < 62; i++) add(`app_gauge_${i}`, { shard: String(i % 4) }, 100, false);
    targets.push({ series, phase: 1 + Math.floor(noise(4711, target) * (interval * 1000 - 2)) });
  }
  return targets;
}

const valueOf = ({ rate, counter, seed, lasts, begins }, k, interval) =>
  counter
    ? Math.floor(rate * interval * (((k + begins) % lasts) + noise(seed, k) / 2))
    : Math.round(rate * (0.5 + noise(seed, k) * 0.1) * 100) / 100;

/** The message in snappy's format, as it is: these servers are measured at asking, not at decompressing. */
function asLiterals(message) {
  const pieces = [varint(message.length)];
  for (let at = 0; at < message.length; at += 65_536) {
    const piece = message.subarray(at, at + 65_536);
    pieces.push(Buffer.from([61 << 2, (piece.length - 1) & 255, (piece.length - 1) >> 8]), piece);
  }
  return Buffer.concat(pieces);
}

/** The requests of one slice of time, made one after the other. */
export function* requestsOf(targets, from, until, interval) {
  const scratch = Buffer.alloc(PER_REQUEST * (SAMPLE_BYTES + 300));
  const step = interval * 1000;
  let at = 0;
  let samples = 0;
  for (const { series, phase } of targets) {
    const first = Math.ceil((from - phase) / step);
    const count = Math.ceil((until - phase) / step) - first;
    // The times are those of the target: only the values differ from series to series.
    const template = Buffer.alloc(count * SAMPLE_BYTES);
    for (let i = 0; i < count; i++) {
      template.set([18, SAMPLE_BYTES - 2, 9], i * SAMPLE_BYTES);
      template[i * SAMPLE_BYTES + 11] = 16;
      varint((first + i) * step + phase).copy(template, i * SAMPLE_BYTES + 12);
    }
    for (const one of series) {
      const length = one.head.length + template.length;
      scratch[at++] = 10;
      at += varint(length).copy(scratch, at);
      at += one.head.copy(scratch, at);
      template.copy(scratch, at);
      for (let i = 0; i < count; i++) scratch.writeDoubleLE(valueOf(one, first + i, interval), at + i * SAMPLE_BYTES + 3);
      at += template.length;
      samples += count;
      if (samples + count <= PER_REQUEST) continue;
      yield asLiterals(scratch.subarray(0, at));
      at = 0;
      samples = 0;
    }
  }
  if (at > 0) yield asLiterals(scratch.subarray(0, at));
}

const headers = {
  authorization: `Bearer ${TOKEN}`,
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '0.1.0',
};

async function send(server, body) {
  for (let attempt = 0; ; attempt++) {
    const response = await fetch(`${server.url}/api/v1/write`, { method: 'POST', headers, body });
    const text = await response.text();
    if (response.ok) return;
    if (attempt > 300 || (response.status !== 503 && response.status !== 429))
      throw new Error(`${server.name} refused: ${response.status} ${text}`);
    await pause(250);
  }
}

/**
 * Sends what each server hasn't, slice by slice. `loaded`: through when each has everything; written to as it goes, and `save` is called
 * then.
 */
export async function load(servers, targets, { start, end, interval, loaded, save }) {
  const began = performance.now();
  const behind = servers.map(({ name }) => loaded[name] ?? start);
  let said = began;
  for (let from = Math.min(...behind); from < end; from += SLICE_MS) {
    const takers = servers.filter(({ name }) => (loaded[name] ?? start) <= from);
    const sending = new Set();
    for (const body of requestsOf(targets, from, Math.min(end, from + SLICE_MS), interval)) {
      const one = Promise.all(takers.map((server) => send(server, body)));
      const tracked = one.finally(() => sending.delete(tracked));
      sending.add(tracked);
      if (sending.size >= AT_A_TIME) await Promise.race(sending);
    }
    await Promise.all(sending);
    for (const { name } of takers) loaded[name] = from + SLICE_MS;
    save();
    if (performance.now() - said < 30_000) continue;
    said = performance.now();
    console.log(`  ${(((from - start) / (end - start)) * 100).toFixed(0)} % after ${Math.round((said - began) / 1000)} s`);
  }
  console.log(`loaded in ${Math.round((performance.now() - began) / 1000)} s`);
}
