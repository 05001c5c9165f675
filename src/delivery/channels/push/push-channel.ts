import webPush from 'web-push';
import type { Sql } from '../../../platform/sql/index.ts';
import { askProvider, type HttpDeps, judgeAnswer, PROVIDER_TIMEOUT_MS } from '../ask-provider.ts';
import type { Channel, Outcome } from '../channel.ts';
import { cutText, inJson, messageParts, type Message } from '../../messages/index.ts';
import { secretsOf } from '../secrets.ts';
import { isPushService } from './push-services.ts';
import { markUsed, receiptToken, removeSubscription, type Subscription, subscriptionsOf, type VapidKeys, vapidKeys } from './push-store.ts';

export interface PushSettings {
  /** Other push services than those of the browsers: `https://push.example.org`. */
  readonly services: readonly string[];
}

export interface PushDeps extends HttpDeps {
  readonly sql: Sql;
  /** Where the UI is, without a slash at the end: how push services reach whoever runs nines. */
  readonly url: string;
}

/** Push services take 4,096 bytes, encrypted (RFC 8030, 7.2): of 3,993 before that, the title has 600 at most, and links, tag and receipt the rest. */
const MAX_TITLE = 200;
const MAX_BODY = 2_000;
/** A page that is hours old is no news. Seconds. */
const TTL = { urgent: 3_600, ordinary: 86_400 };

/** Keys that someone will mend; and how Windows says 'too many' (https://github.com/MicrosoftDocs/windows-dev-docs/issues/4166). */
const LATER = [401, 403, 406];
/** An ntfy that was not asked by a phone for long takes nothing for it; for others it does. */
const OF_ONE_DEVICE = 507;

/**
 * Notifies every browser and phone that the person has subscribed (Web Push, RFC 8030, with RFC 8291 and 8292): the
 * subject, and a button that acknowledges. One that is gone is forgotten; one of them that has it is enough.
 */
export function createPushChannel(settings: PushSettings, deps: PushDeps): Channel {
  const { sql } = deps;
  const devicesOf = async ({ person, address }: Message): Promise<Subscription[]> => {
    const all = await subscriptionsOf(sql, person ?? '');
    const chosen = address === 'all' ? all : all.filter(({ label }) => label === address);
    return chosen.filter(({ endpoint }) => isPushService(endpoint, settings.services));
  };
  return {
    name: 'push',
    peer: () => 'Web Push',
    // Whose devices have different services can be reached while one of them works.
    async peerOf(message) {
      const services = new Set((await devicesOf(message)).map(({ endpoint }) => new URL(endpoint).host));
      return services.size === 0 ? 'Web Push' : [...services].sort().join(', ').slice(0, 200);
    },
    async send(message, signal) {
      const allowed = await devicesOf(message);
      if (allowed.length === 0) return { kind: 'refused', error: noDevice(message.person ?? '', message.address) };
      const keys = await vapidKeys(sql);
      const outcomes = await Promise.all(allowed.map((device) => sendTo(deps, { device, keys, message, signal })));
      return bestOf(outcomes);
    },
  };
}

const noDevice = (person: string, address: string): string =>
  address === 'all'
    ? `${person} has subscribed no browser or phone: open nines there, and turn notifications on under Settings.`
    : `${person} has subscribed no browser or phone named '${address}'.`;

interface Sending {
  readonly device: Subscription;
  readonly keys: VapidKeys;
  readonly message: Message;
  readonly signal: AbortSignal;
}

async function sendTo({ sql, url, clock, timeoutMs = PROVIDER_TIMEOUT_MS }: PushDeps, { device, keys, message, signal }: Sending): Promise<Outcome> {
  const { id, person, endpoint, p256dh, auth, label } = device;
  const urgent = message.priority <= 1;
  try {
    const details = webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, JSON.stringify(pushContent(message, keys)), {
      vapidDetails: { subject: url.startsWith('https:') ? url : 'mailto:nines@localhost', ...keys },
      TTL: urgent ? TTL.urgent : TTL.ordinary,
      urgency: urgent ? 'high' : 'normal',
      contentEncoding: 'aes128gcm',
    });
    const asked = { url: endpoint, headers: withText(details.headers), body: new Uint8Array(details.body ?? []), maxBytes: 1_024 };
    const answer = await askProvider(asked, { clock, timeoutMs, signal, secrets: secretsOf({ ...message, address: endpoint }, lastPart(endpoint)) });
    if ('status' in answer && (answer.status === 404 || answer.status === 410)) {
      await removeSubscription(sql, person, id);
      return { kind: 'refused', error: `${label} has unsubscribed (${answer.said})` };
    }
    const outcome = judgeAnswer(answer, LATER);
    if (outcome.kind === 'accepted') await markUsed(sql, id, clock.now());
    // What some say besides is the message as it was sent.
    if (outcome.kind === 'accepted') return { kind: 'accepted', answer: `${label}: ${outcome.answer.split(':', 1)[0]}` };
    const ofOne = 'status' in answer && answer.status === OF_ONE_DEVICE;
    return { ...outcome, error: `${label}: ${outcome.error}`, ...(ofOne && { channelDown: false }) };
  } catch (error) {
    // The keys that the browser gave are none.
    return { kind: 'refused', error: `${label}: ${error instanceof Error ? error.message : String(error)}` };
  }
} // prettier-ignore

/** Whoever has the address may send: also where what makes it secret is short (UnifiedPush). */
const lastPart = (endpoint: string): string => new URL(endpoint).pathname.split('/').at(-1)!;

/** Taken by one is taken; while one may take it later, it is tried again. */
function bestOf(outcomes: readonly Outcome[]): Outcome {
  const accepted = outcomes.filter((one) => one.kind === 'accepted');
  if (accepted.length > 0) return { kind: 'accepted', answer: accepted.map(({ answer }) => answer).join('; ').slice(0, 500) }; // prettier-ignore
  return outcomes.find(({ kind }) => kind === 'failed') ?? outcomes[0]!;
}

/** What the service worker shows. */
function pushContent(message: Message, keys: VapidKeys): Record<string, unknown> {
  const { title, body, links } = messageParts(message);
  // A tap opens the page, which stands last.
  const page = links.findLast(({ url }) => url !== message.action?.url)?.url;
  return {
    title: cutText(cutText(title, MAX_TITLE), 3 * MAX_TITLE, inJson),
    body: cutText(body, MAX_BODY, inJson),
    tag: (message.replaces ?? message.key).slice(0, 200),
    urgent: message.priority === 0,
    ...(message.action && { acknowledge: message.action.url }),
    ...(page !== undefined && { url: page }),
    ...(message.delivery !== undefined && { receipt: receiptToken(keys, message.delivery) }),
  };
}

/** Some of them are numbers. */
const withText = (headers: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `${value as string | number}`]));
