import { z } from 'zod';
import { type DoubleReply, jsonIn, type ProviderDouble, startDouble } from '../provider-double.ts';

/** https://core.telegram.org/bots/api#sendmessage and #inlinekeyboardbutton */
const content = z.strictObject({
  chat_id: z.union([z.int(), z.string().regex(/^@\w{5,32}$/)]),
  text: z.string(),
  link_preview_options: z.strictObject({ is_disabled: z.boolean() }).optional(),
  disable_notification: z.boolean().optional(),
  reply_markup: z
    .strictObject({
      inline_keyboard: z
        .array(
          z
            .array(
              z.union([
                z.strictObject({ text: z.string().min(1), url: z.string() }),
                z.strictObject({ text: z.string().min(1), callback_data: z.string().min(1) }),
              ]),
            )
            .max(8),
        )
        .max(100),
    })
    .optional(),
});

const no = (code: number, description: string, parameters?: Record<string, unknown>): DoubleReply => ({ status: code, body: { ok: false, error_code: code, description, ...(parameters && { parameters }) } }); // prettier-ignore

/** A strict double of Telegram's Bot API with one bot, and one chat that it is in. */
export const startTelegramDouble = (): Promise<ProviderDouble> =>
  startDouble(
    () => ({ address: '-1001234567890', stranger: '99' }),
    (request, double) => {
      if (double.next === 'too many') return no(429, 'Too Many Requests: retry after 5', { retry_after: 5 });
      if (double.next === 'broken') return no(502, 'Bad Gateway');
      if (!/^\/bot\d+:[\w-]+\/sendMessage$/.test(request.path)) return no(404, 'Not Found');
      if (!request.path.startsWith('/bot123456:right/')) return no(401, 'Unauthorized');
      const parsed = content.safeParse(jsonIn(request));
      if (!parsed.success) return no(400, `Bad Request: can't parse: ${parsed.error.message}`);
      const { chat_id: chat, text, reply_markup: markup } = parsed.data;
      if (chat !== -1001234567890) return no(400, 'Bad Request: chat not found');
      if (text.trim() === '') return no(400, 'Bad Request: message text is empty');
      if (text.length > 4_096) return no(400, 'Bad Request: message is too long');
      const buttons = (markup?.inline_keyboard ?? []).flat();
      const links = buttons.flatMap((one) => ('url' in one ? [one.url] : []));
      const answers = buttons.flatMap((one) => ('callback_data' in one ? [one.callback_data] : []));
      if (answers.some((data) => Buffer.byteLength(data) > 64)) return no(400, 'Bad Request: BUTTON_DATA_INVALID');
      for (const url of links) {
        if (!/^https?:\/\/[^/]+\.[a-z]/i.test(url))
          return no(400, `Bad Request: inline keyboard button URL '${url}' is invalid: Wrong HTTP URL`);
      }
      double.shown.push({ to: String(chat), text, answers, links: [...links, ...(text.match(/https?:\/\/\S+/g) ?? [])] });
      return { status: 200, body: { ok: true, result: { message_id: 365, date: 1, chat: { id: chat, type: 'supergroup' }, text } } };
    },
  );
