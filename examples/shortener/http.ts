import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRegistry, type Registry } from '../../src/platform/metrics.ts';

/** What a handler answers: a JSON body, or text with its own content type. */
export interface Answer {
  readonly status: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: Record<string, string>;
}

export interface Request {
  readonly method: string;
  /** Without the query string. */
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface Answered {
  /** What the metrics show: '/:code', never the path itself. */
  readonly route: string;
  readonly answer: Answer;
}

export type Handler = (request: Request) => Promise<Answered>;

export interface Service {
  readonly port: number;
  readonly metrics: Registry;
  close(): Promise<void>;
}

const MOST_BODY = 64 * 1024;
const LONGEST_GOODBYE_MS = 2_000;

async function readBody(request: http.IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BODY) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A small instrumented HTTP server: golden signals at /metrics, life at /healthz, everything else is the handler's. */
export async function serve(name: string, port: number, handler: Handler, metrics: Registry = createRegistry()): Promise<Service> {
  const requests = metrics.counter({ name: 'http_requests_total', help: 'Requests answered.', labels: ['route', 'method', 'code'] });
  const duration = metrics.histogram({ name: 'http_request_duration_seconds', help: 'Time to answer.', labels: ['route'] });
  const inFlight = metrics.gauge({ name: 'http_requests_in_flight', help: 'Requests being answered.' });

  const respond = async (incoming: http.IncomingMessage): Promise<Answered> => {
    const path = (incoming.url ?? '/').split('?')[0] ?? '/';
    if (path === '/metrics')
      return {
        route: '/metrics',
        answer: { status: 200, text: metrics.render(), headers: { 'content-type': 'text/plain; version=0.0.4' } },
      };
    const body = await readBody(incoming);
    if (body === undefined) return { route: 'too-large', answer: { status: 413, json: { error: `A body may have ${MOST_BODY} bytes.` } } };
    return handler({ method: incoming.method ?? 'GET', path, headers: incoming.headers, body });
  };

  const server = http.createServer((incoming, outgoing) => {
    const began = performance.now();
    inFlight.add(1);
    const failed = (error: unknown): Answered => ({ route: 'failed', answer: { status: 500, json: { error: String(error) } } });
    const finish = ({ route, answer }: Answered): void => {
      const text = answer.text ?? (answer.json === undefined ? '' : JSON.stringify(answer.json));
      outgoing.writeHead(answer.status, { 'content-type': 'application/json', 'x-service': name, ...answer.headers });
      outgoing.end(text);
      inFlight.add(-1);
      if (route === '/metrics') return;
      requests.inc({ route, method: incoming.method ?? 'GET', code: String(answer.status) });
      duration.observe((performance.now() - began) / 1000, { route });
    };
    void respond(incoming).catch(failed).then(finish);
  });
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    metrics,
    /** What is being answered is answered, two seconds at most. May be called twice. */
    close: () =>
      new Promise((resolve) => {
        const idle = setInterval(() => server.closeIdleConnections(), 20);
        const late = setTimeout(() => server.closeAllConnections(), LONGEST_GOODBYE_MS);
        server.close(() => {
          clearInterval(idle);
          clearTimeout(late);
          resolve();
        });
      }),
  };
}
