import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { reply, route, type Access, type Reply, type Route, type RouteRequest } from '../../platform/http/index.ts';
import { answer, type ApiAnswer } from '../promql/index.ts';

const ACCESS: Access = 'viewer';
const compress = promisify(gzip);
/** Below this it takes longer than sending the answer as it is, but for the slowest of lines. */
const WORTH_COMPRESSING = 65_536;

export type Handler = (params: URLSearchParams, request: RouteRequest) => Promise<ApiAnswer> | ApiAnswer;

/** An answer in Prometheus' envelope, compressed where the asker takes that. */
async function toReply({ status, body, retryAfter, type }: ApiAnswer, request: RouteRequest): Promise<Reply> {
  const headers = {
    'content-type': type ?? 'application/json',
    'cache-control': 'no-store',
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
  };
  const accepted = String(request.headers['accept-encoding'] ?? '');
  if (body.length < WORTH_COMPRESSING || !/(^|,)\s*gzip\s*(,|;(?!\s*q=0(\.0*)?\s*(,|$))|$)/.test(accepted))
    return reply(status, body, headers);
  // The lowest level: it takes a tenth of the time and most of the size.
  return reply(status, await compress(body, { level: 1 }), { ...headers, 'content-encoding': 'gzip', vary: 'accept-encoding' });
}

/** Prometheus takes parameters from the query string and from a form, and from both at once. */
function parametersOf({ search, body }: RouteRequest): URLSearchParams {
  const all = new URLSearchParams(search);
  if (body instanceof URLSearchParams) for (const [name, value] of body) all.append(name, value);
  return all;
}

const handled = (handle: Handler) => async (request: RouteRequest) =>
  toReply(await answer(() => handle(parametersOf(request), request)), request);

export const get = (path: string, summary: string, handle: Handler): Route =>
  route({ method: 'GET', path, access: ACCESS, summary, handler: handled(handle) });

export const post = (path: string, summary: string, handle: Handler): Route =>
  route({ method: 'POST', path, access: ACCESS, summary, bodyAs: 'form', handler: handled(handle) });

export const put = (path: string, summary: string, handle: Handler): Route =>
  route({ method: 'PUT', path, access: ACCESS, summary, bodyAs: 'form', handler: handled(handle) });

/** The same question by GET and by POST. */
export const both = (path: string, summary: string, handle: Handler): Route[] => [
  get(path, summary, handle),
  post(path, `${summary} (parameters as a form)`, handle),
];

export const ok = (data: unknown, warnings: readonly string[] = []): ApiAnswer => ({
  status: 200,
  body: JSON.stringify({ status: 'success', data, ...(warnings.length > 0 && { warnings }) }),
});
