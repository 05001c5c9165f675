import { z } from 'zod';
import { type DoubleReply, jsonIn, type ProviderDouble, startDouble } from '../provider-double.ts';

const characters = (max: number) => z.string().refine((text) => Array.from(text).length <= max, `at most ${max} characters`);
/** https://pushover.net/api#messages */
const content = z
  .strictObject({
    token: z.string(),
    user: z.string(),
    message: characters(1_024).min(1),
    title: characters(250).optional(),
    device: z.string().max(25).optional(),
    url: characters(512).optional(),
    url_title: characters(100).optional(),
    priority: z.int().min(-2).max(2).optional(),
    retry: z.int().min(30).optional(),
    expire: z.int().max(10_800).optional(),
    sound: z.string().optional(),
    html: z.literal(1).optional(),
    monospace: z.literal(1).optional(),
    ttl: z.int().min(1).optional(),
  })
  .refine(
    ({ priority, retry, expire }) => priority !== 2 || (retry !== undefined && expire !== undefined),
    'retry and expire must be supplied with priority=2',
  );

const request = '647d2300-702c-4b38-8b2f-d56326ae460b';
const no = (status: number, errors: string[], more: Record<string, string> = {}): DoubleReply => ({ status, body: { ...more, errors, status: 0, request } }); // prettier-ignore

/** A strict double of Pushover's Message API, with one application and one user. */
export const startPushoverDouble = (): Promise<ProviderDouble> =>
  startDouble(
    () => ({ address: 'u'.repeat(30), stranger: 'x'.repeat(30) }),
    (asked, double) => {
      if (double.next === 'too many') return { ...no(429, ['application has exceeded its message limit']), headers: { 'retry-after': '11' } };
      if (double.next === 'broken') return { status: 500, body: 'Internal Server Error' };
      if (asked.method !== 'POST' || asked.path !== '/1/messages.json') return no(404, ['resource not found']);
      const parsed = content.safeParse(jsonIn(asked));
      if (!parsed.success) return no(400, parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`)); // prettier-ignore
      const { token, user, title = '', message, url } = parsed.data;
      if (token !== 'a'.repeat(30)) return no(400, ['application token is invalid'], { token: 'invalid' });
      if (user !== 'u'.repeat(30)) return no(400, ['user identifier is not a valid user, group, or subscribed user key'], { user: 'invalid' });
      const links = [...(url === undefined ? [] : [url]), ...(message.match(/https?:\/\/\S+/g) ?? [])];
      double.shown.push({ to: user, text: `${title}\n${message}`, links });
      return { status: 200, body: { status: 1, request } };
    },
  ); // prettier-ignore
