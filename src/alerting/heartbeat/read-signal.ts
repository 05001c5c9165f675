import { badRequest } from '../../platform/problem.ts';
import type { Signal, SignalKind } from './heartbeat.ts';

/** So much of what a job printed is kept, in bytes: the end, where errors stand. */
const OUTPUT_BYTES = 10_000;

/**
 * What a request to `/ping`, `/start`, `/fail` or `/<exit code>` says. The body is what the job printed; `?exit=2` is an exit code, and any but 0 is a failure.
 * @throws Problem 400
 */
export function readSignal(verb: string, search: URLSearchParams, body: Buffer, at: number): Signal {
  const exitCode = exitCodeOf(/^\d+$/.test(verb) ? verb : search.get('exit'));
  const kind = kindOf(verb, exitCode);
  const output = body.length === 0 ? null : textOf(body);
  return { kind, at, exitCode: kind === 'start' ? null : (exitCode ?? (kind === 'success' ? 0 : null)), output };
}

function kindOf(verb: string, exitCode: number | null): SignalKind {
  if (verb === 'start') return 'start';
  if (verb === 'fail') return 'fail';
  if (verb === 'ping' || /^\d+$/.test(verb)) return exitCode === null || exitCode === 0 ? 'success' : 'fail';
  throw badRequest(`'${verb.slice(0, 40)}' is nothing that a job can say: use ping, start, fail, or its exit code (0 to 255).`);
}

function exitCodeOf(text: string | null): number | null {
  if (text === null || text === '') return null;
  if (/^\d{1,3}$/.test(text) && Number(text) <= 255) return Number(text);
  throw badRequest(`'${text.slice(0, 40)}' is no exit code: write 0 to 255.`, { field: 'exit' });
}

/** The end of it, in whole characters; PostgreSQL keeps no NUL. */
function textOf(body: Buffer): string {
  const end = body.length > OUTPUT_BYTES ? body.subarray(body.length - OUTPUT_BYTES) : body;
  const text = end.toString('utf8').replaceAll('\u0000', '\uFFFD').trimEnd();
  return body.length > OUTPUT_BYTES ? `…${text.replace(/^\uFFFD{1,3}/, '')}` : text;
}
