import { createHash } from 'node:crypto';
import { answerButtons } from '../../answers/index.ts';
import {
  type Answer,
  type Asking,
  confirmed,
  type HttpDeps,
  jsonOf,
  judgeAnswer,
  NO_URL,
  parseUrl,
  postJson,
  PROVIDER_TIMEOUT_MS,
} from '../ask-provider.ts';
import type { Channel, Outcome } from '../channel.ts';
import { escapedMarkdown, markdownText, messageParts, nativeOf, type Message } from '../../messages/index.ts';
import { secretsOf } from '../secrets.ts';

export interface DiscordSettings {
  /** Of the bot; its buttons come back to nines. */
  readonly token?: string | undefined;
  /** The API, without a slash at the end. */
  readonly url: string;
}

const UNSET =
  "No Discord bot is set, so messages to channels by their id wait. Set discord.token in nines.yaml, or give a webhook's address.";
/** https://discord.com/developers/docs/resources/webhook#execute-webhook and /resources/message#create-message */
const MAX_CONTENT = 2_000;
const MAX_NONCE = 25;

/**
 * Posts to a webhook of Discord where the address is one, and waits until the message is there; else to a channel as a bot, whose
 * messages carry buttons. Nobody is mentioned, whatever the text holds.
 */
export function createDiscordChannel(settings: DiscordSettings | undefined, { clock, timeoutMs = PROVIDER_TIMEOUT_MS }: HttpDeps): Channel {
  return {
    name: 'discord',
    manyPeers: true,
    peer: (address) => parseUrl(address)?.host ?? (settings && parseUrl(settings.url)?.host) ?? 'Discord',
    async send(message, signal) {
      const asking = { clock, timeoutMs, signal, secrets: secretsOf(message, settings?.token) };
      const hook = parseUrl(message.address);
      if (hook) {
        hook.searchParams.set('wait', 'true');
        return judge(await postJson(hook, discordContent(message), asking));
      }
      if (!/^\d{1,25}$/.test(message.address)) return { kind: 'refused', error: `${NO_URL}, and no channel's id` };
      return settings?.token === undefined ? { kind: 'unconfigured', error: UNSET } : asBot(settings.url, settings.token, message, asking);
    },
  };
}

/** A second copy within minutes, after a crash, is known as one by its nonce. */
async function asBot(url: string, token: string, message: Message, asking: Asking): Promise<Outcome> {
  const nonce = createHash('sha256').update(message.key).digest('hex').slice(0, MAX_NONCE);
  const content = { ...discordContent(message), ...components(message), nonce, enforce_nonce: true };
  const headers = { authorization: `Bot ${token}` };
  return judge(await postJson(`${url}/channels/${message.address}/messages`, content, asking, headers), [401]);
}

function judge(answer: Answer | Extract<Outcome, { kind: 'failed' }>, ours: readonly number[] = []): Outcome {
  const outcome = confirmed(answer, judgeAnswer(answer, ours), ({ id }) =>
    typeof id === 'string' ? { answer: `message ${id}`, ref: id } : undefined,
  );
  if (outcome.kind !== 'failed' || 'kind' in answer) return outcome;
  // In seconds, with fractions, in the body: more exact than the header.
  const { retry_after: seconds } = jsonOf(answer.text);
  return typeof seconds === 'number' && seconds >= 0 ? { ...outcome, retryAfterMs: Math.ceil(seconds * 1000) } : outcome;
}

function discordContent(message: Message): Record<string, unknown> {
  // In angle brackets a link shows no preview.
  const link = (label: string, target: string): string => `[${label}](<${target}>)`;
  const title = (text: string): string => `**${text}**`;
  const content = markdownText(messageParts(message), { limit: MAX_CONTENT, escape: escapedMarkdown, title, link });
  return { ...(nativeOf(message) ?? { content }), allowed_mentions: { parse: [] } };
}

/** https://discord.com/developers/docs/components/reference#button: five in a row, of which Acknowledge stands out. */
function components(message: Message): Record<string, unknown> {
  const buttons = answerButtons(message).map(({ label, command }, i) => ({ type: 2, style: i === 0 ? 1 : 2, label, custom_id: command }));
  return buttons.length === 0 ? {} : { components: [{ type: 1, components: buttons }] };
}
