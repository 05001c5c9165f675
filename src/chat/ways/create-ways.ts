import type { ProviderSettings } from '../../delivery/index.ts';
import type { Route } from '../../platform/http/index.ts';
import type { Sql } from '../../platform/sql/index.ts';
import { createCursor } from './cursor.ts';
import { discordWay } from './discord/discord-way.ts';
import { runIrc } from './irc/irc-way.ts';
import type { Loop } from './loops.ts';
import { runMatrix } from './matrix/matrix-way.ts';
import { mattermostWay } from './mattermost/mattermost-way.ts';
import { slackWay } from './slack/slack-way.ts';
import { teamsWay } from './teams/teams-way.ts';
import type { TelegramApi } from './telegram/telegram-api.ts';
import { hearUpdate, type Update } from './telegram/hear-update.ts';
import { pollTelegram } from './telegram/poll-telegram.ts';
import { telegramWay } from './telegram/telegram-way.ts';
import type { WayDeps } from './way.ts';

/** The ways in that chats call: a route for each that is set up. */
export function wayRoutes(providers: ProviderSettings, deps: WayDeps, url: string, telegramApi: TelegramApi | undefined): Route[] {
  const { slack, telegram, mattermost, discord, teams } = providers;
  return [
    ...(slack?.signingSecret === undefined ? [] : [slackWay({ ...slack, signingSecret: slack.signingSecret }, deps)]),
    ...(mattermost === undefined ? [] : [mattermostWay(mattermost, deps, url)]),
    ...(discord === undefined ? [] : [discordWay(discord, deps)]),
    ...(telegram?.webhookSecret === undefined || telegramApi === undefined ? [] : [telegramWay(telegram.webhookSecret, telegramApi, deps)]),
    ...(teams === undefined ? [] : [teamsWay(teams.secrets, deps)]),
  ];
}

/** The ways in that nines keeps open. */
export function wayLoops(providers: ProviderSettings, deps: WayDeps, sql: Sql, telegramApi: TelegramApi | undefined): Loop[] {
  const { telegram, irc, matrix } = providers;
  const loops: Loop[] = [];
  if (telegram?.poll === true && telegramApi !== undefined) {
    const hear = (update: Update): Promise<void> => hearUpdate(telegramApi, deps, update);
    loops.push({ name: 'telegram', run: (signal, trouble) => pollTelegram({ api: telegramApi, hear, trouble }, signal) });
  }
  if (irc?.commands !== undefined) {
    const settings = { ...irc, commands: irc.commands };
    loops.push({ name: 'irc', run: (signal, trouble) => runIrc(settings, deps, signal, trouble) });
  }
  if (matrix?.commands === true) {
    const cursor = createCursor(sql, 'matrix');
    loops.push({ name: 'matrix', run: (signal, trouble) => runMatrix(matrix, deps, cursor, signal, trouble) });
  }
  return loops;
}
