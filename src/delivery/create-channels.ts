import type { Channel } from './channel.ts';
import type { HttpDeps } from './ask-provider.ts';
import { createCommandChannel } from './command/command-channel.ts';
import { createDiscordChannel } from './discord/discord-channel.ts';
import { createEmailChannel, type SmtpSettings } from './email/email-channel.ts';
import { createIrcChannel } from './irc/irc-channel.ts';
import { createMattermostChannel } from './mattermost/mattermost-channel.ts';
import { createMatrixChannel } from './matrix/matrix-channel.ts';
import { createNtfyChannel } from './ntfy/ntfy-channel.ts';
import { createOpsgenieChannel } from './opsgenie/opsgenie-channel.ts';
import { createPagerDutyChannel } from './pagerduty/pagerduty-channel.ts';
import { NO_PROVIDERS, type ProviderSettings } from './provider-settings.ts';
import { createSlackChannel } from './slack/slack-channel.ts';
import { createTeamsChannel } from './teams/teams-channel.ts';
import { createTelegramChannel } from './telegram/telegram-channel.ts';
import { createSmsChannel, createVoiceChannel } from './twilio/twilio-channel.ts';
import { createWebhookChannel, type WebhookSettings } from './webhook/webhook-channel.ts';

export interface ChannelSettings {
  /** Null: e-mails wait, and `delivery.email` says what to set. */
  readonly smtp: SmtpSettings | null;
  readonly webhook: WebhookSettings;
  readonly providers?: ProviderSettings;
}

/** Every way to send. A channel without settings is there too: its messages wait, and are told what to set. */
export function createChannels({ smtp, webhook, providers = NO_PROVIDERS }: ChannelSettings, deps: HttpDeps): Channel[] {
  return [
    createEmailChannel(smtp, deps),
    createWebhookChannel(webhook, deps),
    createNtfyChannel(providers.ntfy, deps),
    createSlackChannel(providers.slack, deps),
    createMattermostChannel(deps),
    createTeamsChannel(deps),
    createDiscordChannel(deps),
    createTelegramChannel(providers.telegram, deps),
    createMatrixChannel(providers.matrix, deps),
    createIrcChannel(providers.irc),
    createCommandChannel(providers.command),
    createPagerDutyChannel(providers.pagerduty, deps),
    createOpsgenieChannel(providers.opsgenie, deps),
    createSmsChannel(providers.twilio, deps),
    createVoiceChannel(providers.twilio, deps),
  ];
}
