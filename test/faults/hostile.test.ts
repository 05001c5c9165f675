/** Requests that ask too much. Each is refused as a problem document that names the limit, while a neighbour is answered. */
import http from 'node:http';
import net from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { field, label, request, sample, series, varint } from '../../src/monitoring/remote-write/encode-request.ts';
import { NinesProcess, TOKEN, waitFor } from '../harness/nines-process.ts';

let nines: NinesProcess;
beforeAll(async () => {
  nines = await NinesProcess.start({
    files: { 'nines.yaml': 'query: { timeout: 2s, maxSamples: 200000 }\n' },
  });
  // Something to ask for: 300 series, a day of samples 5 minutes apart.
  const now = Date.now();
  const times = Array.from({ length: 288 }, (_, i) => now - i * 300_000).toReversed();
  const all = Array.from({ length: 300 }, (_, i) =>
    series({ __name__: 'wide', i: String(i), job: 'x' }, ...times.map((time) => sample(time, i))),
  );
  const long = series({ __name__: 'long', a: 'x'.repeat(5_000) }, sample(now, 1));
  const answer = await write(request(...all, long));
  expect(answer.status).toBe(204);
});
afterAll(() => nines[Symbol.asyncDispose]());

const ask = (address: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${nines.url}${address}`, { ...init, headers: { authorization: `Bearer ${TOKEN}`, ...(init.headers as object) } });
const write = (body: Uint8Array): Promise<Response> => ask('/api/v1/write', { method: 'POST', body: new Uint8Array(body) });
const query = (expr: string): Promise<Response> => ask(`/api/v1/query?${new URLSearchParams({ query: expr }).toString()}`);
/** As clients do with what is too long for an address. */
const posted = (expr: string): Promise<Response> => ask('/api/v1/query', { method: 'POST', body: new URLSearchParams({ query: expr }) });
const range = (expr: string, seconds: number, step: number): Promise<Response> => {
  const end = Math.floor(Date.now() / 1000);
  const about = { query: expr, start: String(end - seconds), end: String(end), step: String(step) };
  return ask(`/api/v1/query_range?${new URLSearchParams(about).toString()}`);
};
const json = (address: string, body: string): Promise<Response> =>
  ask(address, { method: 'POST', body, headers: { 'content-type': 'application/json' } });

/** Says how large its body will be, and begins with it: it is refused before the rest is sent. */
const announce = (address: string, bytes: number): Promise<Response> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', 'content-length': bytes };
    const asked = http.request(`${nines.url}${address}`, { method: 'POST', headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        asked.destroy();
        const type = answer.headers['content-type'] ?? '';
        resolve(new Response(Buffer.concat(chunks), { status: answer.statusCode ?? 0, headers: { 'content-type': type } }));
      });
    });
    asked.on('error', reject);
    asked.write('{');
  });

const MB = 1024 ** 2;
/** A snappy block that says it is 64 MB, and isn't. */
const liar = Buffer.concat([varint(64 * MB), Buffer.from([0, 0, 0, 0])]);
const manyLabels = field(
  1,
  Buffer.concat([label('__name__', 'bomb'), ...Array.from({ length: 5_000 }, (_, i) => label(`l${i}`, 'x')), sample(Date.now(), 1)]),
);
const longLabel = series({ __name__: 'bomb', a: 'x'.repeat(100_000) }, sample(Date.now(), 1));

const cases: [string, () => Promise<Response>, number, RegExp][] = [
  ['a JSON body of 4 MB', () => announce('/nines/v1/changes', 4 * MB), 413, /1048576/],
  ['a write of 40 MB', () => announce('/api/v1/write', 40 * MB), 413, /33554432/],
  ['a write that says it has 64 MB', () => write(liar), 413, /33554432/],
  ['a write that is no snappy', () => write(Buffer.from('hello hello hello')), 400, /snappy|decompress/],
  ['a series of 5,000 labels', () => write(request(manyLabels)), 400, /5001 labels; the most is 64/],
  ['a label of 100,000 characters', () => write(request(longLabel)), 400, /100000 characters.*8192/],
  ['JSON nested 100,000 deep', () => json('/nines/v1/changes', '['.repeat(100_000)), 400, /JSON/],
  ['too many points', () => range('wide', 86_400, 1), 400, /11,?000/],
  ['too many samples', () => query('sum_over_time(wide[1d]) + sum_over_time(wide[1d] offset 1s) + sum_over_time(wide[1d] offset 2s)'), 422, /query\.maxSamples/],
  ['parentheses 30,000 deep', () => posted(`${'('.repeat(30_000)}1${')'.repeat(30_000)}`), 400, /./],
  ['a regular expression that backtracks', () => query('long{a=~"(x+x+)+y"}'), 200, /"result":\[\]/],
  ['a regular expression of 20,000 characters', () => posted(`wide{i=~"${'a'.repeat(20_000)}"}`), 400, /at most 10000/],
  ['an unknown page', () => ask('/nines/v1/pages/%00%ff'), 400, /./],
]; // prettier-ignore

test.each(cases)('%s', async (_, send, status, says) => {
  const [answer, neighbour] = await Promise.all([send(), ask('/-/healthy')]);
  const text = await answer.text();
  expect([answer.status, text.slice(0, 300)]).toEqual([status, expect.stringMatching(says) as string]);
  expect(answer.headers.get('content-type')).toMatch(/json/);
  expect(text).not.toMatch(/\n\s+at |node_modules|\/src\//);
  expect(neighbour.ok).toBe(true);
});

test('a hundred connections that trickle their headers keep nobody out', async () => {
  const sockets = Array.from({ length: 100 }, () => net.connect(nines.port, '127.0.0.1'));
  for (const socket of sockets) socket.on('error', () => undefined).write('GET /nines/v1/pages HTTP/1.1\r\nhost: x\r\nx-a: ');
  const timer = setInterval(() => sockets.forEach((socket) => socket.writable && socket.write('a')), 100);
  for (let n = 0; n < 10; n += 1) {
    const began = performance.now();
    expect((await ask('/nines/v1/pages')).ok).toBe(true);
    expect(performance.now() - began).toBeLessThan(2_000);
  }
  clearInterval(timer);
  for (const socket of sockets) socket.destroy();
});

test('a query that would take minutes ends at its limit, and others are answered meanwhile', async () => {
  const slow = range('sum by (i) (rate(wide[1d])) * on (i) group_left sum by (i) (wide)', 86_400, 10);
  const began = performance.now();
  let answered = 0;
  let longest = 0;
  let ended = false;
  void slow.finally(() => (ended = true)).catch(() => undefined);
  await waitFor('the query to end', async () => {
    const from = performance.now();
    if ((await ask('/-/healthy')).ok) answered += 1;
    longest = Math.max(longest, performance.now() - from);
    return ended;
  });
  const answer = await slow;
  const text = await answer.text();
  expect([200, 400, 422, 503]).toContain(answer.status);
  expect(text).not.toMatch(/\n\s+at /);
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(answered).toBeGreaterThan(0);
  expect(longest).toBeLessThan(3_000);
});
