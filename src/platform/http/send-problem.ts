import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../log.ts';
import { LimitError, Problem } from '../problem.ts';

/** Where each kind of problem is explained; the slug is the heading. */
const DOCUMENTATION = '/docs/problems#';

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
    .send(
      JSON.stringify({
        type: `${DOCUMENTATION}${problem.slug}`,
        title: STATUS_CODES[problem.status] ?? 'Error',
        status: problem.status,
        detail: problem.message,
        requestId: request.id,
        ...problem.extra,
      }),
    );
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
