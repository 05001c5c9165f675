import { confirmedHook, type HttpDeps, NO_URL, parseUrl, postJson, PROVIDER_TIMEOUT_MS } from '../ask-provider.ts';
import type { Channel } from '../channel.ts';
import { escapedMarkdown, cutText, inBytes, messageParts, type Message, type Measure } from '../../messages/index.ts';
import { secretsOf } from '../secrets.ts';

/** A message may have 28 KB; JSON escapes and the card itself need some of it. */
const MAX_BODY = 20_000;
const MAX_TITLE = 500;
const MOST_ACTIONS = 4;
const MOST_BLOCKS = 30;

/**
 * Posts an Adaptive Card to a workflow of Microsoft Teams ("when a Teams webhook request is received"):
 * https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
 */
export function createTeamsChannel({ clock, timeoutMs = PROVIDER_TIMEOUT_MS }: HttpDeps): Channel {
  return {
    name: 'teams',
    manyPeers: true,
    peer: (address) => parseUrl(address)?.host ?? address,
    async send(message, signal) {
      const url = parseUrl(message.address);
      if (!url) return { kind: 'refused', error: NO_URL };
      return confirmedHook(await postJson(url, teamsContent(message), { clock, timeoutMs, signal, secrets: secretsOf(message) }));
    },
  };
}

function teamsContent(message: Message): Record<string, unknown> {
  const { title, body, links } = messageParts(message);
  const all = cutText(body, MAX_BODY, jsonSize).split(/\n{2,}/).filter((one) => one !== ''); // prettier-ignore
  // A block of its own for each costs as much as its text.
  const paragraphs = all.length <= MOST_BLOCKS ? all : [...all.slice(0, MOST_BLOCKS - 1), all.slice(MOST_BLOCKS - 1).join('\n')];
  const card = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    fallbackText: cutText(title, MAX_TITLE),
    msteams: { width: 'Full' },
    body: [
      { type: 'TextBlock', text: escapedMarkdown(cutText(title, MAX_TITLE)), size: 'Large', weight: 'Bolder', wrap: true },
      // A single line break is none in a card's Markdown.
      ...paragraphs.map((one) => ({ type: 'TextBlock', text: one.split('\n').map(cardLine).join('\n\n'), wrap: true })),
    ],
    actions: links.slice(0, MOST_ACTIONS).map(({ label, url }) => ({ type: 'Action.OpenUrl', title: label, url })),
  };
  return { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: card }] };
}

function cardLine(line: string): string {
  const [, label, url] = /^([A-Z][\w ]{0,30}): (https?:\/\/[^\s()<>\\]{1,2000})$/.exec(line) ?? [];
  return label === undefined || url === undefined ? escapedMarkdown(line) : `[${label}](${url})`;
}

/** Bytes in JSON, the escape of Markdown (a backslash, itself escaped) included. */
const jsonSize: Measure = (character) => (character === '\n' ? 4 : inBytes(escapedMarkdown(character)) * (/[\w ]/.test(character) ? 1 : 2));
