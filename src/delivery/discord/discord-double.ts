import { z } from 'zod';
import { jsonIn, type ProviderDouble, readMarkdown, startDouble } from '../provider-double.ts';

/** https://discord.com/developers/docs/resources/webhook#execute-webhook-jsonform-params */
const content = z.strictObject({
  content: z.string().min(1).max(2_000),
  username: z.string().max(80).optional(),
  tts: z.boolean().optional(),
  allowed_mentions: z.strictObject({ parse: z.array(z.enum(['roles', 'users', 'everyone'])) }).optional(),
  flags: z.int().optional(),
});

/** A strict double of a webhook of Discord. */
export const startDiscordDouble = (): Promise<ProviderDouble> =>
  startDouble(
    (url) => ({ address: `${url}/api/webhooks/223704706495545344/3d89bb75`, stranger: `${url}/api/webhooks/223704706495545344/wrong` }),
    (request, double) => {
      if (double.next === 'too many') {
        const body = { message: 'You are being rate limited.', retry_after: 64.57, global: false };
        return { status: 429, headers: { 'retry-after': '65', 'x-ratelimit-scope': 'user' }, body };
      }
      if (double.next === 'broken') return { status: 502, body: 'Bad Gateway' };
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
