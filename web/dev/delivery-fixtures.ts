import type { NotificationDetail, NotificationJson, ProvidersAnswer, PushAnswer } from '../../src/delivery/contract.ts';
import type { World } from './world.ts';

const MINUTE = 60_000;
const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();

/** Messages of the pages of a world, and what else a log holds. */
export function deliveries(world: Pick<World, 'pages'>): NotificationJson[] {
  const paged = world.pages.flatMap((page) => ('notifications' in page ? page.notifications : []));
  const [first] = paged;
  if (!first) return [];
  const more: [Partial<NotificationJson>, number][] = [
    [{ id: 'd-1', person: 'ana', channel: 'voice', address: '+4930123456', state: 'acknowledged', reason: 'page', provider: 'api.twilio.com (from +15005550006)' }, 8],
    [{ id: 'd-2', person: 'ben', channel: 'push', address: 'all', state: 'seen', reason: 'escalation', provider: 'Web Push' }, 20],
    [{ id: 'd-3', person: 'cleo', channel: 'email', address: 'cleo@links.example', state: 'queued', reason: 'ticket', about: null, subject: 'links: renew the certificate, 12 days left', sentAt: null, attempts: 4, lastError: 'The mail server mail.links.example:587: no answer within 9 s' }, 45],
    [{ id: 'd-4', person: 'ana', channel: 'sms', address: '+4930123456', state: 'delivered', reason: 'bundle', about: null, subject: '37 pages: links: stop the errors, 14 % fail' }, 90],
  ]; // prettier-ignore
  return [
    ...paged,
    ...more.map(([one, minutes]) => ({ ...first, createdAt: ago(minutes * MINUTE), sentAt: ago(minutes * MINUTE - 900), ...one })),
  ];
}

export function delivery(one: NotificationJson): NotificationDetail {
  const provider = one.provider ?? 'The mail server mail.links.example:587';
  const failed = { outcome: 'failed' as const, provider, tookMs: 9_004, answer: 'no answer within 9 s' };
  const tries = Array.from({ length: Math.max(0, one.attempts - 1) }, (_, i) => ({ ...failed, attempt: i + 1, at: one.createdAt }));
  const last = { attempt: one.attempts, at: one.sentAt ?? one.createdAt, outcome: 'accepted' as const, provider, tookMs: 212, answer: '250 2.0.0 OK: queued as 4F2A' };
  return { ...one, key: `page:page-21:0:0:${one.person ?? ''}:${one.channel}`, answer: null, tries: [...tries, one.sentAt === null ? { ...failed, attempt: one.attempts, at: one.createdAt } : last], told: [] };
} // prettier-ignore

export const providers = (world: Pick<World, 'pages'>): ProvidersAnswer => ({
  providers:
    world.pages.length === 0
      ? []
      : [{ channel: 'email', provider: 'The mail server mail.links.example:587', state: 'open', failures: 5, error: 'no answer within 9 s', since: ago(6 * MINUTE), retryAt: ago(-20_000), waiting: 3 }],
}); // prettier-ignore

export const push = (): PushAnswer => ({
  person: 'ana',
  publicKey: 'BEl62iUYgUivxIkv69yViEuiBIa-Ib9-SkvMeAtA3LFgDzkrxZJjSgSnfckjBJuBkr3qBUYIHBQFLXYp5Nksh8U',
  devices: [
    { id: 'dev-1', label: 'Chrome on Android', createdAt: ago(40 * 86_400_000), usedAt: ago(8 * MINUTE) },
    { id: 'dev-2', label: 'Firefox on Linux', createdAt: ago(3 * 86_400_000), usedAt: null },
  ],
});
