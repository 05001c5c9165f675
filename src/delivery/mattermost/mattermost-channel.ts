import { confirmedHook, type HttpDeps, parseUrl, postJson, PROVIDER_TIMEOUT_MS } from '../ask-provider.ts';
import type { Channel } from '../channel.ts';
import { entityMarkdown, markdownText } from '../markdown.ts';
import { messageParts } from '../message-parts.ts';

/** https://developers.mattermost.com/integrate/webhooks/incoming/ */
const MAX_TEXT = 16_383;

/** Posts to an incoming webhook of Mattermost. */
export function createMattermostChannel({ clock, timeoutMs = PROVIDER_TIMEOUT_MS }: HttpDeps): Channel {
  return {
    name: 'mattermost',
    manyPeers: true,
    peer: (address) => parseUrl(address)?.host ?? address,
    async send(message, signal) {
      const url = parseUrl(message.address);
      if (!url) return { kind: 'refused', error: `${message.address} is no http or https address without a password in it` };
      const urgent = message.priority === 0 ? { priority: { priority: 'urgent' } } : {};
      const text = markdownText(messageParts(message), { limit: MAX_TEXT, escape: withoutMentions, title: (title) => `#### ${title}` });
      const content = { text, props: { disable_mentions: true }, ...urgent };
      return confirmedHook(await postJson(url, content, { clock, timeoutMs, signal }));
    },
  };
}

/** `@all` in what an alert says calls nobody: a space without width stands behind the sign. */
const withoutMentions = (text: string): string => entityMarkdown(text).replaceAll('@', '@\u200b');
