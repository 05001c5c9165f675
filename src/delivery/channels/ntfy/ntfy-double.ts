import { z } from 'zod';
import { type DoubleReply, jsonIn, type ProviderDouble, startDouble } from '../provider-double.ts';

/** https://docs.ntfy.sh/publish/#publish-as-json */
const content = z.strictObject({
  topic: z.string().regex(/^[-_A-Za-z0-9]{1,64}$/),
  message: z.string().optional(),
  title: z.string().optional(),
  tags: z.array(z.string()).optional(),
  priority: z.int().min(1).max(5).optional(),
  actions: z
    .array(z.discriminatedUnion('action', [
      z.strictObject({ action: z.literal('view'), label: z.string().min(1), url: z.url(), clear: z.boolean().optional() }),
      z.strictObject({ action: z.literal('http'), label: z.string().min(1), url: z.url(), method: z.enum(['GET', 'POST', 'PUT']).optional(), headers: z.record(z.string(), z.string()).optional(), body: z.string().optional(), clear: z.boolean().optional() }),
    ]))
    .max(3)
    .optional(),
  click: z.url().optional(),
  markdown: z.boolean().optional(),
  sequence_id: z.string().regex(/^[-_A-Za-z0-9]{1,64}$/).optional(),
}); // prettier-ignore

const no = (code: number, error: string): DoubleReply => ({ status: Math.floor(code / 100), body: { code, http: Math.floor(code / 100), error, link: 'https://ntfy.sh/docs/publish/' } }); // prettier-ignore

/** A strict double of an ntfy server whose topics are protected. */
export const startNtfyDouble = (): Promise<ProviderDouble> =>
  startDouble(
    () => ({ address: 'ana-pages', stranger: 'no/topic' }),
    (request, double) => {
      if (double.next === 'too many') return no(42901, 'limit reached: too many requests');
      if (double.next === 'broken') return no(50001, 'internal server error');
      if (request.method !== 'POST' || request.path !== '/') return no(40401, 'page not found');
      if (request.headers.authorization !== 'Bearer tk_right') return no(40101, 'unauthorized');
      if (request.raw.length > 8_192) return no(41303, 'JSON body too large');
      const parsed = content.safeParse(jsonIn(request));
      if (!parsed.success) return no(40024, `invalid request: request body must be valid JSON: ${parsed.error.message}`);
      const { topic, title = '', message = 'triggered', actions = [], sequence_id: key } = parsed.data;
      if (Buffer.byteLength(message) >= 4_096) return no(40014, 'invalid request: attachments not allowed');
      double.shown.push({
        to: topic,
        text: `${title}\n${message}`,
        links: [...actions.map(({ url }) => url), ...(message.match(/https?:\/\/\S+/g) ?? [])],
        answers: actions.flatMap((one) => (one.action === 'http' ? [`${one.method} ${one.url} ${one.body ?? ''}`.trim()] : [])),
        ...(key && { key }),
      });
      return { status: 200, body: { id: 'hwQ2YpKdmg', time: 1_635_528_741, event: 'message', topic, message } };
    },
  );
