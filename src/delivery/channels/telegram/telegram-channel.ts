import { confirmed, type HttpDeps, jsonOf, judgeAnswer, parseUrl, postJson, PROVIDER_TIMEOUT_MS } from '../ask-provider.ts';
import { answerButtons } from '../../answers/index.ts';
import type { Channel, Outcome } from '../channel.ts';
import { cutText, messageParts, plainText, nativeOf, type Message, type Link } from '../../messages/index.ts';
import { secretsOf } from '../secrets.ts';

export interface TelegramSettings {
  readonly token: string;
  /** Of the Bot API, without a slash at the end. */
  readonly url: string;
  /** Either: pressed buttons come back to nines. */
  readonly webhookSecret?: string | undefined;
  readonly poll?: boolean;
}

const UNSET = 'No Telegram bot is set, so its messages wait. Set telegram.token in nines.yaml: @BotFather gives one.';
const API = 'https://api.telegram.org';
/** https://core.telegram.org/bots/api#sendmessage */
const MAX_TEXT = 4_096;
const MAX_LABEL = 64;

/** Sends with a bot's sendMessage: plain text, so that nothing is taken for markup; links as buttons below. */
export function createTelegramChannel(
  settings: TelegramSettings | undefined,
  { clock, timeoutMs = PROVIDER_TIMEOUT_MS }: HttpDeps,
): Channel {
  const url = settings?.url ?? API;
  return {
    name: 'telegram',
    peer: () => parseUrl(url)?.host ?? 'Telegram',
    async send(message, signal): Promise<Outcome> {
      const token = message.credential ?? settings?.token;
      if (token === undefined) return { kind: 'unconfigured', error: UNSET };
      // Buttons of another bot than that of the settings come back to nobody.
      const interactive = token === settings?.token && (settings.webhookSecret !== undefined || settings.poll === true);
      const answer = await postJson(`${url}/bot${token}/sendMessage`, telegramContent(message, interactive), {
        clock,
        timeoutMs,
        signal,
        secrets: secretsOf(message, token),
      });
      // 401 and 404 are about the token: it is a part of the path.
      const outcome = judgeAnswer(answer, [401, 404]);
      if ('kind' in answer) return answer;
      const { ok, result, description, parameters } = jsonOf(answer.text) as Partial<TelegramAnswer>;
      if (outcome.kind === 'accepted')
        return confirmed(answer, outcome, () =>
          ok === true
            ? { answer: `message ${result?.message_id ?? ''}`, ref: `${result?.chat?.id ?? ''}:${result?.message_id ?? ''}` }
            : undefined,
        );
      const moved = parameters?.migrate_to_chat_id;
      const error = `${description ?? answer.said}${moved === undefined ? '' : `; the chat is now ${moved}`}`.slice(0, 300);
      if (outcome.kind !== 'failed') return { kind: 'refused', error };
      const seconds = parameters?.retry_after;
      return { ...outcome, error, ...(typeof seconds === 'number' && seconds >= 0 && { retryAfterMs: seconds * 1000 }) };
    },
  };
}

interface TelegramAnswer {
  readonly ok: boolean;
  readonly result: { readonly message_id?: number; readonly chat?: { readonly id?: number } };
  readonly description: string;
  readonly parameters: { readonly retry_after?: number; readonly migrate_to_chat_id?: number };
}

function telegramContent(message: Message, interactive: boolean): Record<string, unknown> {
  const parts = messageParts(message);
  const buttons = parts.links.filter(canBeButton);
  const answers = interactive ? answerButtons(message) : [];
  const rows = [
    // Acknowledge has a row of its own: a thumb in the dark finds it.
    ...[answers.slice(0, 1), answers.slice(1, 3), answers.slice(3)]
      .filter((row) => row.length > 0)
      .map((row) => row.map(({ label, command }) => ({ text: label, callback_data: command }))),
    ...buttons.map(({ label, url }) => [
      { text: cutText(answers.length > 0 && url === message.action?.url ? `${label} by link` : label, MAX_LABEL), url },
    ]),
  ];
  const text = plainText({ ...parts, links: parts.links.filter((link) => !canBeButton(link)) }, MAX_TEXT);
  return {
    chat_id: /^-?\d+$/.test(message.address) ? Number(message.address) : message.address,
    text,
    link_preview_options: { is_disabled: true },
    disable_notification: message.priority > 1,
    ...(rows.length > 0 && { reply_markup: { inline_keyboard: rows } }),
    ...nativeOf(message),
  };
}

/** Telegram refuses the whole message for a button to a host without a dot, such as localhost: such a link goes in the text. */
const canBeButton = ({ url }: Link): boolean => /\.[a-z\d-]*[a-z][a-z\d-]*$/i.test(parseUrl(url)?.hostname ?? '');
