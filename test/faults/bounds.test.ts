/**
 * What is made to cost much: bodies that unpack to gigabytes, lengths that lie, labels by the million, lines and chunks without end,
 * at every door of a whole nines. Each costs it less than a second of its processor's time and a bounded amount of memory, is
 * refused in words where the protocol has words, and holds up no neighbour.
 */
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { field, label, request, sample, series, varint } from '../../src/monitoring/remote-write/encode-request.ts';
import { NinesProcess, TOKEN, waitFor } from '../harness/nines-process.ts';
import { freePort } from '../harness/free-port.ts';

const MB = 1024 ** 2;
const CPU_SECONDS = 1;
const MEMORY = 96 * MB;
let nines: NinesProcess;
const ports = { statsd: 0, graphite: 0, graphitePickle: 0 };

beforeAll(async () => {
  for (const name of ['statsd', 'graphite', 'graphitePickle'] as const) ports[name] = await freePort();
  nines = await NinesProcess.start({
    files: { 'nines.yaml': `listen: { statsd: ${ports.statsd}, graphite: ${ports.graphite}, graphitePickle: ${ports.graphitePickle}, otlpHttp: false, otlpGrpc: false }\n` },
    environment: { NINES_LISTEN: undefined },
  }); // prettier-ignore
  // What is loaded with the first request is no cost of the ones that are measured.
  for (const [address, type] of [['/api/v1/write', 'application/x-protobuf'], ['/v1/metrics', 'application/json'], ['/write', 'text/plain'], ['/nines/v1/push', 'application/json'], ['/api/v1/read', 'application/x-protobuf']] as const)
    await post(address, type === 'application/json' ? Buffer.from('{}') : Buffer.from([0]), { 'content-type': type });
}, 120_000); // prettier-ignore
afterAll(() => nines[Symbol.asyncDispose]());

interface Said {
  readonly status: number;
  readonly text: string;
}

function post(address: string, body: Buffer, headers: Record<string, string> = {}): Promise<Said> {
  return new Promise((resolve, reject) => {
    const asked = http.request(`${nines.url}${address}`, { method: 'POST', headers: { authorization: `Bearer ${TOKEN}`, 'content-length': body.length, ...headers } }, (answer) => {
      let text = '';
      answer.on('data', (data: Buffer) => (text += data.toString()));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    }); // prettier-ignore
    // Refused before all was sent: the answer is what counts.
    asked.on('error', (error) => setTimeout(() => reject(error), 500));
    asked.end(body);
  });
}

/** Chunks for as long as they are taken. */
function endless(address: string, chunk: string): Promise<Said> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    const asked = http.request(`${nines.url}${address}`, { method: 'POST', headers: { authorization: `Bearer ${TOKEN}`, 'transfer-encoding': 'chunked' } }, (answer) => {
      let text = '';
      answer.on('data', (data: Buffer) => (text += data.toString()));
      answer.on('end', () => (asked.destroy(), resolve({ status: answer.statusCode ?? 0, text })));
    }); // prettier-ignore
    // It hangs up on what it has refused, and the answer may be lost to that.
    asked.on('error', () => setTimeout(() => resolve({ status: 413, text: '' }), 200));
    const more = (): void => {
      let taken = true;
      for (; taken && !asked.destroyed && sent <= 512 * MB; sent += chunk.length) taken = asked.write(chunk);
      if (sent > 512 * MB) reject(new Error('half a gigabyte was taken'));
      else if (!taken) asked.once('drain', more);
    };
    more();
  });
}

/** Sends to a port until all is taken, or the port hangs up. */
function pour(port: number, bytes: Buffer, times = 1): Promise<Said> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    const done = (): void => (socket.destroy(), resolve({ status: 0, text: '' }));
    socket.on('error', done).on('close', done).resume();
    const more = (left: number): void => {
      if (left === 0) socket.end();
      else if (!socket.destroyed) socket.write(bytes, () => more(left - 1));
    };
    socket.on('connect', () => more(times));
  });
}

/** A snappy block of `size` zeros: a byte, and copies of 64 of what is before. */
const bomb = (size: number): Buffer => Buffer.concat([varint(size), Buffer.from([0, 0]), Buffer.concat(Array.from({ length: Math.floor(size / 64) }, () => Buffer.from([0xfe, 1, 0])))]); // prettier-ignore
const proto = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };
const gzip = { 'content-encoding': 'gzip' };
const zeros = gzipSync(Buffer.alloc(300 * MB));
const deep = Buffer.from(`${'[{"a":'.repeat(150_000)}1`);
const now = Date.now();
const labels = (count: number): Buffer =>
  request(field(1, Buffer.concat([label('__name__', 'many'), ...Array.from({ length: count }, (_, i) => label(`l${i}`, 'x')), sample(now, 1)]))); // prettier-ignore
/** Field 1 with a length of which there is nothing. */
const lying = Buffer.concat([Buffer.from([0x0a]), varint(2 ** 45), Buffer.alloc(20)]);
/** A frame of Graphite's pickle with a length before it. */
const frame = (bytes: Buffer, length = bytes.length): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(length);
  return Buffer.concat([head, bytes]);
};
const u32 = (code: string, length: number): Buffer => {
  const bytes = Buffer.alloc(5, code);
  bytes.writeUInt32LE(length, 1);
  return bytes;
};

const HTTP: readonly (readonly [string, () => Promise<Said>, readonly number[]])[] = [
  ['a snappy header of four gigabytes', () => post('/api/v1/write', Buffer.concat([varint(4 * 1024 * MB), Buffer.alloc(8)]), proto), [400, 413]],
  ['a snappy header beyond all numbers', () => post('/api/v1/write', Buffer.alloc(64, 0xff), proto), [400, 413]],
  ['thirty megabytes of zeros in snappy', () => post('/api/v1/write', bomb(30 * MB), proto), [400]],
  ['a length that lies, in remote write', () => post('/api/v1/write', plain(lying), proto), [400]],
  ['a length that lies, in remote read', () => post('/api/v1/read', plain(lying), proto), [400]],
  ['zeros in remote read', () => post('/api/v1/read', bomb(30 * MB), proto), [400, 413]],
  ['300,000 labels of a series', () => post('/api/v1/write', labels(300_000), proto), [400]],
  ['a label of ten megabytes', () => post('/api/v1/write', request(series({ __name__: 'long', a: 'x'.repeat(10 * MB) }, sample(now, 1))), proto), [400]],
  ['OTLP that unpacks to 300 megabytes', () => post('/v1/metrics', zeros, { ...gzip, 'content-type': 'application/x-protobuf' }), [400, 413]],
  ['OTLP as JSON, likewise', () => post('/v1/metrics', zeros, { ...gzip, 'content-type': 'application/json' }), [400, 413]],
  ['a length that lies, in OTLP', () => post('/v1/metrics', lying, { 'content-type': 'application/x-protobuf' }), [400]],
  ['OTLP as JSON, nested without end', () => post('/v1/metrics', deep, { 'content-type': 'application/json' }), [400]],
  ['OTLP in an encoding that is none', () => post('/v1/metrics', Buffer.alloc(100), { 'content-encoding': 'zstd', 'content-type': 'application/json' }), [400, 415]],
  ['Influx lines that unpack to 300 megabytes', () => post('/write', zeros, gzip), [400, 413]],
  ['a line of Influx of ten megabytes', () => post('/write', Buffer.from(`m,a=${'x'.repeat(10 * MB)} v=1`)), [400, 413]],
  ['a line of Influx of 200,000 tags', () => post('/write', Buffer.from(`m${Array.from({ length: 200_000 }, (_, i) => `,t${i}=x`).join('')} v=1`)), [400, 413]],
  ['a push that unpacks to 300 megabytes', () => post('/nines/v1/push', zeros, { ...gzip, 'content-type': 'application/json' }), [400, 413, 415]],
  ['a push nested without end', () => post('/nines/v1/push', deep, { 'content-type': 'application/json' }), [400, 413]],
  ['chunks without end, in remote write', () => endless('/api/v1/write', 'x'.repeat(65_536)), [400, 413]],
  ['chunks without end, in Influx', () => endless('/write', 'x'.repeat(65_536)), [400, 413]],
  ['chunks without end, in a push', () => endless('/nines/v1/push', '[['.repeat(32_768)), [400, 413, 415]],
  ['a target of Graphite 50,000 deep', () => post('/render', Buffer.from(`format=json&target=${'sum('.repeat(50_000)}`), { 'content-type': 'application/x-www-form-urlencoded' }), [400]],
  ['SQL of a megabyte', () => post('/nines/v1/sql', Buffer.from(JSON.stringify({ sql: `SELECT ${'('.repeat(900_000)}` })), { 'content-type': 'application/json' }), [400, 404, 413]],
]; // prettier-ignore

/** A block of snappy that is one literal. */
function plain(bytes: Buffer): Buffer {
  return Buffer.concat([varint(bytes.length), Buffer.from([(bytes.length - 1) << 2]), bytes]);
}

const TCP: readonly (readonly [string, () => Promise<Said>])[] = [
  ['a line of StatsD without end', () => pour(ports.statsd, Buffer.alloc(MB, 'x'), 40)],
  ['a packet of StatsD of 100,000 tags', () => pour(ports.statsd, Buffer.from(`a:1|c|#${'t:x,'.repeat(100_000)}\n`))],
  ['a line of Graphite without end', () => pour(ports.graphite, Buffer.alloc(MB, 'x'), 40)],
  ['a path of Graphite of 100,000 parts', () => pour(ports.graphite, Buffer.from(`${'a.'.repeat(100_000)}b 1 ${Math.floor(now / 1000)}\n`))],
  ['a frame of pickle of four gigabytes', () => pour(ports.graphitePickle, frame(Buffer.alloc(MB), 0xffffffff), 1)],
  ['a number of two gigabytes in pickle', () => pour(ports.graphitePickle, frame(Buffer.concat([u32('\x8b', 0x7fffffff), Buffer.alloc(100)])))],
  ['a text of four gigabytes in pickle', () => pour(ports.graphitePickle, frame(Buffer.concat([u32('X', 0xffffffff), Buffer.alloc(100)])))],
  ['lists in lists in pickle', () => pour(ports.graphitePickle, frame(Buffer.from('(l'.repeat(200_000))))],
  ['a memory that doubles in pickle', () => pour(ports.graphitePickle, frame(Buffer.from(`]q\0${'2\x86'.repeat(200_000)}.`, 'latin1')))],
]; // prettier-ignore

/** Seconds of the processor's time, user and system. */
function cpuSeconds(): number {
  const fields = fs.readFileSync(`/proc/${nines.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
const memory = (what: 'VmRSS' | 'VmHWM'): number => Number(new RegExp(`${what}:\\s+(\\d+) kB`).exec(fs.readFileSync(`/proc/${nines.pid}/status`, 'utf8'))?.[1]) * 1024; // prettier-ignore

/** What it costs nines, until it answers what comes after it. */
async function costs(send: () => Promise<Said>): Promise<Said> {
  // The peak from here on.
  fs.writeFileSync(`/proc/${nines.pid}/clear_refs`, '5');
  const [cpu, rss] = [cpuSeconds(), memory('VmRSS')];
  const [said, neighbour] = await Promise.all([send(), fetch(`${nines.url}/-/healthy`)]);
  expect(neighbour.ok).toBe(true);
  expect(cpuSeconds() - cpu).toBeLessThan(CPU_SECONDS);
  expect(memory('VmHWM') - rss).toBeLessThan(MEMORY);
  return said;
}

const measurable = process.platform === 'linux';

test.skipIf(!measurable).each(HTTP)('%s', async (_what, send, statuses) => {
  const { status, text } = await costs(send);
  expect([status, text.slice(0, 200)]).toEqual([expect.toSatisfy((one: number) => statuses.includes(one)), expect.any(String)]);
  expect(text).not.toMatch(/\n\s+at |node_modules/);
});

test.skipIf(!measurable).each(TCP)('%s', async (_what, send) => void (await costs(send)));

test('a sample a week ahead is refused or kept apart, and its series goes on', async () => {
  const week = now + 7 * 86_400_000;
  const ahead = await post('/api/v1/write', request(series({ __name__: 'odd' }, sample(now, 1)), series({ __name__: 'odd' }, sample(week, 99))), proto); // prettier-ignore
  expect([204, 400]).toContain(ahead.status);
  for (let i = 1; i <= 3; i++) expect((await post('/api/v1/write', request(series({ __name__: 'odd' }, sample(now + i * 10, 1 + i))), proto)).status).toBe(204); // prettier-ignore
  const answer = await nines.ask<{ data: { result: { value: [number, string] }[] } }>(
    'GET',
    `/api/v1/query?query=odd&time=${(now + 1_000) / 1000}`,
  );
  expect(answer.data.result.map(({ value }) => value[1])).toEqual(['4']);
});

test('a source that floods leaves the others their place', async () => {
  const { secret } = await nines.ask<{ secret: string }>('POST', '/nines/v1/tokens', { name: 'quiet', scope: 'intake' });
  const body = request(...Array.from({ length: 1_000 }, (_, i) => series({ __name__: 'flood', i: String(i) }, sample(now, i))));
  const flood = new AbortController();
  const took: { readonly flood: number[]; readonly quiet: number[] } = { flood: [], quiet: [] };
  const timed = async (list: number[], send: () => Promise<Said>): Promise<Said> => {
    const began = performance.now();
    const said = await send();
    list.push(performance.now() - began);
    return said;
  };
  // More than are worked on at a time.
  const floods = Array.from({ length: 24 }, async () => {
    while (!flood.signal.aborted) await timed(took.flood, () => post('/api/v1/write', body, proto)).catch(() => undefined);
  });
  try {
    await waitFor('the flood', () => took.flood.length > 24);
    for (let i = 0; i < 3; i++) {
      const send = () => post('/api/v1/write', request(series({ __name__: 'quiet' }, sample(now + i, i))), { ...proto, authorization: `Bearer ${secret}` }); // prettier-ignore
      expect((await timed(took.quiet, send)).status).toBe(204);
    }
  } finally {
    flood.abort();
    await Promise.all(floods);
  }
  // A sender gives up after thirty seconds; the flood goes on for as long as it likes.
  for (const ms of took.quiet) expect(ms).toBeLessThan(10_000);
  expect(took.flood.length).toBeGreaterThan(24);
  const answer = await nines.ask<{ data: { result: { value: [number, string] }[] } }>('GET', `/api/v1/query?query=count_over_time(quiet[1h])&time=${(now + 1_000) / 1000}`); // prettier-ignore
  expect(answer.data.result[0]?.value[1]).toBe('3');
});
