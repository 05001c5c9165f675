import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import { reply, route, type Reply, type Route, type RouteRequest } from '../../platform/http/index.ts';
import { badRequest, LimitError } from '../../platform/problem.ts';
import { parseNumber, readBody, SampleBatch, type IntakeBook } from '../intakes/index.ts';
import type { LabelLimits } from '../label-limits.ts';
import type { SinkFor } from '../series.ts';
import { readOne, readPush, type Push, type PushContext } from './read-push.ts';

export interface JsonPushOptions {
  readonly sinkFor: SinkFor;
  readonly book: IntakeBook;
  readonly clock: Clock;
  readonly limits: LabelLimits;
  readonly retention: number;
}

/** JSON is parsed at once, and others wait for that. */
const MAX_BODY = 8 * 2 ** 20;
const MOST_PROBLEMS = 20;

/** `curl -d 42 …/nines/v1/push/queue_depth` is enough; many at once go to `/nines/v1/push`. */
export function jsonPushRoutes({ sinkFor, book, clock, limits, retention }: JsonPushOptions): Route[] {
  const intake = book.intake('json');
  const context = (): PushContext => ({ limits, now: clock.now(), retention });
  const bodyOf = ({ body, headers }: RouteRequest<never, never, never> | RouteRequest): Promise<Buffer> =>
    readBody(body as Buffer, headers['content-encoding'], MAX_BODY);

  async function store({ samples, wrong }: Push, name: string): Promise<Reply> {
    const sink = sinkFor({ protocol: 'json', name });
    const batch = new SampleBatch();
    let limit: LimitError | undefined;
    for (const { labels, value, time } of samples) {
      try {
        batch.add(sink.resolve(labels), time, value);
      } catch (error) {
        if (!(error instanceof LimitError)) throw error;
        limit = error;
        intake.refuse('series-limit', error.message, labels['__name__'] ?? '');
      }
    }
    const stored = batch.size;
    if (stored > 0) await sink.append(batch.take());
    intake.took(stored);
    for (const { where, problem, example } of wrong) intake.refuse('bad-sample', `${where} ${problem}`, example);
    if (limit) throw limit;
    if (wrong.length === 0) return reply(204);
    const problems = wrong.slice(0, MOST_PROBLEMS).map(({ where, problem }) => ({ field: where, problem }));
    const told = problems.slice(0, 5).map(({ field, problem }) => `${field} ${problem}`);
    const left = `${wrong.length} of ${wrong.length + samples.length} samples were left out`;
    throw badRequest(`${left}: ${told.join('; ')}. The other ${stored} are stored.`, { problems, stored });
  }

  return [
    route({
      method: 'POST',
      path: '/nines/v1/push',
      access: 'intake',
      summary: 'Takes samples as JSON: {name: value, …} or [{name, value, labels, time}, …]',
      bodyAs: 'raw',
      bodyLimit: MAX_BODY,
      async handler(request) {
        return store(readPush(parseJson(await bodyOf(request)), context()), request.principal.name);
      },
    }),
    route({
      method: 'POST',
      path: '/nines/v1/push/:name',
      access: 'intake',
      summary: 'Takes one sample: the body is a number, or {value, labels, time}; parameters of the query are labels',
      params: z.object({ name: z.string().min(1) }),
      bodyAs: 'raw',
      bodyLimit: MAX_BODY,
      async handler(request) {
        const bytes = await bodyOf(request);
        const text = trim(bytes);
        const number = parseNumber(text, 0, text.length);
        const body = Number.isNaN(number) ? parseJson(text, request.params.name) : number;
        const labels = Object.fromEntries([...request.search].filter(([, value]) => value !== ''));
        return store(readOne(request.params.name, body, labels, context()), request.principal.name);
      },
    }),
  ];

  function parseJson(bytes: Buffer, name?: string): unknown {
    try {
      return JSON.parse(bytes.toString('utf8')) as unknown;
    } catch (error) {
      const wanted = name === undefined ? 'JSON' : 'a number, such as 42, nor JSON, such as {"value": 42}';
      const detail = `The body is ${name === undefined ? 'not' : 'neither'} ${wanted}: ${(error as Error).message.slice(0, 200)}.`;
      intake.refuse('bad-json', detail, bytes.toString('utf8', 0, 200));
      throw badRequest(detail);
    }
  }
}

function trim(bytes: Buffer): Buffer {
  let [from, to] = [0, bytes.length];
  while (from < to && (bytes[from] as number) <= 32) from++;
  while (to > from && (bytes[to - 1] as number) <= 32) to--;
  return bytes.subarray(from, to);
}
