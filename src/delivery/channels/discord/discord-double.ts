import { z } from 'zod';
import { type DoubleReply, type DoubleRequest, jsonIn, type ProviderDouble, readMarkdown, startDouble } from '../provider-double.ts';

/** https://discord.com/developers/docs/resources/webhook#execute-webhook-jsonform-params */
const content = z.strictObject({
  content: z.string().min(1).max(2_000),
  username: z.string().max(80).optional(),
  tts: z.boolean().optional(),
  allowed_mentions: z.strictObject({ parse: z.array(z.enum(['roles', 'users', 'everyone'])) }).optional(),
  flags: z.int().optional(),
});
/** https://discord.com/developers/docs/resources/message#create-message and /components/reference#button */
const button = z.strictObject({
  type: z.literal(2),
  style: z.int().min(1).max(4),
  label: z.string().min(1).max(80),
  custom_id: z.string().min(1).max(100),
});
const posted = content.omit({ username: true }).extend({
  nonce: z.string().max(25).optional(),
  enforce_nonce: z.boolean().optional(),
  components: z.array(z.strictObject({ type: z.literal(1), components: z.array(button).min(1).max(5) })).max(5).optional(),
}); // prettier-ignore
const CHANNEL = '223704706495545344';

/** A strict double of Discord: a webhook, or the API with one bot and one channel that it is in. */
export const startDiscordDouble = (by: 'hook' | 'bot' = 'hook'): Promise<ProviderDouble> =>
  startDouble(
    (url) =>
      by === 'bot'
        ? { address: CHANNEL, stranger: '999999999999999999' }
        : { address: `${url}/api/webhooks/223704706495545344/3d89bb75`, stranger: `${url}/api/webhooks/223704706495545344/wrong` },
    (request, double) => {
      if (double.next === 'too many') {
        const body = { message: 'You are being rate limited.', retry_after: 64.57, global: false };
        return { status: 429, headers: { 'retry-after': '65', 'x-ratelimit-scope': 'user' }, body };
      }
      if (double.next === 'broken') return { status: 502, body: 'Bad Gateway' };
      if (by === 'bot') return post(request, double);
      if (request.path !== '/api/webhooks/223704706495545344/3d89bb75')
        return { status: 404, body: { message: 'Unknown Webhook', code: 10015 } };
      const parsed = content.safeParse(jsonIn(request));
      if (!parsed.success) return { status: 400, body: { message: 'Invalid Form Body', code: 50035, errors: parsed.error.issues } };
      if (parsed.data.allowed_mentions?.parse.length !== 0) throw new Error('everyone could be called');
      double.shown.push({ to: request.path, ...readMarkdown(parsed.data.content) });
      if (request.query.get('wait') !== 'true') return { status: 204, body: '' };
      return { status: 200, body: { id: '1', type: 0, content: parsed.data.content, channel_id: '2' } };
    },
  );

const seen = new WeakMap<ProviderDouble, Map<string, string>>();

function post(request: DoubleRequest, double: ProviderDouble): DoubleReply {
  if (request.headers.authorization !== 'Bot right') return { status: 401, body: { message: '401: Unauthorized', code: 0 } };
  const channel = /^\/api\/v10\/channels\/(\d+)\/messages$/.exec(request.path)?.[1];
  if (channel !== CHANNEL) return { status: 404, body: { message: 'Unknown Channel', code: 10003 } };
  const parsed = posted.safeParse(jsonIn(request));
  if (!parsed.success) return { status: 400, body: { message: 'Invalid Form Body', code: 50035, errors: parsed.error.issues } };
  const { content: text, allowed_mentions: mentions, components = [], nonce = '', enforce_nonce: enforced } = parsed.data;
  if (mentions?.parse.length !== 0) throw new Error('everyone could be called');
  const answers = components.flatMap((row) => row.components.map(({ custom_id: id }) => id));
  if (new Set(answers).size !== answers.length) return { status: 400, body: { message: 'COMPONENT_CUSTOM_ID_DUPLICATED', code: 50035 } };
  const known = seen.get(double) ?? new Map<string, string>();
  seen.set(double, known);
  const id = (enforced === true ? known.get(nonce) : undefined) ?? String(1_000 + known.size);
  if (!known.has(nonce)) double.shown.push({ to: channel, ...readMarkdown(text), answers, key: nonce });
  known.set(nonce, id);
  return { status: 200, body: { id, type: 0, content: text, channel_id: channel } };
}
