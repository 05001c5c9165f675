/** PagerDuty's Events API v2. Source: https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ */
import { z } from 'zod';
import { newId } from '../../platform/id.ts';
import { reply } from '../../platform/http/index.ts';
import type { IntegrationType } from './integration-type.ts';
import { cutText, detailLines, timeOf } from './json-value.ts';
import { parseJson, readAs } from './read-json.ts';

const text = (longest: number) => z.string().max(longest).nullish();

const triggerPayload = z.object({
  // PagerDuty cuts it there, too.
  summary: z.string().min(1).max(20_000),
  source: z.string().min(1).max(2_000),
  severity: z.enum(['critical', 'error', 'warning', 'info']),
  timestamp: text(100),
  component: text(1_000),
  group: text(1_000),
  class: text(1_000),
  custom_details: z.unknown().optional(),
});

const common = { routing_key: text(1_000), client: text(1_000), client_url: text(4_000) };
const event = z.discriminatedUnion('event_action', [
  z.object({
    ...common,
    event_action: z.literal('trigger'),
    dedup_key: text(255),
    payload: triggerPayload,
    links: z.array(z.object({ href: z.string().max(4_000), text: text(1_000) })).max(100).nullish(),
  }),
  z.object({ ...common, event_action: z.literal('acknowledge'), dedup_key: z.string().min(1).max(255) }),
  z.object({ ...common, event_action: z.literal('resolve'), dedup_key: z.string().min(1).max(255) }),
]); // prettier-ignore

/** The routing key in a body, before anything else is read of it: it says whose it is. */
export function routingKeyOf(body: unknown): string | undefined {
  const key = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)['routing_key'] : undefined;
  return typeof key === 'string' && key.length <= 1_000 ? key : undefined;
}

export const pagerduty: IntegrationType = {
  severities: { critical: 'critical', error: 'critical', warning: 'today', info: 'eventually' },
  usual: 'critical',
  map({ body, now }, _, title) {
    const given = readAs(event, parseJson(body));
    if (given.event_action !== 'trigger') {
      const status = given.event_action === 'resolve' ? 'resolved' : 'acknowledged';
      return { events: [{ status, key: given.dedup_key, by: given.client ?? undefined }], refused: [] };
    }
    const { payload, client_url: url, links } = given;
    const linked = (links ?? []).map(({ href, text: label }) => `${label ?? 'Link'}: ${href}`);
    const description = [detailLines(payload.custom_details), ...linked].filter((part) => part !== '').join('\n');
    return {
      events: [
        {
          status: 'firing',
          key: given.dedup_key || newId(now),
          title: cutText(payload.summary, 1_024),
          description: description === '' ? undefined : description,
          severity: payload.severity,
          labels: {
            alertname: payload.class ?? title,
            source: payload.source,
            component: payload.component ?? undefined,
            group: payload.group ?? undefined,
          },
          startsAt: timeOf(payload.timestamp),
          url: url ?? links?.[0]?.href,
        },
      ],
      refused: [],
    };
  },
  answer: ({ events }) => reply(202, { status: 'success', message: 'Event processed', dedup_key: events[0]?.key ?? '' }),
};
