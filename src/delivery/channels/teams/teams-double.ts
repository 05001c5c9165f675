import { z } from 'zod';
import { jsonIn, type ProviderDouble, readMarkdown, startDouble } from '../provider-double.ts';

/** https://adaptivecards.io/explorer: the elements and versions that Teams shows. */
const textBlock = z.strictObject({
  type: z.literal('TextBlock'),
  text: z.string().min(1),
  size: z.enum(['Small', 'Default', 'Medium', 'Large', 'ExtraLarge']).optional(),
  weight: z.enum(['Lighter', 'Default', 'Bolder']).optional(),
  wrap: z.boolean().optional(),
});
const card = z.strictObject({
  $schema: z.literal('http://adaptivecards.io/schemas/adaptive-card.json'),
  type: z.literal('AdaptiveCard'),
  version: z.enum(['1.0', '1.1', '1.2', '1.3', '1.4', '1.5']),
  fallbackText: z.string().optional(),
  msteams: z.strictObject({ width: z.literal('Full') }).optional(),
  body: z.array(textBlock).min(1),
  actions: z.array(z.strictObject({ type: z.literal('Action.OpenUrl'), title: z.string().min(1), url: z.url() })).max(6).optional(),
}); // prettier-ignore
const content = z.strictObject({
  type: z.literal('message'),
  attachments: z.tuple([
    z.strictObject({ contentType: z.literal('application/vnd.microsoft.card.adaptive'), contentUrl: z.null(), content: card }),
  ]),
});

const no = (status: number, code: string, message: string) => ({ status, body: { error: { code, message } } });

/** A strict double of a workflow that posts what it gets to a chat of Teams. */
export const startTeamsDouble = (): Promise<ProviderDouble> =>
  startDouble(
    (url) => ({ address: `${url}/workflows/1/triggers/manual/paths/invoke?sig=right`, stranger: `${url}/workflows/1/triggers/manual/paths/invoke?sig=wrong` }), // prettier-ignore
    (request, double) => {
      if (double.next === 'too many')
        return { ...no(429, 'WorkflowTriggerIsThrottled', 'Rate limit is exceeded.'), headers: { 'retry-after': '12' } };
      if (double.next === 'broken') return no(502, 'NoResponse', 'The server did not receive a response from an upstream server.');
      if (request.query.get('sig') !== 'right') return no(401, 'DirectApiAuthorizationRequired', 'The signature is wrong.');
      if (Buffer.byteLength(request.body) > 28 * 1024) return no(413, 'RequestEntityTooLarge', 'The message is too large.');
      const parsed = content.safeParse(jsonIn(request));
      if (!parsed.success) return no(400, 'TriggerInputSchemaMismatch', parsed.error.message);
      const { body, actions = [] } = parsed.data.attachments[0].content;
      const text = body.map((one) => readMarkdown(one.text).text.replaceAll('\n\n', '\n')).join('\n\n');
      double.shown.push({ to: request.path, text, links: actions.map(({ url }) => url) });
      return { status: 202, body: '' };
    },
  );
