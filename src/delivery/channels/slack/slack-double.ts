import { z } from 'zod';
import { type DoubleReply, type DoubleRequest, jsonIn, type ProviderDouble, startDouble } from '../provider-double.ts';

/** https://docs.slack.dev/reference/block-kit/blocks */
const plain = (max: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(max), emoji: z.boolean().optional() });
const mrkdwn = z.strictObject({ type: z.literal('mrkdwn'), text: z.string().min(1).max(3_000), verbatim: z.boolean().optional() });
const button = z.strictObject({
  type: z.literal('button'),
  text: plain(75),
  url: z.url().max(3_000),
  action_id: z.string().max(255),
  style: z.enum(['primary', 'danger']).optional(),
});
const answer = z.strictObject({
  type: z.literal('button'),
  text: plain(75),
  value: z.string().max(2_000),
  action_id: z.string().max(255),
  style: z.enum(['primary', 'danger']).optional(),
  confirm: z.strictObject({ title: plain(100), text: plain(300), confirm: plain(30), deny: plain(30) }).optional(),
});
const block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('header'), text: plain(150) }),
  z.strictObject({ type: z.literal('section'), text: mrkdwn }),
  z.strictObject({
    type: z.literal('actions'),
    elements: z
      .array(z.union([button, answer]))
      .min(1)
      .max(25),
  }),
]);
const content = z.strictObject({ text: z.string().max(40_000), blocks: z.array(block).min(1).max(50) });
/** https://docs.slack.dev/reference/methods/chat.postMessage */
const posted = content.extend({
  channel: z.string(),
  unfurl_links: z.boolean().optional(),
  unfurl_media: z.boolean().optional(),
  metadata: z.strictObject({ event_type: z.string(), event_payload: z.record(z.string(), z.unknown()) }).optional(),
});
type Content = z.output<typeof content>;

/** A strict double of Slack: the Web API at /api, an incoming webhook at /services/T000/B000/right. */
export const startSlackDouble = (by: 'hook' | 'bot'): Promise<ProviderDouble> =>
  startDouble(
    (url) =>
      by === 'hook'
        ? { address: `${url}/services/T000/B000/right`, stranger: `${url}/services/T000/B000/wrong` }
        : { address: '#ops', stranger: '#nowhere' },
    (request, double) => {
      if (double.next === 'too many') return { status: 429, headers: { 'retry-after': '30' }, body: by === 'hook' ? 'rate_limited' : { ok: false, error: 'ratelimited' } }; // prettier-ignore
      if (double.next === 'broken') return by === 'hook' ? { status: 500, body: 'rollup_error' } : { status: 200, body: { ok: false, error: 'internal_error' } }; // prettier-ignore
      return by === 'hook' ? hook(request, double) : post(request, double);
    },
  );

function hook(request: DoubleRequest, double: ProviderDouble): DoubleReply {
  if (request.path !== '/services/T000/B000/right') return { status: 404, body: 'no_service' };
  const parsed = content.safeParse(jsonIn(request));
  if (!parsed.success) return { status: 400, body: 'invalid_blocks' };
  show(parsed.data, request.path, double);
  return { status: 200, body: 'ok' };
}

function post(request: DoubleRequest, double: ProviderDouble): DoubleReply {
  const no = (error: string): DoubleReply => (double.refused.push(error), { status: 200, body: { ok: false, error } });
  if (request.path !== '/api/chat.postMessage') return no('unknown_method');
  if (request.headers.authorization !== 'Bearer xoxb-right') return no('invalid_auth');
  const parsed = posted.safeParse(jsonIn(request));
  if (!parsed.success) return no('invalid_blocks');
  if (parsed.data.channel !== '#ops') return no('channel_not_found');
  show(parsed.data, parsed.data.channel, double, String(parsed.data.metadata?.event_payload['key']));
  return { status: 200, body: { ok: true, channel: 'C123', ts: '1503435956.000247' } };
}

function show({ text, blocks }: Content, to: string, double: ProviderDouble, key?: string): void {
  for (const markup of [text, ...blocks.flatMap((one) => (one.type === 'section' ? [one.text.text] : []))]) {
    if (/&(?!(amp|lt|gt);)/.test(markup)) throw new Error(`an ampersand that is not escaped in ${markup}`);
    if (/<(?!https?:)|<[^>]*$/.test(markup)) throw new Error(`a mention or a broken link in ${markup}`);
  }
  const read = blocks.map((one) => (one.type === 'actions' ? '' : one.text.text.replaceAll(/<[^|>]*\|([^>]*)>/g, '$1')));
  const shown = read.join('\n').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  const elements = blocks.flatMap((one) => (one.type === 'actions' ? one.elements : []));
  const links = elements.flatMap((one) => ('url' in one ? [one.url] : []));
  const answers = elements.flatMap((one) => ('value' in one ? [one.value] : []));
  double.shown.push({ to, text: shown, links, answers, ...(key !== undefined && { key }) });
}
