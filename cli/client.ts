import { CliError } from './cli-error.ts';
import { clean } from './style.ts';
import type { Terminal } from './terminal.ts';

export interface ClientOptions {
  /** Without a slash at its end. */
  readonly url: string;
  readonly token: string | undefined;
  readonly timeoutMs: number;
}

/** What the query string takes; what is undefined is left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

interface Call {
  readonly method: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Talks to a nines server. Every failure is a CliError that says what to do. */
export interface Client {
  readonly url: string;
  get<T>(path: string, query?: Query): Promise<T>;
  /** The items of a list's answer. */
  list<T>(path: string, query?: Query): Promise<T[]>;
  send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, accept?: readonly number[]): Promise<T>;
  /** Sends text as it is. */
  sendText(method: 'POST', path: string, text: string): Promise<void>;
  /** An answer that goes on: the caller reads it, and ends it by the signal. With a body it is a POST. */
  stream(path: string, query: Query, headers: Record<string, string>, signal: AbortSignal, body?: unknown): Promise<Response>;
}

export function createClient(terminal: Terminal, options: ClientOptions): Client {
  const { url, token, timeoutMs } = options;
  const headers = { accept: 'application/json', 'user-agent': 'nines', ...(token !== undefined && { authorization: `Bearer ${token}` }) };

  async function call<T>(path: string, init: Call, accept: readonly number[] = []): Promise<T> {
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await terminal.fetch(`${url}${path}`, { ...init, headers: { ...headers, ...init.headers }, signal: timeout, redirect: 'error' }); // prettier-ignore
      const text = await response.text();
      if (!response.ok && !accept.includes(response.status)) throw refusal(response, text, url, token);
      return parseAnswer(text, url) as T;
    } catch (error) {
      if (error instanceof CliError) throw error;
      if (timeout.aborted)
        throw new CliError(`${url} did not answer within ${timeoutMs / 1000} s.`, { hint: 'give it longer with --timeout' });
      throw unreachable(error, url);
    }
  }

  const client: Client = {
    url,
    get: (path, query = {}) => call(path + queryString(query), { method: 'GET' }),
    async list<T>(path: string, query: Query = {}) {
      return itemsOf<T>(await client.get<unknown>(path, query));
    },
    send: (method, path, body, accept) =>
      call(path, { method, ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }) }, accept), // prettier-ignore
    sendText: (method, path, text) => call(path, { method, body: text, headers: { 'content-type': 'text/plain; charset=utf-8' } }),
    async stream(path, query, more, signal, body) {
      try {
        const response = await terminal.fetch(`${url}${path}${queryString(query)}`, { ...posted(body), headers: { ...headers, ...more, ...(body !== undefined && { 'content-type': 'application/json' }) }, signal }); // prettier-ignore
        if (!response.ok) throw refusal(response, await response.text(), url, token);
        return response;
      } catch (error) {
        if (error instanceof CliError || signal.aborted) throw error;
        throw unreachable(error, url);
      }
    },
  };
  return client;
}

const posted = (body: unknown): { method?: string; body?: string } =>
  body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };

function queryString(query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size === 0 ? '' : `?${search.toString()}`;
}

/** A list is answered as it is or as the one list in an object: `{ "incidents": […], "marker": 3 }`. */
function itemsOf<T>(answer: unknown): T[] {
  if (Array.isArray(answer)) return answer as T[];
  const list = typeof answer === 'object' && answer !== null ? Object.values(answer).find(Array.isArray) : undefined;
  if (list === undefined) throw new CliError('The server answered something else than a list.', { hint: 'are command and server of the same version?' });
  return list as T[];
} // prettier-ignore

function parseAnswer(text: string, url: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new CliError(`${url} answered something that is not JSON.`, { hint: 'is this the address of a nines server?' });
  }
}

function refusal(response: Response, text: string, url: string, token: string | undefined): CliError {
  const { status } = response;
  let problem: Record<string, unknown> = {};
  try {
    problem = (JSON.parse(text) as Record<string, unknown> | null) ?? {};
  } catch {
    // Not from nines: a proxy, perhaps. The status has to do.
  }
  const said = [problem['detail'], problem['error'], problem['title']].find((one) => typeof one === 'string');
  return new CliError(said === undefined ? `${url} answered ${status} ${response.statusText}.` : clean(said).slice(0, 2_000), {
    status,
    hint: hintFor(status, token, response.headers.get('retry-after')),
  });
}

function hintFor(status: number, token: string | undefined, retryAfter: string | null): string | undefined {
  if (status === 401 && token === undefined) return "say who you are: 'nines login', or --token, or NINES_TOKEN";
  if (status === 401) return "the token is not known or has expired: make one with 'nines token create', then 'nines login'";
  if (status === 403) return 'this takes a token or an account with more rights; an admin can give one';
  if ((status === 429 || status === 503) && retryAfter !== null) return `try again in ${retryAfter} s`;
  return undefined;
}

function unreachable(error: unknown, url: string): CliError {
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  const code = cause?.code ?? '';
  if (code === 'ECONNREFUSED')
    return new CliError(`Nothing answers at ${url}.`, { hint: "start nines with 'nines up', or name another server with --url or NINES_URL" });
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return new CliError(`The host of ${url} is not known.`, { hint: 'is --url or NINES_URL right?' });
  return new CliError(`${url} can't be reached: ${cause?.message ?? (error as Error).message}.`, { hint: 'is --url or NINES_URL right?' });
} // prettier-ignore
