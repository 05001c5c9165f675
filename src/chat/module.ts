import type { MailAnswers } from '../alerting/index.ts';
import { type DeliveryModule, NO_PROVIDERS, type ProviderSettings } from '../delivery/index.ts';
import type { Health } from '../platform/health.ts';
import type { Route } from '../platform/http/index.ts';
import type { ChatSettings } from './chat-settings.ts';
import { createChatDesk, type DeskDeps } from './desk.ts';
import { createDailyReports, type DailyDeps } from './daily/daily-reports.ts';
import { chatsRoute } from './describe-chats.ts';
import { chatRoutes } from './routes.ts';
import { wayLoops, wayRoutes } from './ways/create-ways.ts';
import { answerMails } from './ways/email/answer-mails.ts';
import { createMailAnswers } from './ways/email/mail-answers.ts';
import { createHeard } from './ways/heard.ts';
import { createLoops, type Loop } from './ways/loops.ts';
import { createTelegramApi } from './ways/telegram/telegram-api.ts';
import { createLater, type WayDeps } from './ways/way.ts';

export interface ChatDeps extends Omit<DeskDeps, 'rules'>, Omit<DailyDeps, keyof DeskDeps | 'delivery'> {
  readonly delivery: Pick<DeliveryModule, 'send' | 'answerAt' | 'pageAt'>;
  readonly health: Health;
  readonly settings: ChatSettings;
  readonly providers?: ProviderSettings;
}

export interface Chat {
  readonly routes: readonly Route[];
  /** Answers to pages that come by mail. */
  readonly mailAnswers: MailAnswers;
  start(): Promise<void>;
  /** Ends the ways that are kept open, and waits for what goes on after a request was answered. */
  stop(): Promise<void>;
}

/** Commands in every chat, and what they answer. */
export function createChat(given: ChatDeps): Chat {
  const { settings, providers = NO_PROVIDERS, clock, log } = given;
  const { people, strangers } = settings;
  const deps: DeskDeps = { ...given, rules: { people, strangers } };
  const desk = createChatDesk(deps);
  const { later, idle } = createLater(given);
  const ways: WayDeps = { clock, log, desk, heard: createHeard(given), pageAt: given.delivery.pageAt, later };
  const telegram = providers.telegram === undefined ? undefined : createTelegramApi(providers.telegram, clock);
  const daily = createDailyReports(given);
  const mailDeps = { ...ways, sql: given.sql, catalog: given.catalog, delivery: given.delivery };
  const { mailFolder, mailAddress } = settings;
  const mailLoop: Loop[] =
    mailFolder === undefined ? [] : [{ name: 'mail', run: (signal, trouble) => answerMails(mailFolder, mailDeps, signal, trouble) }];
  const loops = createLoops([...wayLoops(providers, ways, given.sql, telegram), ...mailLoop], given);
  return {
    mailAnswers: createMailAnswers({ ...mailDeps, signed: mailAddress !== undefined }),
    routes: [
      ...chatRoutes(deps, desk),
      chatsRoute({ providers, settings, url: given.url }, () => given.catalog.current()),
      ...daily.routes,
      ...wayRoutes(providers, ways, deps.url, telegram),
    ],
    async start() {
      daily.start();
      await loops.start();
    },
    async stop() {
      await loops.stop();
      await idle();
    },
  };
}
