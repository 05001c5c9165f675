import { confirmedHook, type HttpDeps, NO_URL, parseUrl, postJson, PROVIDER_TIMEOUT_MS } from '../ask-provider.ts';
import { answerButtons, signCommand } from '../../answers/index.ts';
import type { Channel } from '../channel.ts';
import { entityMarkdown, markdownText, messageParts, type Message } from '../../messages/index.ts';
import { secretsOf } from '../secrets.ts';

/** https://developers.mattermost.com/integrate/webhooks/incoming/ */
const MAX_TEXT = 16_383;

/** Where pressed buttons come back to: nines' own address for them, and a token that its buttons are signed with. */
export interface MattermostButtons {
  readonly url: string;
  readonly token: string;
}

/** Posts to an incoming webhook of Mattermost. */
export function createMattermostChannel({ clock, timeoutMs = PROVIDER_TIMEOUT_MS }: HttpDeps, buttons?: MattermostButtons): Channel {
  return {
    name: 'mattermost',
    manyPeers: true,
    peer: (address) => parseUrl(address)?.host ?? address,
    async send(message, signal) {
      const url = parseUrl(message.address);
      if (!url) return { kind: 'refused', error: NO_URL };
      const urgent = message.priority === 0 ? { priority: { priority: 'urgent' } } : {};
      const text = markdownText(messageParts(message), { limit: MAX_TEXT, escape: withoutMentions, title: (title) => `#### ${title}` });
      const content = { text, props: { disable_mentions: true }, ...urgent, ...attachments(message, buttons) };
      return confirmedHook(await postJson(url, content, { clock, timeoutMs, signal, secrets: secretsOf(message) }));
    },
  };
}

/** `@all` in what an alert says calls nobody: a space without width stands behind the sign. */
const withoutMentions = (text: string): string => entityMarkdown(text).replaceAll('@', '@\u200b');

/** https://developers.mattermost.com/integrate/plugins/interactive-messages/ */
function attachments(message: Message, buttons: MattermostButtons | undefined): Record<string, unknown> {
  const answers = buttons === undefined ? [] : answerButtons(message);
  if (buttons === undefined || answers.length === 0) return {};
  const actions = answers.map(({ label, command }, i) => ({
    id: `answer${i}`,
    name: label,
    type: 'button',
    integration: { url: buttons.url, context: { command, signature: signCommand(command, buttons.token) } },
  }));
  return { attachments: [{ fallback: '', actions }] };
}
