import fs from 'node:fs';
import path from 'node:path';
import { serve, type Service } from './http.ts';

/** The store of links: an append-only file of `code<TAB>url` lines, all of it in memory. `PUT` and `GET /links/:code`. */
export async function startLinkStore({ port, directory }: { port: number; directory: string }): Promise<Service> {
  fs.mkdirSync(directory, { recursive: true });
  const file = path.join(directory, 'links.tsv');
  const links = new Map<string, string>();
  const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
  for (const line of text.split('\n')) {
    const [code, url] = line.split('\t');
    // A line cut short by a crash was never acknowledged.
    if (code !== undefined && url !== undefined) links.set(code, url);
  }
  const output = fs.openSync(file, 'a');
  if (text !== '' && !text.endsWith('\n')) fs.writeSync(output, '\n');

  const service = await serve('link-store', port, async ({ method, path: address, body }) => {
    if (address === '/healthz') return { route: '/healthz', answer: { status: 200, json: { ok: true } } };
    const code = /^\/links\/([A-Za-z0-9_-]{1,32})$/.exec(address)?.[1];
    const route = '/links/:code';
    if (code === undefined) return { route: 'unknown', answer: { status: 404, json: { error: 'There is only /links/:code.' } } };
    if (method === 'PUT') {
      if (links.has(code)) return { route, answer: { status: 409, json: { error: `${code} is taken.` } } };
      if (/[\t\n]/.test(body) || body.length > 2048)
        return { route, answer: { status: 400, json: { error: 'A link is one line of at most 2,048 characters.' } } };
      fs.writeSync(output, `${code}\t${body}\n`);
      links.set(code, body);
      return { route, answer: { status: 201 } };
    }
    const url = links.get(code);
    return {
      route,
      answer:
        url === undefined
          ? { status: 404, json: { error: `There is no ${code}.` } }
          : { status: 200, text: url, headers: { 'content-type': 'text/plain' } },
    };
  });
  service.metrics.gauge({ name: 'links', help: 'Links kept.', collect: () => links.size });
  let open = true;
  const closeFile = (): void => {
    if (open) fs.closeSync(output);
    open = false;
  };
  return { ...service, close: () => service.close().then(closeFile) };
}
