import { notFound, Problem } from '../problem.ts';
import type { Gate } from './server.ts';
import { parseInput, refusal } from './parse-input.ts';
import type { Principal, Reply, Route } from './route.ts';

export interface RouteCall {
  readonly method: Route['method'];
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** As it would be sent as JSON. */
  readonly body?: unknown;
  readonly principal: Principal;
  readonly signal?: AbortSignal;
}

/** Calls the native API from within: the same rights, schemas and answers as over HTTP. Throws the Problem that it would answer. */
export type CallRoute = <T>(call: RouteCall) => Promise<T>;

/** For what is a client of the API and lives in the same process, such as chat. `routes` may grow until the first call. */
export function createCallRoute(routes: () => readonly Route[], permits: Gate['permits']): CallRoute {
  return async <T>({ method, path, query = {}, body, principal, signal }: RouteCall): Promise<T> => {
    const found = find(routes(), method, path);
    if (found === undefined) throw notFound('route', `${method} ${path}`);
    const { route, params } = found;
    if (!permits(principal, route.access)) throw refusal(principal, route.access);
    const pairs = Object.entries(query).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, String(value)]],
    );
    const input = {
      params: parseInput(route.params, params, 'path'),
      query: parseInput(route.query, Object.fromEntries(pairs), 'query'),
      search: new URLSearchParams(pairs),
      body: route.body ? parseInput(route.body, body ?? {}, 'body') : body,
      headers: {},
      principal,
      requestId: 'within',
      ip: '',
      signal: signal ?? new AbortController().signal,
    };
    const answer: unknown = await route.handler(input as never);
    const isReply = typeof answer === 'object' && answer !== null && (answer as Partial<Reply>).reply === true;
    if (!isReply) return answer as T;
    const { status, body: said } = answer as Reply;
    if (status >= 400) throw new Problem(status, 'bad-request', detailOf(said));
    return said as T;
  };
}

function detailOf(said: unknown): string {
  const { detail, error } = (typeof said === 'object' && said !== null ? said : {}) as { detail?: unknown; error?: unknown };
  return typeof detail === 'string' ? detail : typeof error === 'string' ? error : 'The request was refused.';
}

function find(routes: readonly Route[], method: string, path: string): { route: Route; params: Record<string, string> } | undefined {
  const parts = path.split('/');
  let best: { route: Route; params: Record<string, string> } | undefined;
  for (const route of routes) {
    if (route.method !== method) continue;
    const template = route.path.split('/');
    if (template.length !== parts.length) continue;
    const params: Record<string, string> = {};
    const fits = template.every((part, i) => {
      if (!part.startsWith(':')) return part === parts[i];
      params[part.slice(1)] = decodeURIComponent(parts[i]!);
      return parts[i] !== '';
    });
    // A route without parameters goes before one that has them, as the server has it.
    if (fits && (best === undefined || Object.keys(params).length < Object.keys(best.params).length)) best = { route, params };
  }
  return best;
}
