/** Events as graphite-web takes and gives them: https://graphite.readthedocs.io/en/latest/events.html */
import { z } from 'zod';
import type { Clock } from '../../../platform/clock.ts';
import { reply, route, type Reply, type Route } from '../../../platform/http/index.ts';
import { errorReply, jsonReply } from '../answers.ts';
import { GraphiteError } from '../graphite-error.ts';
import { jsonpOf } from '../render/request.ts';
import { parseAtTime } from '../time/at-time.ts';
import type { EventBook } from './event-book.ts';

const BODY_LIMIT = 256 * 1024;
/** 2100: what is later is a mistake. */
const LATEST = 4_102_444_800;
const tag = z.string().min(1).max(255);

/** `{"what": "deployed 7", "tags": ["deploy", "shop"], "when": 1500000000, "data": "…"}`; tags may be one text with blanks between. */
const posted = z.object({
  what: z.string().min(1).max(255),
  tags: z.union([z.array(tag), z.string().max(10_000).transform((text) => text.split(/\s+/).filter((one) => one !== ''))], { error: '"tags" must be an array or space-separated string' }).nullish(),
  when: z.number().min(0).max(LATEST).nullish(),
  data: z.string().max(100_000).nullish(),
}); // prettier-ignore

export function eventRoutes({ events, clock }: { readonly events: EventBook; readonly clock: Clock }): Route[] {
  const post = async (body: Buffer): Promise<Reply> => {
    let value: unknown;
    try {
      value = JSON.parse(body.toString('utf8'));
    } catch (error) {
      return refuse((error as Error).message.slice(0, 200));
    }
    const read = posted.safeParse(value);
    if (!read.success) {
      const { path, message } = read.error.issues[0]!;
      return refuse(path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`);
    }
    const { what, tags, when, data } = read.data;
    await events.add({ what, when: when ?? clock.now() / 1000, tags: [...new Set(tags ?? [])].slice(0, 100), data: data ?? '' });
    return reply(200, '', { 'content-type': 'text/plain; charset=utf-8' });
  };
  const summary = "Graphite's API: takes an event, which the feed keeps.";
  return [
    route({ method: 'POST', path: '/events', access: 'intake', summary, bodyAs: 'raw', bodyLimit: BODY_LIMIT, handler: ({ body }) => post(body as Buffer) }),
    route({
      method: 'GET',
      path: '/events/get_data',
      access: 'viewer',
      summary: "Graphite's API: events of a time, by tags; annotations of Grafana's Graphite source.",
      handler: async ({ search }) => {
        try {
          return jsonReply(JSON.stringify(await find(events, search, clock.now() / 1000)), jsonpOf(search));
        } catch (error) {
          return errorReply(error);
        }
      },
    }),
  ];
} // prettier-ignore

const refuse = (error: string): Reply => reply(400, { error });

async function find(events: EventBook, search: URLSearchParams, now: number) {
  const zone = search.get('tz') || 'UTC';
  const [from, until] = [search.get('from'), search.get('until')];
  const set = search.get('set');
  if (set !== null && set !== 'union' && set !== 'intersection') throw new GraphiteError("'set' is union or intersection.");
  const tags = search.get('tags')?.split(/\s+/).filter((one) => one !== '') ?? []; // prettier-ignore
  const span = [from ? parseAtTime(from, zone, now) : 0, until ? parseAtTime(until, zone, now) : now] as const;
  const found = await events.find(...span, tags.length === 0 ? undefined : { tags, any: set === 'union' });
  return found.map(({ when, what, data, tags: its, id }) => ({ when: Math.floor(when), what, data, tags: its, id }));
}
