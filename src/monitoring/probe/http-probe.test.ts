import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { probeSpec } from '../contract.ts';
import { probeHttp, type ProbeOptions } from './http-probe.ts';

const servers: (Server | TcpServer)[] = [];
const sockets = new Set<Socket>();

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server | TcpServer): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => void sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return (server.address() as AddressInfo).port;
}

const serve = (handler: RequestListener): Promise<number> => listen(createServer(handler));
const tcp = (onConnection: (socket: Socket) => void): Promise<number> =>
  listen(createTcpServer((socket) => (socket.on('error', () => {}), onConnection(socket))));

function probe(url: string, http: Record<string, unknown> = {}, options: Partial<ProbeOptions> & { timeout?: string } = {}) {
  const { timeout = '2s', ...rest } = options;
  const spec = probeSpec.parse({ service: 'shop', timeout, http: { url, ...http } });
  return probeHttp({ name: 'home', spec }, { now: 1_700_000_000_000, environment: {}, ...rest });
}

test('a healthy endpoint: every phase is timed', async () => {
  const port = await serve((_, response) => response.end('all is ok'));
  const result = await probe(`http://127.0.0.1:${port}/health`, { expect: { body: 'ok' } });
  expect(result).toMatchObject({
    success: true,
    reason: undefined,
    status: 200,
    contentLength: 9,
    bodyBytes: 9,
    truncated: false,
    at: 1_700_000_000_000,
  });
  expect(Object.keys(result.hops[0]!.phases)).toEqual(['resolve', 'connect', 'processing', 'transfer']);
  expect(result.hops[0]!.address).toBe(`127.0.0.1:${port}`);
  const sum = Object.values(result.hops[0]!.phases).reduce((a, b) => a + b);
  expect(sum).toBeGreaterThan(0);
  expect(sum).toBeLessThanOrEqual(result.durationMs);
});

test.each([
  [{ expect: { status: 200 } }, 'status 503, expected 200'],
  [{}, 'status 503, expected 2xx'],
  [{ expect: { status: [200, '300-399'] } }, 'status 503, expected 200 or 300-399'],
  [{ expect: { status: '5xx' } }, undefined],
  [{ expect: { status: 503, body: 'ok' } }, 'body does not contain "ok" ("out of order")'],
  [{ expect: { status: 503, body: { contains: ['out', 'never'] } } }, 'body does not contain "never"'],
  [{ expect: { status: 503, body: { matches: '(?i)^OUT' } } }, undefined],
  [{ expect: { status: 503, body: { matches: 'x$' } } }, 'body does not match /x$/ ("out of order")'],
  [{ expect: { status: 503, body: { notMatches: 'o[rR]d' } } }, 'body matches /o[rR]d/'],
  [{ expect: { status: 503, headers: { 'X-Mode': 'live' } } }, 'header X-Mode is "sad", expected "live"'],
  [{ expect: { status: 503, headers: { 'x-mode': { matches: '^s' } } } }, undefined],
  [{ expect: { status: 503, headers: { 'x-mode': { matches: '^t' } } } }, 'header x-mode is "sad", which does not match /^t/'],
  [{ expect: { status: 503, headers: { 'x-none': { present: true } } } }, 'header x-none is missing'],
  [{ expect: { status: 503, headers: { 'x-mode': { present: false } } } }, 'header x-mode should not be there ("sad")'],
  [{ expect: { status: 503, certificateDays: 3 } }, 'no certificate: the address is not https'],
  [{ expect: { status: 503, tlsVersion: 'TLSv1.2' } }, 'not encrypted, expected TLSv1.2 or newer'],
])('an answer of 503 "out of order" under %j', async (http, reason) => {
  const port = await serve((_, response) => response.writeHead(503, { 'x-mode': 'sad' }).end('out of order'));
  const result = await probe(`http://127.0.0.1:${port}/`, http);
  expect(result.success).toBe(reason === undefined);
  if (reason === undefined) expect(result.reason).toBeUndefined();
  else expect(result.reason).toContain(reason);
  expect(result.status).toBe(503);
});

test('a pattern that backtracks for years is cut short and named', async () => {
  const port = await serve((_, response) => response.end(`${'a'.repeat(60)}!`));
  const result = await probe(`http://127.0.0.1:${port}/`, { expect: { body: { matches: '^(a+)+\\1b$' } } });
  expect(result).toMatchObject({ success: false, failedByPattern: true });
  expect(result.reason).toBe('body took too long to match against /^(a+)+\\1b$/: simplify the pattern');
});

test('a refused connection names the address', async () => {
  const server = createServer();
  const port = await listen(server);
  server.close();
  const result = await probe(`http://127.0.0.1:${port}/`);
  expect(result.reason).toBe(`connect: connection refused by 127.0.0.1:${port}`);
  expect(result.hops[0]!.phases.connect).toBeGreaterThanOrEqual(0);
});

test('every address of a name is tried, and named when none answers', async () => {
  const port = await serve((_, response) => response.end());
  const both = async () => [{ address: '127.0.0.2', family: 4 as const }, { address: '127.0.0.1', family: 4 as const }]; // prettier-ignore
  expect((await probe(`http://shop.example:${port}/`, {}, { resolver: both })).reason).toBeUndefined();
  const neither = async () => [{ address: '127.0.0.2', family: 4 as const }, { address: '127.0.0.3', family: 4 as const }]; // prettier-ignore
  expect((await probe(`http://shop.example:${port}/`, {}, { resolver: neither })).reason).toBe(
    `connect: connection refused by 127.0.0.2:${port} and 127.0.0.3:${port}`,
  );
});

test.each([
  [
    'a name server that hangs',
    () => new Promise<never>(() => {}),
    /^timeout after 100ms while looking up the name of http:\/\/shop.example/,
  ],
  ['a name that is not there', () => Promise.reject(new Error('no such host: shop.example')), /^resolve: no such host: shop.example$/],
])('%s', async (_, resolver, reason) => {
  const result = await probe('http://shop.example/', {}, { resolver, timeout: '100ms' });
  expect(result.reason).toMatch(reason);
  expect(result.durationMs).toBeLessThan(1_500);
});

test.each<[string, (socket: Socket) => void, RegExp]>([
  ['accepts and says nothing', () => {}, /^timeout after 150ms while waiting for the answer of http/],
  ['trickles headers', (socket) => drip(socket, 'HTTP/1.1 200 OK\r\n', 'X: y\r\n'), /^timeout after 150ms while waiting for the answer/],
  [
    'trickles its body',
    (socket) => drip(socket, 'HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n', '.'),
    /^timeout after 150ms while reading the body of .* \(\d+ bytes received\)$/,
  ],
  ['hangs up', (socket) => void socket.destroy(), /^request: (socket hang up|connection (reset|closed) by 127)/],
  ['speaks another protocol', (socket) => void socket.end('220 mail.example ESMTP\r\n'), /^request: 127.0.0.1:\d+ does not answer in HTTP/],
  [
    'sends endless headers',
    (socket) => void socket.write(`HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(9000)}`),
    /larger than 16 KiB|too many headers/i,
  ],
  [
    'hangs up in the body',
    (socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'),
    /^transfer: the body ended early, after 4 bytes/,
  ],
])('a server that %s', async (_, onConnection, reason) => {
  const port = await tcp((socket) => socket.once('data', () => onConnection(socket)));
  const result = await probe(`http://127.0.0.1:${port}/`, {}, { timeout: '150ms' });
  expect(result.success).toBe(false);
  expect(result.reason).toMatch(reason);
  expect(result.durationMs).toBeLessThan(1_500);
});

function drip(socket: Socket, first: string, rest: string): void {
  socket.write(first);
  const timer = setInterval(() => socket.write(rest), 5);
  socket.on('close', () => clearInterval(timer));
}

test('an endless body is read up to the limit and no further', async () => {
  const port = await serve((_, response) => {
    const more = (): void => void (response.destroyed || (response.write('x'.repeat(65_536)), setImmediate(more)));
    more();
  });
  const result = await probe(`http://127.0.0.1:${port}/`, { bodyLimit: '100KB' });
  expect(result).toMatchObject({ success: true, truncated: true, bodyBytes: 102_400 });
  const missing = await probe(`http://127.0.0.1:${port}/`, { bodyLimit: '100KB', expect: { body: 'end' } });
  expect(missing.reason).toContain('only the first 100KB were read: raise bodyLimit');
});

test('a body that is compressed against our wish is read, a bomb is not', async () => {
  const port = await serve((request, response) => {
    response.setHeader('content-encoding', 'gzip');
    response.end(gzipSync(request.url === '/bomb' ? Buffer.alloc(20_000_000) : 'all is ok'));
  });
  expect((await probe(`http://127.0.0.1:${port}/`, { expect: { body: 'ok' } })).reason).toBeUndefined();
  expect((await probe(`http://127.0.0.1:${port}/bomb`, { expect: { body: 'ok' } })).reason).toContain(
    'larger than bodyLimit when unpacked',
  );
});

test('redirects are followed, each timed, without taking secrets to another origin', async () => {
  const seen: unknown[] = [];
  const other = await serve(
    (request, response) => (seen.push(request.headers['x-key'], request.headers.authorization), response.end('there')),
  );
  const port = await serve((request, response) => {
    if (request.url === '/a') response.writeHead(302, { location: '/b' }).end('body of a redirect');
    else {
      seen.push(request.headers['x-key'], request.headers.authorization, request.method);
      response.writeHead(307, { location: `http://127.0.0.1:${other}/c` }).end();
    }
  });
  const http = { method: 'POST', body: '{}', headers: { 'X-Key': '${KEY}' }, authorization: { bearer: 't' }, expect: { body: 'there' } };
  const result = await probe(`http://127.0.0.1:${port}/a`, http, { environment: { KEY: 'secret' } });
  expect(result.reason).toBeUndefined();
  expect(result.hops.map(({ status, method }) => [status, method])).toEqual([[302, 'POST'], [307, 'GET'], [200, 'GET']]); // prettier-ignore
  expect(seen).toEqual(['secret', 'Bearer t', 'GET', undefined, undefined]);
});

test.each([
  [{ redirects: 0 }, /^status 302, expected 2xx \(it redirects to http:\/\/127.0.0.1:\d+\/again\)$/],
  [{ redirects: 3 }, /^redirect: more than 3 redirects, the last to http:\/\/127.0.0.1:\d+\/again$/],
])('a redirect loop with %j', async (http, reason) => {
  const port = await serve((_, response) => response.writeHead(302, { location: '/again' }).end());
  expect((await probe(`http://127.0.0.1:${port}/`, http)).reason).toMatch(reason);
});

test.each([
  ['ftp://files.example/', /which is not http$/],
  ['http://[bad', /which is no address$/],
])('a redirect to %s is not followed', async (location, reason) => {
  const port = await serve((_, response) => response.writeHead(302, { location }).end());
  expect((await probe(`http://127.0.0.1:${port}/`)).reason).toMatch(reason);
});

test('credentials come from the environment, and a missing one is named', async () => {
  let seen: string | undefined;
  const port = await serve((request, response) => ((seen = request.headers.authorization), response.end()));
  const authorization = { basic: { username: 'ana', password: '${PASSWORD}' } };
  await probe(`http://127.0.0.1:${port}/`, { authorization }, { environment: { PASSWORD: 'süß' } });
  expect(Buffer.from(seen!.slice(6), 'base64').toString()).toBe('ana:süß');
  const missing = await probe(`http://127.0.0.1:${port}/`, { authorization });
  expect(missing.reason).toBe('the environment variable PASSWORD is not set');
});

test('a caller can stop it', async () => {
  const port = await tcp(() => {});
  const controller = new AbortController();
  const running = probe(`http://127.0.0.1:${port}/`, {}, { signal: controller.signal });
  controller.abort();
  expect((await running).reason).toBe('stopped');
});
