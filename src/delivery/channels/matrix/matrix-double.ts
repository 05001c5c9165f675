import { z } from 'zod';
import { type DoubleReply, type DoubleRequest, jsonIn, type ProviderDouble, startDouble } from '../provider-double.ts';

/** https://spec.matrix.org/latest/client-server-api/#mtext */
const content = z.strictObject({
  msgtype: z.literal('m.text'),
  body: z.string(),
  format: z.literal('org.matrix.custom.html').optional(),
  formatted_body: z.string().optional(),
});
const ROOM = '!726s6s6q:example.org';

const no = (status: number, errcode: string, error: string, more: Record<string, unknown> = {}): DoubleReply => ({ status, body: { errcode, error, ...more } }); // prettier-ignore

/** A strict double of a homeserver: one room, known as #ops:example.org, that anyone may join and the account has not. */
export function startMatrixDouble(): Promise<ProviderDouble> {
  const joined = new Set<string>();
  const sent = new Set<string>();
  return startDouble(
    () => ({ address: '#ops:example.org', stranger: '!secret:example.org' }),
    (request, double) => {
      if (double.next === 'too many') return no(429, 'M_LIMIT_EXCEEDED', 'Too Many Requests', { retry_after_ms: 2_000 });
      if (double.next === 'broken') return no(500, 'M_UNKNOWN', 'Internal server error');
      const { authorization } = request.headers;
      if (authorization === undefined) return no(401, 'M_MISSING_TOKEN', 'Missing access token');
      if (authorization !== 'Bearer syt_right') return no(401, 'M_UNKNOWN_TOKEN', 'Invalid access token passed.');
      return answer(request, double, { joined, sent });
    },
  );
}

function answer(request: DoubleRequest, double: ProviderDouble, { joined, sent }: { joined: Set<string>; sent: Set<string> }): DoubleReply {
  const path = request.path.split('/').slice(1).map(decodeURIComponent);
  if (path.slice(0, 3).join('/') !== '_matrix/client/v3') return no(404, 'M_UNRECOGNIZED', 'Unrecognized request');
  const [what = '', name = '', verb, type, transaction] = path.slice(3);
  if (request.method === 'GET' && what === 'directory') {
    return verb === '#ops:example.org' ? { status: 200, body: { room_id: ROOM, servers: ['example.org'] } } : no(404, 'M_NOT_FOUND', 'Room alias not found');
  } // prettier-ignore
  if (request.method === 'POST' && what === 'join') {
    if (name !== ROOM) return no(403, 'M_FORBIDDEN', 'You are not invited to this room.');
    joined.add(name);
    return { status: 200, body: { room_id: name } };
  }
  if (request.method !== 'PUT' || what !== 'rooms' || verb !== 'send' || type !== 'm.room.message' || transaction === undefined) {
    return no(405, 'M_UNRECOGNIZED', 'Unrecognized request');
  }
  if (!joined.has(name)) return no(403, 'M_FORBIDDEN', 'User not in room');
  if (Buffer.byteLength(request.body) > 60_000) return no(413, 'M_TOO_LARGE', 'event too large');
  const parsed = content.safeParse(jsonIn(request));
  if (!parsed.success) return no(400, 'M_BAD_JSON', parsed.error.message);
  // The same transaction is the same event: it is not shown again.
  if (!sent.has(transaction)) {
    const html = parsed.data.formatted_body ?? '';
    // Of those that clients show: https://spec.matrix.org/latest/client-server-api/#mroommessage-msgtypes
    for (const [, tag = ''] of html.matchAll(/<\/?(\w+)/g))
      if (!['h4', 'p', 'a', 'br', 'ul', 'li'].includes(tag)) throw new Error(`the tag ${tag}`);
    double.shown.push({ to: name, text: parsed.data.body, links: parsed.data.body.match(/https?:\/\/\S+/g) ?? [], key: transaction });
  }
  sent.add(transaction);
  return { status: 200, body: { event_id: '$YUwRidLecu:example.org' } };
}
