import { type AddressBook, withBook } from './address-book.ts';
import { type Channel, withAlternates } from './channel.ts';
import type { Sql } from '../../platform/sql/index.ts';
import type { HttpDeps } from './ask-provider.ts';
import { createCommandChannel } from './command/command-channel.ts';
import { createDiscordChannel } from './discord/discord-channel.ts';
import { BESIDE, createEmailChannel, type SmtpSettings } from './email/email-channel.ts';
import { createIrcChannel } from './irc/irc-channel.ts';
import { createMattermostChannel } from './mattermost/mattermost-channel.ts';
import { createMatrixChannel } from './matrix/matrix-channel.ts';
import { createNtfyChannel } from './ntfy/ntfy-channel.ts';
import { createOpsgenieChannel } from './opsgenie/opsgenie-channel.ts';
import { createPagerDutyChannel } from './pagerduty/pagerduty-channel.ts';
import { NO_PROVIDERS, type ProviderSettings } from './provider-settings.ts';
import { createPushoverChannel } from './pushover/pushover-channel.ts';
import { createPushChannel } from './push/push-channel.ts';
import { createSlackChannel } from './slack/slack-channel.ts';
import { createTeamsChannel } from './teams/teams-channel.ts';
import { createTelegramChannel } from './telegram/telegram-channel.ts';
import { createSmsChannel, createVoiceChannel } from './twilio/twilio-channel.ts';
import { createVictorOpsChannel } from './victorops/victorops-channel.ts';
import { createWebexChannel } from './webex/webex-channel.ts';
import { createWebhookChannel, type WebhookSettings } from './webhook/webhook-channel.ts';

export interface ChannelSettings {
  /** Null: e-mails wait, and `delivery.email` says what to set. */
  readonly smtp: SmtpSettings | readonly SmtpSettings[] | null;
  readonly webhook: WebhookSettings;
  readonly providers?: ProviderSettings;
  /** Where people, and chats' servers, reach nines; without a slash at the end. */
  readonly url?: string;
  /** What names stand for. */
  readonly book?: AddressBook;
}

export interface ChannelDeps extends HttpDeps {
  readonly sql: Sql;
  /** Where the UI is, without a slash at the end. */
  readonly url: string;
}

/** Whether a provider out there can reach it: https, and a name that is not of this machine or network. */
const isPublic = (url: string): boolean =>
  /^https:\/\/[\w.-]+\.[a-z]{2,}(:\d+)?(\/|$)/i.test(url) && !/\.(local|localhost|internal|lan|home|test|invalid)(:\d+)?(\/|$)/i.test(url);

/** The channel of each of several providers, tried in order. */
function eachWay<T extends object>(
  given: T | readonly T[] | null | undefined,
  create: (settings: T | null, alone: boolean) => Channel,
): Channel {
  const all: readonly (T | null)[] = Array.isArray(given) ? (given as readonly T[]) : [(given ?? null) as T | null];
  const [first = create(null, true), ...others] = all.map((one) => create(one, all.length === 1));
  return withAlternates([first, ...others]);
}

/** Every way to send. A channel without settings is there too: its messages wait, and are told what to set. */
export function createChannels({ smtp, webhook, providers = NO_PROVIDERS, url, book }: ChannelSettings, deps: ChannelDeps): Channel[] {
  const [token] = providers.mattermost?.tokens ?? [];
  const buttons = url === undefined || token === undefined ? undefined : { url: `${url}/nines/v1/chat/mattermost`, token };
  const calledBack = (one: { callbacks?: boolean | undefined } | null): ChannelDeps & { callbacks?: string } =>
    (one?.callbacks ?? isPublic(deps.url)) ? { ...deps, callbacks: `${deps.url}/nines/v1/twilio` } : deps;
  const channels = [
    eachWay(smtp, (one, alone) => createEmailChannel(one, alone ? deps : { ...deps, timeouts: BESIDE })),
    createWebhookChannel(webhook, deps),
    createNtfyChannel(providers.ntfy, deps),
    createSlackChannel(providers.slack, deps),
    createMattermostChannel(deps, buttons),
    createTeamsChannel(deps),
    createDiscordChannel(providers.discord, deps),
    createTelegramChannel(providers.telegram, deps),
    createMatrixChannel(providers.matrix, deps),
    createIrcChannel(providers.irc),
    createCommandChannel(providers.command),
    createPagerDutyChannel(providers.pagerduty, deps),
    createOpsgenieChannel(providers.opsgenie, deps),
    createVictorOpsChannel(providers.victorops, deps),
    createPushoverChannel(providers.pushover, deps),
    createWebexChannel(providers.webex, deps),
    eachWay(providers.twilio, (one) => createSmsChannel(one ?? undefined, calledBack(one))),
    eachWay(providers.twilio, (one) => createVoiceChannel(one ?? undefined, calledBack(one))),
    createPushChannel(providers.push, deps),
  ];
  return book === undefined ? channels : channels.map((channel) => withBook(channel, book));
}
