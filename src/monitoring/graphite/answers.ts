import { Readable } from 'node:stream';
import { reply, type Reply } from '../../platform/http/index.ts';
import { Problem } from '../../platform/problem.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/** JSON text, or a script that hands it to a function where the request names one. */
export function jsonReply(text: string, jsonp?: string): Reply {
  const headers = { 'cache-control': 'no-cache', 'content-type': jsonp === undefined ? JSON_TYPE : 'text/javascript; charset=utf-8' };
  return reply(200, jsonp === undefined ? text : `${jsonp}(${text})`, headers);
}

/** Text in parts, each made when there is room for it: others on the event loop come in between. */
export function textReply(parts: Iterable<string>, type: string, jsonp?: string): Reply {
  const headers = { 'cache-control': 'no-cache', 'content-type': jsonp === undefined ? type : 'text/javascript; charset=utf-8' };
  return reply(200, Readable.from(inTurns(parts, jsonp), { objectMode: false }), headers);
}

async function* inTurns(parts: Iterable<string>, jsonp: string | undefined): AsyncGenerator<string> {
  if (jsonp !== undefined) yield `${jsonp}(`;
  for (const part of parts) {
    if (part !== '') yield part;
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (jsonp !== undefined) yield ')';
}

/** Clients of Graphite show an answer's text: errors are plain sentences, with the same status as elsewhere. */
export function errorReply(error: unknown): Reply {
  if (!(error instanceof Problem) || error.status >= 500) throw error;
  const wait: Record<string, string> = error.retryAfter === undefined ? {} : { 'retry-after': String(error.retryAfter) };
  return reply(error.status, `${error.message}\n`, { 'content-type': 'text/plain; charset=utf-8', ...wait });
}
