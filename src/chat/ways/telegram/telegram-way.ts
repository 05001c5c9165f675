import { type Route, route } from '../../../platform/http/index.ts';
import { headerOf, notFromChat, objectIn, same, type WayDeps, WAY_BODY_LIMIT } from '../way.ts';
import { hearUpdate, type Update } from './hear-update.ts';
import type { TelegramApi } from './telegram-api.ts';

/** https://core.telegram.org/bots/api#setwebhook: the secret_token comes with every update. */
export function telegramWay(secret: string, api: TelegramApi, deps: WayDeps): Route {
  return route({
    method: 'POST',
    path: '/nines/v1/chat/telegram',
    access: 'public',
    summary: "Telegram's updates: messages to the bot and pressed buttons",
    bodyAs: 'raw',
    bodyLimit: WAY_BODY_LIMIT,
    handler({ headers, body }) {
      if (!same(headerOf(headers, 'x-telegram-bot-api-secret-token'), secret)) throw notFromChat('Telegram');
      const update = objectIn((body as Buffer).toString('utf8')) as unknown as Update;
      deps.later('telegram', () => hearUpdate(api, deps, update));
      return {};
    },
  });
}
