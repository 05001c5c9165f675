import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { run } from '../../cli/program.ts';
import type { Terminal } from '../../cli/terminal.ts';

export interface Seen {
  readonly method: string;
  /** Path and query string. */
  readonly url: string;
  readonly body: unknown;
  readonly authorization: string | undefined;
}

/** A server that answers what it is told to, by `METHOD /path`: a value is 200 with JSON, a function answers by itself. */
export class FakeServer implements AsyncDisposable {
  readonly seen: Seen[] = [];
  readonly answers: Record<string, unknown>;
  #server: http.Server;

  static async start(answers: Record<string, unknown>): Promise<FakeServer> {
    const fake = new FakeServer(answers);
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  private constructor(answers: Record<string, unknown>) {
    this.answers = answers;
    this.#server = http.createServer((request, response) => void this.#answer(request, response));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const { method = '', url = '', headers } = request;
    this.seen.push({ method, url, body: text === '' ? undefined : JSON.parse(text), authorization: headers.authorization });
    const key = `${method} ${url.split('?')[0]}`;
    const answer = this.answers[key];
    if (typeof answer === 'function') {
      (answer as http.RequestListener)(request, response);
      return;
    }
    const status = key in this.answers ? (answer === undefined ? 204 : 200) : 404;
    const body = status === 404 ? { type: 'about:blank', title: 'Not found', status, detail: `There is no ${key}.` } : answer;
    response.writeHead(status, { 'content-type': 'application/json' }).end(body === undefined ? '' : JSON.stringify(body));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export const problemAnswer =
  (status: number, detail: string) =>
  (_: http.IncomingMessage, response: http.ServerResponse): void => {
    response
      .writeHead(status, { 'content-type': 'application/problem+json' })
      .end(JSON.stringify({ type: 'x', title: 't', status, detail }));
  };

export interface CliRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export const CLI_NOW = Date.parse('2026-03-01T12:00:00Z');

/** Runs the command as a shell would, at a fixed time, with nothing of this machine's environment. */
export async function runCli(argv: readonly string[], given: Partial<Terminal> & { secret?: string } = {}): Promise<CliRun> {
  let [out, err] = ['', ''];
  const { secret = '', ...rest } = given;
  const terminal: Terminal = {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    env: {},
    interactive: false,
    columns: Number.POSITIVE_INFINITY,
    home: '/nonexistent',
    timeZone: 'UTC',
    fetch: (url, init) => fetch(url, init),
    now: () => CLI_NOW,
    readSecret: () => Promise.resolve(secret),
    signal: new AbortController().signal,
    ...rest,
  };
  const code = await run(argv, terminal);
  return { code, out, err };
}
