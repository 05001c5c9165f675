/** For tests: what the strict doubles of hosted providers have in common. Each is written from its provider's documented API. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface DoubleRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  /** The same as it came. */
  readonly raw: Buffer;
}

export interface DoubleReply {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: string | Record<string, unknown>;
}

/** What a reader of the provider's app would see. */
export interface Shown {
  readonly to: string;
  readonly text: string;
  readonly links: readonly string[];
  /** What pressing its buttons sends back. */
  readonly answers?: readonly string[];
  /** What makes a second copy known as one, where the provider has such a thing. */
  readonly key?: string;
}

export interface ProviderDouble extends AsyncDisposable {
  readonly url: string;
  /** An address that it knows, and one that it doesn't. */
  readonly address: string;
  readonly stranger: string;
  readonly shown: Shown[];
  /** Why it refused what it was sent. */
  readonly refused: string[];
  /** Answers the next requests so, in the provider's own form: too many, or a defect of its own. */
  next: 'well' | 'too many' | 'broken';
}

export async function startDouble(
  names: (url: string) => { address: string; stranger: string },
  answer: (request: DoubleRequest, double: ProviderDouble) => DoubleReply,
): Promise<ProviderDouble> {
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://double');
      const raw = Buffer.concat(chunks);
      const asked = {
        method: request.method ?? '',
        path: pathname,
        query: searchParams,
        headers: request.headers,
        body: raw.toString('utf8'),
        raw,
      };
      const reply = answer(asked, double);
      if (reply.status >= 400) double.refused.push(JSON.stringify(reply.body));
      const isText = typeof reply.body === 'string';
      response.writeHead(reply.status, { 'content-type': isText ? 'text/plain' : 'application/json', ...reply.headers });
      response.end(isText ? reply.body : JSON.stringify(reply.body));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const double: ProviderDouble = {
    url,
    ...names(url),
    shown: [],
    refused: [],
    next: 'well',
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return double;
}

/** The body as JSON; undefined where it is none, or isn't said to be. */
export function jsonIn({ headers, body }: DoubleRequest): unknown {
  if (!/^application\/json(; ?charset=utf-8)?$/i.test(headers['content-type'] ?? '')) return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

/** Markdown as it is read: links by their label, escapes gone. Throws where something unescaped would be taken for markup. */
export function readMarkdown(markdown: string): { text: string; links: string[] } {
  const links: string[] = [];
  const unlinked = markdown.replaceAll(/(?<!\\)\[((?:\\.|[^\\\]])*)\]\(<?([^()<>\s]+)>?\)/g, (_, label: string, url: string) => {
    links.push(url);
    return label;
  });
  const bare = unlinked.replaceAll(/^#### /gm, '').replaceAll(/^\*\*(.*)\*\*$/gm, '$1');
  const loose = /(?<!\\)(?:\\\\)*[*_`~[\]<|]/.exec(bare.replaceAll(/https?:\/\/\S+/g, ''));
  if (loose) throw new Error(`taken for markup: ${JSON.stringify(bare.slice(Math.max(0, loose.index - 20), loose.index + 20))}`);
  return { text: bare.replaceAll(/\\([\\`*_{}[\]()#+\-.!|~<>&])/g, '$1'), links };
}
