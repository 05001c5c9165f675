import { askProvider, jsonOf, PROVIDER_TIMEOUT_MS } from '../../../delivery/index.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { ChatAnswer, Picture } from '../../answer.ts';

export interface TelegramApiSettings {
  readonly token: string;
  /** Of the Bot API, without a slash at the end. */
  readonly url: string;
}

/** What is asked of Telegram's Bot API. */
export interface TelegramApi {
  /** The result; throws with what Telegram said. */
  call(method: string, body: unknown, options?: { timeoutMs?: number; signal?: AbortSignal }): Promise<unknown>;
  say(chat: number, answer: ChatAnswer, to?: number): Promise<void>;
}

/** https://core.telegram.org/bots/api#sendmessage */
const MAX_TEXT = 4_096;
const MAX_CAPTION = 1_024;
/** In bytes. */
const MAX_DATA = 64;

export function createTelegramApi({ token, url }: TelegramApiSettings, clock: Clock): TelegramApi {
  const call: TelegramApi['call'] = async (
    method,
    body,
    { timeoutMs = PROVIDER_TIMEOUT_MS, signal = new AbortController().signal } = {},
  ) => {
    const headers = { 'content-type': 'application/json' };
    const asked = { url: `${url}/bot${token}/${method}`, headers, body: JSON.stringify(body), maxBytes: 4 * 1024 * 1024 };
    const answer = await askProvider(asked, { clock, timeoutMs, signal });
    if ('kind' in answer) throw new Error(answer.error);
    const { ok, result, description } = jsonOf(answer.text);
    if (ok !== true) throw new Error(typeof description === 'string' ? description : answer.said);
    return result;
  };
  const photo = async (chat: number, picture: Picture): Promise<void> => {
    const form = new FormData();
    form.set('chat_id', String(chat));
    form.set('caption', `${picture.title}\n${picture.page}`.slice(0, MAX_CAPTION));
    form.set('photo', new Blob([new Uint8Array(await picture.png())], { type: 'image/png' }), 'graph.png');
    const response = await fetch(`${url}/bot${token}/sendPhoto`, { method: 'POST', body: form, redirect: 'manual', signal: AbortSignal.timeout(20_000) });
    if (!response.ok) throw new Error(`sendPhoto: ${response.status} ${(await response.text()).slice(0, 300)}`);
  }; // prettier-ignore
  return {
    call,
    async say(chat, { text, buttons, pictures }, to) {
      const pressed = buttons.filter(({ command }) => Buffer.byteLength(command) <= MAX_DATA);
      const keyboard = pressed.map(({ label, command }) => [{ text: label, callback_data: command }]);
      await call('sendMessage', {
        chat_id: chat,
        text: text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1)}…`,
        link_preview_options: { is_disabled: true },
        ...(to !== undefined && { reply_parameters: { message_id: to, allow_sending_without_reply: true } }),
        ...(keyboard.length > 0 && { reply_markup: { inline_keyboard: keyboard } }),
      });
      for (const picture of pictures) await photo(chat, picture);
    },
  };
}
