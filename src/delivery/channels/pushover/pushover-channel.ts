import { confirmed, type HttpDeps, jsonOf, judgeAnswer, parseUrl, postJson, PROVIDER_TIMEOUT_MS } from '../ask-provider.ts';
import type { Channel, Outcome } from '../channel.ts';
import { cutText, inBytes, messageParts, plainText, nativeOf, type Message, type Measure } from '../../messages/index.ts';
import { secretsOf } from '../secrets.ts';

export interface PushoverSettings {
  readonly token?: string | undefined;
  /** Of the Message API, without a slash at the end. */
  readonly url: string;
}

const UNSET = 'No application of Pushover is set, so its messages wait. Set pushover.token in nines.yaml.';
/** https://pushover.net/api: limits count characters, a generous byte count is on the safe side. */
const LIMITS = { title: 250, message: 1_024, url: 512, urlTitle: 100 };
const inCharacters: Measure = () => 1;

/** Sends by Pushover's Message API to a user's or group's key, `KEY` or `KEY:device`. */
export function createPushoverChannel(settings: PushoverSettings, { clock, timeoutMs = PROVIDER_TIMEOUT_MS }: HttpDeps): Channel {
  return {
    name: 'pushover',
    peer: () => parseUrl(settings.url)?.host ?? 'Pushover',
    async send(message, signal): Promise<Outcome> {
      const token = message.credential ?? settings.token;
      if (token === undefined) return { kind: 'unconfigured', error: UNSET };
      const answer = await postJson(`${settings.url}/1/messages.json`, pushoverMessage(message, token), {
        clock,
        timeoutMs,
        signal,
        secrets: secretsOf(message, token),
      });
      const outcome = judgeAnswer(answer);
      if ('kind' in answer) return answer;
      const { status, request, token: wrong, errors } = jsonOf(answer.text);
      // A wrong token is a 400 as well: someone will mend it.
      if (outcome.kind === 'refused' && wrong === 'invalid') return { kind: 'failed', error: answer.said, channelDown: true };
      if (outcome.kind === 'refused' && Array.isArray(errors)) return { kind: 'refused', error: errors.join('; ').slice(0, 300) };
      return confirmed(answer, outcome, () => (status === 1 ? `request ${String(request)}` : undefined));
    },
  };
}

function pushoverMessage(message: Message, token: string): Record<string, unknown> {
  const parts = messageParts(message);
  const [first] = parts.links.filter(({ url }) => url.length <= LIMITS.url);
  const others = parts.links.filter((link) => link !== first);
  const [, user = message.address, device] = /^(\w+):(.+)$/.exec(message.address) ?? [];
  const text = plainText({ title: '', body: parts.body, links: others }, LIMITS.message, inCharacters);
  return {
    token,
    user,
    ...(device !== undefined && { device }),
    title: cutText(parts.title, LIMITS.title, inBytes),
    // Empty is refused.
    message: text === '' ? cutText(parts.title, LIMITS.message, inBytes) : text,
    // 1 is heard in quiet hours. 2 would repeat by itself until someone answers there, which nines would not hear of.
    priority: message.priority === 0 ? 1 : message.priority <= 2 ? 0 : -1,
    ...(first && { url: first.url, url_title: cutText(first.label, LIMITS.urlTitle) }),
    ...nativeOf(message),
  };
}
