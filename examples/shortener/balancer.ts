import http from 'node:http';
import { createRegistry } from '../../src/platform/metrics.ts';
import { serve, type Answer, type Request, type Service } from './http.ts';

interface Backend {
  readonly url: URL;
  up: boolean;
}

/** How long an instance may take before another is tried or the user is told. */
const PATIENCE_MS = 5_000;

/**
 * A small load balancer: round robin over the instances that answer their health check, one more try elsewhere for what
 * is safe to repeat. Health is asked every second; an instance that refuses a request is taken out at once.
 */
export async function startBalancer({ port, backends }: { port: number; backends: readonly string[] }): Promise<Service> {
  const metrics = createRegistry();
  const pool: Backend[] = backends.map((url) => ({ url: new URL(url), up: true }));
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  const up = metrics.gauge({ name: 'balancer_backend_up', help: '1 while the instance answers its health check.', labels: ['backend'] });
  const retries = metrics.counter({ name: 'balancer_retries_total', help: 'Requests tried at a second instance.' });
  let turn = 0;

  const mark = (backend: Backend, isUp: boolean): void => {
    backend.up = isUp;
    up.set(isUp ? 1 : 0, { backend: backend.url.host });
  };
  const checkHealth = async (): Promise<void> => {
    const ask = (backend: Backend): Promise<void> =>
      fetch(new URL('/healthz', backend.url), { signal: AbortSignal.timeout(900) }).then(
        (answer) => mark(backend, answer.ok),
        () => mark(backend, false),
      );
    await Promise.all(pool.map(ask));
  };

  const forward = (backend: Backend, { method, path, headers, body }: Request): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const request = http.request(
        new URL(path, backend.url),
        { method, agent, timeout: PATIENCE_MS, headers: { 'content-type': headers['content-type'] ?? 'text/plain' } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const { location, 'content-type': type = 'application/json' } = response.headers;
            resolve({
              status: response.statusCode ?? 502,
              text: Buffer.concat(chunks).toString('utf8'),
              headers: { 'content-type': type, 'x-backend': backend.url.host, ...(location !== undefined && { location }) },
            });
          });
          response.on('error', reject);
        },
      );
      request.on('timeout', () => request.destroy(new Error(`no answer from ${backend.url.host} in ${PATIENCE_MS / 1000} s`)));
      request.on('error', reject);
      request.end(body);
    });

  const answerTo = async (request: Request): Promise<Answer> => {
    const candidates = pool.filter((backend) => backend.up);
    const tries = request.method === 'GET' ? 2 : 1;
    let problem = 'no instance is up';
    for (let i = 0; i < Math.min(tries, candidates.length); i++) {
      const backend = candidates[turn++ % candidates.length];
      if (!backend) break;
      if (i > 0) retries.inc();
      try {
        return await forward(backend, request);
      } catch (error) {
        mark(backend, false);
        problem = (error as Error).message;
      }
    }
    return { status: 503, json: { error: `Try again soon: ${problem}.` } };
  };

  const routeOf = (path: string): string => (path === '/' || path === '/links' ? path : '/:code');
  await checkHealth();
  const timer = setInterval(() => void checkHealth(), 1_000);
  const service = await serve(
    'balancer',
    port,
    async (request) => {
      if (request.path === '/healthz')
        return {
          route: '/healthz',
          answer: { status: pool.some((backend) => backend.up) ? 200 : 503, json: { up: pool.filter((backend) => backend.up).length } },
        };
      return { route: routeOf(request.path), answer: await answerTo(request) };
    },
    metrics,
  );
  return {
    ...service,
    async close() {
      clearInterval(timer);
      agent.destroy();
      await service.close();
    },
  };
}
