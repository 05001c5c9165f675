import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../log.ts';
import { LimitError, Problem } from '../problem.ts';
import { reply, type Reply } from './route.ts';

/** Where each kind of problem is explained; the slug is the heading. */
const DOCUMENTATION = '/docs/problems#';

/** The members of RFC 9457's document. */
const problemDocument = (problem: Problem, requestId: string) => ({
  type: `${DOCUMENTATION}${problem.slug}`,
  title: STATUS_CODES[problem.status] ?? 'Error',
  status: problem.status,
  detail: problem.message,
  requestId,
  ...problem.extra,
});

/** A problem as an answer, for who has more headers to send with it. */
export const problemReply = (problem: Problem, requestId: string, headers: Record<string, string>): Reply =>
  reply(problem.status, problemDocument(problem, requestId), {
    'content-type': 'application/problem+json; charset=utf-8',
    ...(problem.retryAfter !== undefined && { 'retry-after': String(problem.retryAfter) }),
    ...headers,
  });

/** Answers an error as `application/problem+json`. What isn't a Problem is a defect: logged whole, told as a bare 500. */
export async function sendProblem(error: unknown, request: FastifyRequest, answer: FastifyReply, log: Log): Promise<FastifyReply> {
  const problem = toProblem(error, request);
  if (!(error instanceof Problem) && problem.status === 500)
    log.error({ err: error, requestId: request.id, route: request.routeOptions.url }, 'a defect');
  if (problem.retryAfter !== undefined) answer.header('retry-after', String(problem.retryAfter));
  if (problem.status === 401) answer.header('www-authenticate', 'Bearer realm="nines"');
  return answer
    .code(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(problemDocument(problem, request.id)));
}

function toProblem(error: unknown, request: FastifyRequest): Problem {
  if (error instanceof Problem) return error;
  const { code, statusCode } = error as { code?: string; statusCode?: number };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new LimitError(413, `The body of ${request.method} ${request.routeOptions.url ?? request.url} is too large.`, {
      limit: request.routeOptions.bodyLimit ?? 0,
      setting: 'smaller requests (for remote write, intake.maxBody in nines.yaml)',
    });
  }
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return new Problem(statusCode, 'bad-request', (error as Error).message);
  return new Problem(500, 'defect', `Something in nines is broken; its log tells more under requestId ${request.id}.`);
}
