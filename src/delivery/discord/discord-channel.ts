import { confirmed, type HttpDeps, jsonOf, judgeAnswer, parseUrl, postJson, PROVIDER_TIMEOUT_MS } from '../ask-provider.ts';
import type { Channel } from '../channel.ts';
import { escapedMarkdown, markdownText } from '../markdown.ts';
import { messageParts } from '../message-parts.ts';
import { nativeOf } from '../native.ts';

/** https://discord.com/developers/docs/resources/webhook#execute-webhook */
const MAX_CONTENT = 2_000;

/** Posts to a webhook of Discord, and waits until the message is there (`wait`). Nobody is mentioned, whatever the text holds. */
export function createDiscordChannel({ clock, timeoutMs = PROVIDER_TIMEOUT_MS }: HttpDeps): Channel {
  return {
    name: 'discord',
    manyPeers: true,
    peer: (address) => parseUrl(address)?.host ?? address,
    async send(message, signal) {
      const url = parseUrl(message.address);
      if (!url) return { kind: 'refused', error: `${message.address} is no http or https address without a password in it` };
      url.searchParams.set('wait', 'true');
      // In angle brackets a link shows no preview.
      const link = (label: string, target: string): string => `[${label}](<${target}>)`;
      const content = markdownText(messageParts(message), {
        limit: MAX_CONTENT,
        escape: escapedMarkdown,
        title: (title) => `**${title}**`,
        link,
      });
      const answer = await postJson(
        url,
        { ...(nativeOf(message) ?? { content }), allowed_mentions: { parse: [] } },
        { clock, timeoutMs, signal },
      );
      const outcome = confirmed(answer, judgeAnswer(answer), ({ id }) => (typeof id === 'string' ? `message ${id}` : undefined));
      if (outcome.kind !== 'failed' || 'kind' in answer) return outcome;
      // In seconds, with fractions, in the body: more exact than the header.
      const { retry_after: seconds } = jsonOf(answer.text);
      return typeof seconds === 'number' && seconds >= 0 ? { ...outcome, retryAfterMs: Math.ceil(seconds * 1000) } : outcome;
    },
  };
}
