import { randomBytes } from 'node:crypto';
import { createRegistry } from '../../src/platform/metrics.ts';
import { NO_FAULTS, parseFaults, type Faults } from './faults.ts';
import { serve, type Answer, type Request, type Service } from './http.ts';
import { createVisitQueue } from './visit-queue.ts';

export interface ShortenerOptions {
  readonly port: number;
  /** Where the link store and the visit log are: `http://127.0.0.1:9921`. */
  readonly store: string;
  readonly visits: string;
  readonly version: string;
  readonly allowFaults: boolean;
  /** What is wrong with it from the start. */
  readonly faults?: Faults;
}

const PAGE = `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Shortener</title>
<style>body{font:16px system-ui;max-width:30rem;margin:4rem auto;padding:0 1rem}input{width:100%;font:inherit;padding:.5rem}</style>
<h1>Shortener</h1><form method="post" action="/links"><input name="url" type="url" required placeholder="https://…" aria-label="Address"><p><button>Shorten</button></form>`;

/** One instance: `POST /links` (JSON `{url}` or a form) makes a short link, `GET /:code` goes where it leads. */
export async function startShortener(options: ShortenerOptions): Promise<Service> {
  const metrics = createRegistry();
  metrics.gauge({ name: 'shortener_build_info', help: 'The version that runs.', labels: ['version'] }).set(1, { version: options.version });
  const store = metrics.histogram({ name: 'shortener_store_duration_seconds', help: 'Time the link store takes.', labels: ['outcome'] });
  const visits = createVisitQueue(options.visits, metrics);
  let faults = options.faults ?? NO_FAULTS;

  const askStore = async (code: string, init?: RequestInit): Promise<Response> => {
    const began = performance.now();
    let outcome = 'failed';
    try {
      const answer = await fetch(`${options.store}/links/${code}`, { ...init, signal: AbortSignal.timeout(2_000) });
      outcome = answer.status < 500 ? 'answered' : 'failed';
      return answer;
    } finally {
      store.observe((performance.now() - began) / 1000, { outcome });
    }
  };

  const shorten = async ({ headers, body }: Request): Promise<Answer> => {
    const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
    const url = isForm ? new URLSearchParams(body).get('url') : urlIn(body);
    if (url === null || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      return { status: 400, json: { error: 'Send {"url": "https://…"}: a full http or https address.' } };
    }
    const code = randomBytes(5).toString('base64url');
    const answer = await askStore(code, { method: 'PUT', body: new URL(url).href });
    if (!answer.ok) return { status: 502, json: { error: `The link store answered ${answer.status}.` } };
    return { status: 201, json: { code, url }, headers: { location: `/${code}` } };
  };

  const redirect = async (code: string): Promise<Answer> => {
    if (Math.random() < faults.errors) return { status: 500, json: { error: 'This redirect failed: a fault was asked for.' } };
    const answer = await askStore(code);
    if (answer.status === 404) return { status: 404, json: { error: `There is no ${code}.` } };
    if (!answer.ok) return { status: 502, json: { error: `The link store answered ${answer.status}.` } };
    visits.add(code);
    return { status: 302, headers: { location: await answer.text() } };
  };

  const answerTo = async (request: Request): Promise<{ route: string; answer: Answer }> => {
    const { method, path } = request;
    if (path === '/healthz') return { route: path, answer: { status: 200, json: { ok: true, version: options.version } } };
    if (path === '/-/faults' && options.allowFaults && method === 'POST') {
      const asked = parseFaults(request.body);
      if (asked) faults = asked;
      return {
        route: path,
        answer: asked ? { status: 200, json: faults } : { status: 400, json: { error: 'Send {"errors": 0..1, "latencyMs": 0..30000}.' } },
      };
    }
    if (faults.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, faults.latencyMs));
    if (path === '/' && method === 'GET')
      return { route: '/', answer: { status: 200, text: PAGE, headers: { 'content-type': 'text/html; charset=utf-8' } } };
    const reach = (error: unknown): Answer => ({
      status: 502,
      json: { error: `The link store can't be reached: ${(error as Error).message}` },
    });
    if (path === '/links' && method === 'POST') return { route: '/links', answer: await shorten(request).catch(reach) };
    const code = /^\/([A-Za-z0-9_-]{1,32})$/.exec(path)?.[1];
    if (code !== undefined && method === 'GET') return { route: '/:code', answer: await redirect(code).catch(reach) };
    return { route: 'unknown', answer: { status: 404, json: { error: `There is nothing at ${method} ${path}.` } } };
  };

  const service = await serve('shortener', options.port, answerTo, metrics);
  return { ...service, close: () => service.close().then(() => visits.close()) };
}

function urlIn(body: string): string | null {
  try {
    const { url } = JSON.parse(body) as { url?: unknown };
    return typeof url === 'string' ? url : null;
  } catch {
    return null;
  }
}
