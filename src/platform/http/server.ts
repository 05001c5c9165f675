import fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import fastifyStatic from '@fastify/static';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Clock } from '../clock.ts';
import { newId } from '../id.ts';
import type { Log } from '../log.ts';
import type { Registry } from '../metrics.ts';
import { Problem } from '../problem.ts';
import { parseInput, refusal } from './parse-input.ts';
import type { Access, Principal, Reply, Route, RouteRequest } from './route.ts';
import { sendProblem } from './send-problem.ts';

/** Who is asking and whether they may: implemented by access/, asked here and nowhere else. */
export interface Gate {
  /** Throws a Problem 401 for a credential that is wrong; answers the anonymous principal where there is none. */
  identify(request: {
    headers: FastifyRequest['headers'];
    method: string;
    ip: string;
    /** Of the route that is asked for. */
    access: Access;
    search: URLSearchParams;
  }): Promise<Principal>;
  permits(principal: Principal, access: Access): boolean;
}

export interface HttpServerOptions {
  readonly routes: readonly Route[];
  readonly gate: Gate;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Registry;
  /** The built web UI, served at `/`; left out where it was not built. */
  readonly webDirectory?: string;
}

const DEFAULT_BODY_LIMIT = 1024 * 1024;

const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
};

/** Puts the modules' routes on fastify: identity, right, bounds, schemas, answers and errors are the same for all of them. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const { clock, log, metrics } = options;
  const app = Fastify({
    logger: false,
    bodyLimit: DEFAULT_BODY_LIMIT,
    // A sender that trickles its request is cut; answers may take as long as a stream does.
    requestTimeout: 60_000,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    genReqId: (request) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given) ? given : newId(clock.now());
    },
    routerOptions: {
      querystringParser: (text) => Object.fromEntries(new URLSearchParams(text)),
      ignoreTrailingSlash: true,
      maxParamLength: 500,
    },
    forceCloseConnections: true,
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  const duration = metrics.histogram({
    name: 'nines_http_request_duration_seconds',
    help: 'Time to answer a request.',
    labels: ['method', 'route', 'code'],
  });
  app.addHook('onRequest', async (request, answer) => {
    answer.header('x-request-id', request.id);
    answer.headers(PAGE_HEADERS);
  });
  app.addHook('onResponse', async (request, answer) => {
    const route = request.routeOptions.url ?? 'none';
    duration.observe(answer.elapsedTime / 1000, { method: request.method, route, code: String(answer.statusCode) });
    if (answer.statusCode >= 500)
      log.error({ requestId: request.id, method: request.method, route, status: answer.statusCode }, 'request failed');
  });
  app.setErrorHandler((error, request, answer) => sendProblem(error, request, answer, log));

  for (const route of options.routes) mount(app, route, options.gate);
  await serveWeb(app, options.webDirectory);
  return app;
}

function mount(app: FastifyInstance, route: Route, gate: Gate): void {
  app.route({
    method: route.method,
    url: route.path,
    // HEAD runs the handler: for nothing mostly, and on a one-tap link a scanner's HEAD must do nothing at all.
    exposeHeadRoute: route.head ?? false,
    bodyLimit: route.bodyLimit ?? DEFAULT_BODY_LIMIT,
    // Before the body is read: who may not come in does not get to send one.
    onRequest: async (request) => {
      const { headers, method, ip } = request;
      const principal = await gate.identify({ headers, method, ip, access: route.access, search: searchOf(request) });
      if (!gate.permits(principal, route.access)) throw refusal(principal, route.access);
      principals.set(request, principal);
    },
    handler: async (request, answer) => {
      const principal = principals.get(request);
      if (!principal) throw new Error('a route without a principal');
      const abort = new AbortController();
      answer.raw.on('close', () => {
        if (!answer.raw.writableFinished) abort.abort(new Error('the client went away'));
      });
      const input: RouteRequest<unknown, unknown> = {
        params: parseInput(route.params, request.params, 'path'),
        query: parseInput(route.query, request.query, 'query'),
        search: searchOf(request),
        body: readBody(route, request),
        headers: request.headers,
        principal,
        requestId: request.id,
        ip: request.ip,
        signal: abort.signal,
      };
      return send(answer, await route.handler(input as RouteRequest<never, never, never>));
    },
  });
}

const searchOf = (request: FastifyRequest): URLSearchParams => new URLSearchParams(request.raw.url?.split('?', 2)[1] ?? '');

const principals = new WeakMap<FastifyRequest, Principal>();

function readBody(route: Route, request: FastifyRequest): unknown {
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  switch (route.bodyAs ?? 'json') {
    case 'raw':
      return bytes;
    case 'form':
      if (bytes.length > 0 && type !== 'application/x-www-form-urlencoded') throw wrongType('application/x-www-form-urlencoded', type);
      return new URLSearchParams(bytes.toString('utf8'));
    default: {
      if (!route.body) return undefined;
      if (bytes.length > 0 && type !== 'application/json') throw wrongType('application/json', type);
      return parseInput(route.body, bytes.length === 0 ? {} : parseJson(bytes), 'body');
    }
  }
}

const wrongType = (wanted: string, got: string): Problem =>
  new Problem(415, 'wrong-type', `The body must be ${wanted}; its content-type is '${got.slice(0, 100)}'.`);

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch (error) {
    throw new Problem(400, 'bad-json', `The body is not JSON: ${(error as Error).message.slice(0, 200)}.`);
  }
}

async function send(answer: FastifyReply, value: unknown): Promise<FastifyReply> {
  const isReply = typeof value === 'object' && value !== null && (value as Partial<Reply>).reply === true;
  const { status, headers = {}, body } = isReply ? (value as Reply) : { status: value === undefined ? 204 : 200, body: value };
  answer.code(status).headers(headers);
  if (body === undefined) return answer.send();
  if (body instanceof Readable || Buffer.isBuffer(body)) return answer.send(body);
  if (typeof body === 'string' && headers['content-type'] !== undefined) return answer.send(body);
  if (headers['content-type'] === undefined) answer.header('content-type', 'application/json; charset=utf-8');
  answer.header('cache-control', headers['cache-control'] ?? 'no-store');
  return answer.send(JSON.stringify(body));
}

/** The UI: files with a hash in their name for ever, everything else revalidated; unknown pages are the app's to show. */
async function serveWeb(app: FastifyInstance, directory: string | undefined): Promise<void> {
  const index = directory === undefined ? undefined : path.join(directory, 'index.html');
  if (directory !== undefined && fs.existsSync(directory)) {
    await app.register(fastifyStatic, {
      root: directory,
      // A route for each file that is there: everything else is for the handler below.
      wildcard: false,
      index: false,
      cacheControl: false,
      // The build leaves a .br and a .gz beside each file that is worth it.
      preCompressed: true,
      setHeaders: (response, file) =>
        void response.setHeader(
          'cache-control',
          /[.-][\w-]{8,}\.\w+(\.br|\.gz)?$/.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache',
        ),
    });
  }
  app.setNotFoundHandler(async (request, answer) => {
    const pathOnly = request.url.split('?')[0] ?? '';
    const wantsPage =
      request.method === 'GET' && (request.headers.accept ?? '').includes('text/html') && !/^\/(nines|api|-|assets)\//.test(pathOnly);
    if (wantsPage && index !== undefined && fs.existsSync(index)) {
      return answer
        .code(200)
        .header('content-type', 'text/html; charset=utf-8')
        .header('cache-control', 'no-cache')
        .send(fs.readFileSync(index));
    }
    throw new Problem(404, 'not-found', `There is nothing at ${request.method} ${pathOnly.slice(0, 200)}.`);
  });
}
