import { reply, route, type Reply, type Route, type RouteRequest } from '../../platform/http/index.ts';
import { badRequest, Problem } from '../../platform/problem.ts';
import { readBody } from '../intakes/index.ts';
import { encodeJson } from './encode-json.ts';
import { metricsRequest } from './json-schema.ts';
import { grpcCode, type TakeOtlp } from './otlp.ts';
import { encodeResponse, encodeStatus, responseJson } from './response.ts';

const PROTOBUF = 'application/x-protobuf';
const PATHS = ['/v1/metrics', '/api/v1/otlp/v1/metrics'];

/**
 * `POST /v1/metrics`, and where Prometheus has it, `POST /api/v1/otlp/v1/metrics`: OTLP over HTTP, protobuf or JSON.
 * Source: https://opentelemetry.io/docs/specs/otlp/#otlphttp
 * @param maxBody bytes of a body once it is unpacked
 */
export function otlpRoutes(take: TakeOtlp, maxBody: number): Route[] {
  return PATHS.map((path) =>
    route({
      method: 'POST',
      path,
      access: 'intake',
      summary: 'Takes OTLP metrics (protobuf or JSON)',
      bodyAs: 'raw',
      bodyLimit: maxBody,
      handler: (request) => handle(request, take, maxBody),
    }),
  );
}

type Request = Pick<RouteRequest<never, never>, 'body' | 'headers' | 'principal' | 'ip'>;

async function handle(request: Request, take: TakeOtlp, maxBody: number): Promise<Reply> {
  const json = isJson(request.headers['content-type']);
  try {
    const body = await readBody(request.body as Buffer, request.headers['content-encoding'], maxBody);
    const { kind, name } = request.principal;
    const source = { protocol: 'otlp', name: kind === 'token' ? name : request.ip };
    const partial = await take(json ? encodeJson(parseJson(body), metricsRequest) : body, source);
    return json ? reply(200, responseJson(partial)) : reply(200, encodeResponse(partial), { 'content-type': PROTOBUF });
  } catch (error) {
    // A sender of protobuf reads nothing else; JSON is answered as every other problem is.
    if (json || !(error instanceof Problem)) throw error;
    const wait = error.retryAfter === undefined ? {} : { 'retry-after': String(error.retryAfter) };
    return reply(error.status, encodeStatus(grpcCode(error), error.message), { 'content-type': PROTOBUF, ...wait });
  }
}

function isJson(type: string | readonly string[] | undefined): boolean {
  const [media = ''] = (type ?? '').toString().toLowerCase().split(';', 1);
  if (media.trim() === 'application/json') return true;
  if (media.trim() === PROTOBUF) return false;
  throw new Problem(415, 'wrong-type', `OTLP is taken as ${PROTOBUF} or application/json, not '${media.slice(0, 100)}'.`);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw badRequest(`The body is no JSON: ${(error as Error).message}.`);
  }
}
