import { answerBelow } from '../../language/answer-below.ts';
import type { WayDeps } from '../way.ts';
import type { TelegramApi } from './telegram-api.ts';

/** https://core.telegram.org/bots/api#update, as far as it is looked at. */
interface User {
  readonly id: number;
  readonly is_bot?: boolean;
  readonly username?: string;
  readonly first_name?: string;
}
interface Message {
  readonly message_id: number;
  readonly from?: User;
  readonly chat: { readonly id: number; readonly type: string };
  readonly text?: string;
  readonly reply_to_message?: { readonly message_id?: unknown };
}
export interface Update {
  readonly update_id: number;
  readonly message?: Message;
  readonly callback_query?: { readonly id: string; readonly from: User; readonly data?: string; readonly message?: Message };
}

const speakerOf = ({ id, username, first_name: first }: User) => ({
  chat: 'telegram' as const,
  id: String(id),
  name: username ?? first ?? '',
});

/** Does what an update says, once. In groups only what is meant for a bot is read: `/ack`, `/ack@bot`, `@bot ack`. */
export async function hearUpdate(api: TelegramApi, { desk, heard, pageAt }: WayDeps, update: Update): Promise<void> {
  const { update_id: id, message, callback_query: pressed } = update;
  if (!Number.isSafeInteger(id)) return;
  if (typeof pressed?.data === 'string' && Number.isSafeInteger(pressed.from?.id)) {
    await heard.once('telegram', `pressed ${pressed.id}`, async () => {
      const answer = await desk.hear(speakerOf(pressed.from), { text: pressed.data! });
      // The toast above the chat is seen by whoever pressed alone, and has 200 characters.
      await api.call('answerCallbackQuery', { callback_query_id: pressed.id, text: answer.text.slice(0, 200), show_alert: answer.quiet });
      const chat = pressed.message?.chat.id;
      if (!answer.quiet && chat !== undefined) await api.say(chat, answer, pressed.message?.message_id);
    });
  }
  const text = message?.text;
  if (message?.from === undefined || message.from.is_bot || typeof text !== 'string' || !Number.isSafeInteger(message.chat?.id)) return;
  const { from, chat, message_id: to } = message;
  const answered = message.reply_to_message?.message_id;
  const about = Number.isSafeInteger(answered) ? await pageAt('telegram', `${chat.id}:${answered as number}`) : undefined;
  // Below a page's message nobody has to call the bot.
  const meant = chat.type === 'private' ? text : (meantForBot(text) ?? (about === undefined ? undefined : answerBelow(text)));
  if (meant === undefined) return;
  await heard.once('telegram', `said ${id}`, async () => {
    const answer = await desk.hear(speakerOf(from), { text: meant.replace(/^\/start\b/, 'help'), about: about ?? null });
    await api.say(chat.id, answer, chat.type === 'private' ? undefined : to);
  });
}

function meantForBot(text: string): string | undefined {
  if (text.startsWith('/')) return text.replace(/^(\/\w{1,32})@\w{1,64}/, '$1');
  const match = /^@\w{1,64}bot\b[,:]?\s*/i.exec(text);
  return match === null ? undefined : text.slice(match[0].length);
}
