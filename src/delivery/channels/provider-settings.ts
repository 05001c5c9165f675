import { z } from 'zod';

/** An address without a slash at its end; of the provider itself, unless a compatible service or a test stands in. */
const base = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));
const secret = z.string().min(1).max(4_000);
const oneLine = z.string().regex(/^[^\r\n\0]{1,300}$/, 'one line');

const twilio = z.strictObject({
  accountSid: oneLine.describe('the account'),
  authToken: oneLine,
  from: oneLine.describe("a number of the account's, such as '+15005550006'"),
  url: base.default('https://api.twilio.com').describe('the REST API, or one that is compatible'),
  callbacks: z
    .boolean()
    .optional()
    .describe(
      'whether Twilio can reach nines at its `url`, to say what became of a message and which key was pressed; where it is https and a public name, if not said',
    ),
});

/** Settings in `nines.yaml` of the providers that messages leave by. What isn't set sends nothing, and says so. */
export const providerSettings = {
  ntfy: z
    .strictObject({
      server: base.default('https://ntfy.sh').describe('the ntfy server'),
      token: secret.optional().describe('an access token, where the topics are protected'),
    })
    .optional()
    .describe('pushes by ntfy; `{}` for ntfy.sh'),
  slack: z
    .strictObject({
      token: secret.describe("a bot's token (`xoxb-…`) with the scope chat:write; incoming webhooks need none"),
      url: base.default('https://slack.com/api').describe('the Web API'),
      signingSecret: secret.optional().describe("the app's signing secret: takes commands and pressed buttons at `/nines/v1/chat/slack`"),
    })
    .optional()
    .describe("messages as Slack's bot"),
  telegram: z
    .strictObject({
      token: secret.regex(/^\d+:[\w-]+$/, "a bot's token such as '123456:ABC-DEF'").describe("a bot's token, from @BotFather"),
      url: base.default('https://api.telegram.org').describe('the Bot API'),
      webhookSecret: z
        .string()
        .regex(/^[\w-]{16,256}$/, 'at least 16 letters, digits, _ and -')
        .optional()
        .describe('takes commands at `/nines/v1/chat/telegram`; the `secret_token` of setWebhook'),
      poll: z.boolean().default(false).describe('asks for commands, where Telegram cannot reach nines'),
    })
    .optional()
    .describe('messages by a bot of Telegram'),
  mattermost: z
    .strictObject({
      tokens: z.array(secret).min(1).max(50).describe('of slash commands and outgoing webhooks: commands are taken at `/nines/v1/chat/mattermost`'),
      url: base.optional().describe("the server's address, for answers that take longer"),
    })
    .optional()
    .describe('commands from Mattermost; messages go by incoming webhooks, and need nothing here'),
  discord: z
    .strictObject({
      publicKey: z.string().regex(/^[0-9a-f]{64}$/, "the application's public key: 64 hexadecimal digits").describe("the application's public key: commands are taken at `/nines/v1/chat/discord`"),
      token: secret.optional().describe("the application's bot's token: pages to a channel by its id carry buttons"),
      url: base.default('https://discord.com/api/v10').describe('the API'),
    })
    .optional()
    .describe('commands from Discord, and messages as a bot; those by webhooks need nothing here'),
  teams: z
    .strictObject({
      secrets: z.array(z.string().regex(/^[A-Za-z0-9+/]{20,200}={0,2}$/, 'the security token that Teams showed')).min(1).max(50).describe('of outgoing webhooks: commands are taken at `/nines/v1/chat/teams`'),
    })
    .optional()
    .describe('commands from Microsoft Teams; messages go by workflows, and need nothing here'),
  matrix: z
    .strictObject({
      homeserver: base.describe('the homeserver'),
      token: secret.describe("the access token of the account that sends; it is in the rooms, or may join them"),
      commands: z.boolean().default(false).describe('takes commands in the rooms of the account: `!ack`, or its name before them'),
    })
    .optional()
    .describe('messages to rooms of Matrix'),
  irc: z
    .strictObject({
      host: z.string().min(1).max(255).describe('the server'),
      port: z.number().int().min(1).max(65_535).default(6_697),
      tls: z.boolean().default(true).describe('false only in a network of your own'),
      ca: z.string().max(100_000).optional().describe("in PEM, what signed the server's certificate, where that is of your own making"),
      nick: z
        .string()
        .regex(/^[A-Za-z[\]\\`_^{|}][\w[\]\\`^{|}-]{0,29}$/, 'a nick: up to 30 letters, digits and -, a letter first')
        .default('nines')
        .describe('with a number behind it where it is in use'),
      password: oneLine.optional().describe("the server's password"),
      sasl: z
        .strictObject({ user: oneLine.describe('the account'), password: oneLine })
        .optional()
        .describe('an account, `{user, password}`'),
      nickserv: oneLine.optional().describe("the nick's password with NickServ, where there is no SASL"),
      commands: z
        .strictObject({
          channels: z.array(z.string().regex(/^[#&+][^\s,:\0]{1,49}$/, "a channel, '#ops'")).max(20).describe('the channels to be in'),
          trust: z.enum(['account', 'nick']).default('account').describe('`nick` where nobody can take the nick of someone else: a network of your own'),
        })
        .optional()
        .describe('takes commands: `!ack` in channels, `ack` in private'),
    })
    .optional()
    .describe('messages to channels and nicks of IRC'),
  command: z
    .record(z.string().regex(/^[-\w]{1,64}$/, "a name of letters, digits, '_' and '-'"), z.array(z.string().max(4_000)).min(1).max(100))
    .optional()
    .describe('programs that are run, by name, without a shell: `{siren: [/usr/local/bin/siren, --loud]}`; message on standard input and in `NINES_…`'),
  pagerduty: z
    .strictObject({ url: base.default('https://events.pagerduty.com').describe('the Events API; https://events.eu.pagerduty.com for Europe') })
    .prefault({}),
  opsgenie: z
    .strictObject({
      key: secret.describe('the key of an API integration'),
      url: base.default('https://api.opsgenie.com').describe('the API; https://api.eu.opsgenie.com for Europe'),
    })
    .optional()
    .describe('alerts in Opsgenie'),
  pushover: z
    .strictObject({
      token: z.string().regex(/^[A-Za-z0-9]{30}$/, "an application's token: 30 letters and digits").optional().describe("an application's token"),
      url: base.default('https://api.pushover.net').describe('the Message API'),
    })
    .prefault({})
    .describe('messages by Pushover'),
  victorops: z
    .strictObject({
      key: secret.optional().describe("the REST endpoint's key"),
      url: base.default('https://alert.victorops.com/integrations/generic/20131114/alert').describe('the REST endpoint, without the key'),
    })
    .prefault({})
    .describe('alerts in VictorOps (Splunk On-Call)'),
  webex: z
    .strictObject({
      token: secret.optional().describe("a bot's access token"),
      url: base.default('https://webexapis.com').describe('the API'),
    })
    .prefault({})
    .describe('messages by a bot of Webex'),
  push: z
    .strictObject({
      services: z
        .array(z.url({ protocol: /^https?$/ }))
        .max(20)
        .default([])
        .describe("push services beside those of the browsers' makers"),
    })
    .prefault({}),
  twilio: z
    .union([twilio, z.array(twilio).min(1).max(5)])
    .optional()
    .describe('SMS and calls; a list of accounts is tried in order'),
}; // prettier-ignore

const all = z.object(providerSettings);
export type ProviderSettings = z.output<typeof all>;
/** Nothing is set. */
export const NO_PROVIDERS: ProviderSettings = all.parse({});
