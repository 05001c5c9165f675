/**
 * A stand-in for nines, for developing the UI and for its browser tests: serves the built UI and a made-up world over the
 * native API's addresses and shapes. Actions change the world and are told on the stream, as the real ones are.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { answerApi } from './fixture-api.ts';
import { problem, type FixtureServer } from './fixture-port.ts';
import type { World } from './world.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The same as the real server's, so that what it forbids is found here. */
const HEADERS = {
  'content-security-policy': "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
};

export async function startFixtureServer({ root, world, port = 0 }: { root: string; world: World; port?: number }): Promise<FixtureServer> {
  const streams = new Set<ServerResponse>();
  const failing = new Map<string, number>();
  let cut = false;
  let marker = Math.max(200, ...world.events.map((event) => event.marker));

  const tell: FixtureServer['tell'] = (given) => {
    marker += 1;
    const event = { marker, time: new Date().toISOString(), service: null, actor: 'nines', subject: null, data: {}, ...given };
    world.events.push(event);
    for (const stream of streams) stream.write(`id: ${marker}\ndata: ${JSON.stringify(event)}\n\n`);
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://fixture');
    if (url.pathname === '/nines/v1/events/stream') {
      if (cut || !world.signedIn) return send(response, cut ? 503 : 401, problem(cut ? 503 : 401, 'no stream'));
      response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
      response.write('retry: 500\n\n');
      streams.add(response);
      response.on('close', () => streams.delete(response));
      return;
    }
    if (/^\/(nines|api|a)\//.test(url.pathname)) {
      const fail = [...failing].find(([prefix]) => url.pathname.startsWith(prefix));
      if (fail) return send(response, fail[1], problem(fail[1], 'The store of this is away; it is tried again every second.'));
      const [status, body] = answerApi({ world, tell }, request.method ?? 'GET', url, await readBody(request));
      return send(response, status, body);
    }
    await sendFile(root, url.pathname, response);
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => send(response, 500, problem(500, String(error))));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    world,
    tell,
    failing,
    cutStreams(now) {
      cut = now;
      if (cut) for (const stream of streams) stream.destroy();
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent) return;
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  response.writeHead(status, { ...HEADERS, 'content-type': type });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const isJson = request.headers['content-type']?.startsWith('application/json') ?? false;
  return text === '' || !isJson ? undefined : (JSON.parse(text) as unknown);
}

async function sendFile(root: string, path: string, response: ServerResponse): Promise<void> {
  const inside = normalize(path).replace(/^(\.\.[/\\])+/, '');
  const file = extname(inside) === '' ? '/index.html' : inside;
  try {
    const content = await readFile(join(root, file));
    response.writeHead(200, { ...HEADERS, 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    response.end(content);
  } catch {
    send(response, 404, problem(404, `no file ${path}`));
  }
}
