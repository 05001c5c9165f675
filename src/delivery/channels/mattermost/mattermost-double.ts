import { z } from 'zod';
import { jsonIn, type ProviderDouble, readMarkdown, startDouble } from '../provider-double.ts';

const action = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9]+$/, 'letters and digits alone'),
  name: z.string().min(1),
  type: z.literal('button'),
  integration: z.strictObject({ url: z.url(), context: z.record(z.string(), z.string()) }),
});
const attachment = z.strictObject({ fallback: z.string(), actions: z.array(action).min(1) });

/** https://developers.mattermost.com/integrate/webhooks/incoming/#parameters */
const content = z.strictObject({
  text: z.string().min(1),
  channel: z.string().optional(),
  username: z.string().optional(),
  icon_url: z.string().optional(),
  attachments: z.array(attachment).optional(),
  props: z.record(z.string(), z.unknown()).optional(),
  priority: z.strictObject({ priority: z.enum(['important', 'urgent']) }).optional(),
});

const no = (status: number, id: string, message: string) => ({ status, body: { id, message, detailed_error: '', request_id: 'x', status_code: status } }); // prettier-ignore

/** A strict double of an incoming webhook of Mattermost. */
export const startMattermostDouble = (): Promise<ProviderDouble> =>
  startDouble(
    (url) => ({ address: `${url}/hooks/xxx-generatedkey-xxx`, stranger: `${url}/hooks/other` }),
    (request, double) => {
      if (double.next === 'too many')
        return { status: 429, headers: { 'retry-after': '1', 'x-ratelimit-limit': '11' }, body: 'limit exceeded' };
      if (double.next === 'broken') return no(500, 'web.incoming_webhook.general.app_error', 'Failed to handle the payload.');
      if (request.path !== '/hooks/xxx-generatedkey-xxx') return no(404, 'web.incoming_webhook.invalid.app_error', 'Invalid webhook.');
      const parsed = content.safeParse(jsonIn(request));
      if (!parsed.success) return no(400, 'web.incoming_webhook.parse.app_error', 'Unable to parse incoming data.');
      const { text, attachments = [] } = parsed.data;
      if (text.length > 16_383) return no(400, 'web.incoming_webhook.text.length.app_error', 'Maximum text length is 16383 characters.');
      if (/@(all|channel|here)\b/.test(text)) throw new Error('everyone was called');
      const read = readMarkdown(text);
      double.shown.push({
        to: request.path,
        ...read,
        answers: attachments.flatMap(({ actions }) => actions.map(({ integration }) => integration.context['command'] ?? '')),
        text: read.text.replaceAll('\u200b', '').replaceAll('&lt;', '<').replaceAll('&amp;', '&'),
      });
      return { status: 200, body: 'ok' };
    },
  );
