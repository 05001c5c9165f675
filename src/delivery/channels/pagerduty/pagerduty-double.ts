import { z } from 'zod';
import { type DoubleReply, jsonIn, type ProviderDouble, startDouble } from '../provider-double.ts';

/** https://developer.pagerduty.com/docs/send-alert-event#parameters */
const known = { routing_key: z.string().length(32), dedup_key: z.string().max(255).optional() };
const event = z.discriminatedUnion('event_action', [
  z.strictObject({
    ...known,
    event_action: z.literal('trigger'),
    client: z.string().optional(),
    client_url: z.url().optional(),
    links: z.array(z.strictObject({ href: z.url(), text: z.string() })).optional(),
    payload: z.strictObject({
      summary: z.string().min(1).max(1_024),
      source: z.string().min(1),
      severity: z.enum(['critical', 'error', 'warning', 'info']),
      timestamp: z.iso.datetime().optional(),
      component: z.string().optional(),
      custom_details: z.record(z.string(), z.unknown()).optional(),
    }),
  }),
  z.strictObject({ ...known, event_action: z.literal('resolve'), dedup_key: z.string().min(1).max(255) }),
]);

const no = (status: number, message: string, errors: string[]): DoubleReply => ({
  status,
  body: { status: 'invalid event', message, errors },
});

/** A strict double of PagerDuty's Events API v2, with one integration. */
export const startPagerDutyDouble = (): Promise<ProviderDouble> =>
  startDouble(
    () => ({ address: 'R'.repeat(32), stranger: 'too-short' }),
    (request, double) => {
      if (double.next === 'too many') return { status: 429, headers: { 'retry-after': '9' }, body: { status: 'throttle exceeded', message: 'Requests are rate limited', errors: [] } }; // prettier-ignore
      if (double.next === 'broken') return { status: 500, body: 'Internal Server Error' };
      if (request.method !== 'POST' || request.path !== '/v2/enqueue') return { status: 404, body: 'Not Found' };
      if (Buffer.byteLength(request.body) > 512 * 1024) return no(413, 'Event object is too large', []);
      const parsed = event.safeParse(jsonIn(request));
      if (!parsed.success) return no(400, 'Event object is invalid', parsed.error.issues.map(({ path, message }) => `'${path.join('.')}': ${message}`)); // prettier-ignore
      const { routing_key: to, dedup_key: key = '' } = parsed.data;
      const { event_action: action } = parsed.data;
      const text = parsed.data.event_action === 'trigger' ? `${parsed.data.payload.summary}\n${String(parsed.data.payload.custom_details?.['text'])}` : action; // prettier-ignore
      const links = parsed.data.event_action === 'trigger' ? (parsed.data.links ?? []).map(({ href }) => href) : [];
      double.shown.push({ to, text, links, key });
      return { status: 202, body: { status: 'success', message: 'Event processed', dedup_key: key } };
    },
  );
