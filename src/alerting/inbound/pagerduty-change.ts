/** PagerDuty's change events. Source: https://developer.pagerduty.com/docs/events-api-v2/send-change-events/ */
import { z } from 'zod';
import type { Integration } from './integrations.ts';
import { cutText, timeOf } from './json-value.ts';
import { parseJson, readAs } from './read-json.ts';

const text = (longest: number) => z.string().max(longest).nullish();
const event = z.object({
  payload: z.object({
    summary: z.string().min(1).max(20_000),
    timestamp: text(100),
    source: text(2_000),
    custom_details: z.record(z.string(), z.unknown()).nullish(),
  }),
  links: z.array(z.object({ href: z.string().max(4_000), text: text(1_000) })).max(100).nullish(),
}); // prettier-ignore

/** A change as releases take it: the port that they fill. */
export interface InboundChange {
  readonly kind: 'deploy' | 'rollback' | 'other';
  readonly service: string;
  readonly title: string;
  readonly url?: string;
  /** ISO 8601. */
  readonly time?: string;
}

/** What it is of is said by the integration, else by the sender. @throws Problem 400 */
export function changeOf(body: Buffer, { name, spec }: Integration): InboundChange {
  const { payload, links } = readAs(event, parseJson(body));
  const at = timeOf(payload.timestamp);
  const url = links?.find(({ href }) => /^https?:\/\//i.test(href) && URL.canParse(href) && href.length <= 2_000)?.href;
  return {
    // PagerDuty has no kinds: its senders say it in words.
    kind: /roll(ed|ing)? ?back|revert/i.test(payload.summary) ? 'rollback' : /deploy|release|roll(ed|ing)? ?out|build/i.test(payload.summary) ? 'deploy' : 'other', // prettier-ignore
    service: cutText(spec.service ?? payload.source ?? name, 100),
    title: cutText(payload.summary, 200),
    ...(url !== undefined && { url }),
    ...(at !== undefined && { time: new Date(at).toISOString() }),
  };
}
