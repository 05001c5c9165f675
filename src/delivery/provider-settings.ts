import { z } from 'zod';

/** An address without a slash at its end; of the provider itself, unless a compatible service or a test stands in. */
const base = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));
const secret = z.string().min(1).max(4_000);

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
    })
    .optional()
    .describe("messages as Slack's bot"),
  telegram: z
    .strictObject({
      token: secret.regex(/^\d+:[\w-]+$/, "a bot's token such as '123456:ABC-DEF'").describe("a bot's token, from @BotFather"),
      url: base.default('https://api.telegram.org').describe('the Bot API'),
    })
    .optional()
    .describe('messages by a bot of Telegram'),
  matrix: z
    .strictObject({
      homeserver: base.describe('the homeserver'),
      token: secret.describe("the access token of the account that sends; it is in the rooms, or may join them"),
    })
    .optional()
    .describe('messages to rooms of Matrix'),
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
}; // prettier-ignore

const all = z.object(providerSettings);
export type ProviderSettings = z.output<typeof all>;
/** Nothing is set. */
export const NO_PROVIDERS: ProviderSettings = all.parse({});
