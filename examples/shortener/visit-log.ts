import fs from 'node:fs';
import path from 'node:path';
import { serve, type Service } from './http.ts';

/** The visit log: takes batches of visits (`POST /visits`, a code a line), appends them to a file, counts by code. */
export async function startVisitLog({ port, directory }: { port: number; directory: string }): Promise<Service> {
  fs.mkdirSync(directory, { recursive: true });
  const output = fs.openSync(path.join(directory, 'visits.log'), 'a');
  const counts = new Map<string, number>();
  const service = await serve('visit-log', port, async ({ method, path: address, body }) => {
    if (address === '/healthz') return { route: '/healthz', answer: { status: 200, json: { ok: true } } };
    if (method === 'POST' && address === '/visits') {
      const codes = body.split('\n').filter((code) => /^[A-Za-z0-9_-]{1,32}$/.test(code));
      const now = new Date().toISOString();
      fs.writeSync(output, codes.map((code) => `${now} ${code}\n`).join(''));
      for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
      return { route: '/visits', answer: { status: 202, json: { taken: codes.length } } };
    }
    const code = /^\/visits\/([A-Za-z0-9_-]{1,32})$/.exec(address)?.[1];
    if (code === undefined) return { route: 'unknown', answer: { status: 404, json: { error: 'There is only /visits.' } } };
    return { route: '/visits/:code', answer: { status: 200, json: { code, visits: counts.get(code) ?? 0 } } };
  });
  let open = true;
  const closeFile = (): void => {
    if (open) fs.closeSync(output);
    open = false;
  };
  return { ...service, close: () => service.close().then(closeFile) };
}
