import { z } from 'zod';

/** A secret address may stand in the environment: it is read from there when a message leaves, and is shown nowhere. */
const fromEnvironment = z.string().regex(/^\$\{\w{1,100}\}$/, "or '${NAME}' of the environment");
const url = z.url({ protocol: /^https?$/ }).max(2_000);
const hook = z.union([url, fromEnvironment]);
const text = (pattern: RegExp, hint: string) => z.string().max(500).regex(pattern, hint);
const phone = text(/^\+[1-9]\d{5,14}$/, "a telephone number with its country, such as '+4930123456'");

const HOW = 'How the message goes.';
const contactBy = <Channel extends string, Address extends z.ZodType<string>>(channel: Channel, address: Address, about: string) =>
  z.strictObject({ channel: z.literal(channel).describe(HOW), address: address.describe(`By ${channel}, ${about}`) });

/** Where a person, or a team, is reached: each channel with an address of its own form. */
export const contact = z.discriminatedUnion('channel', [
  contactBy('email', z.email().max(320), 'an e-mail address.'),
  contactBy('webhook', hook, 'the address that signed JSON is posted to, or `${NAME}` of the environment.'),
  contactBy('ntfy', text(/^[-\w]{1,64}$/, "a topic: up to 64 letters, digits, '_' and '-'"), 'a topic.'),
  contactBy(
    'slack',
    z.union([url, fromEnvironment, text(/^(#[^\s#,]{1,80}|[CDGUW][A-Z0-9]{6,20})$/, "a channel as '#name' or by its id, or a member's id")]),
    'an incoming webhook (or `${NAME}`); with `slack.token`, a channel (`#name` or its id) or a member (`U…`).',
  ),
  contactBy('mattermost', hook, 'an incoming webhook, or `${NAME}`.'),
  contactBy('teams', hook, 'the address of a workflow that posts to a chat or channel, or `${NAME}`.'),
  contactBy(
    'discord',
    z.union([hook, text(/^\d{15,21}$/, "a channel's id, in quotes: 17 to 20 digits")]),
    "a webhook (or `${NAME}`); with `discord.token`, a channel's id.",
  ),
  contactBy('telegram', text(/^(-?\d{1,20}|@\w{5,32})$/, "a chat's number, in quotes, or '@channel'"), "a chat's number or `@channel`."),
  contactBy(
    'matrix',
    text(/^(![^\s:]{1,254}(:\S{1,250})?|#[^\s:]{1,250}:\S{1,250})$/, "a room: '!id:server' or '#alias:server'"),
    'a room, `!id:server` or `#alias:server`.',
  ),
  contactBy('irc', text(/^[#&+]?[\w[\]\\`^{|}.-]{1,60}$/, "a channel such as '#ops', or a nick"), 'a channel or a nick.'),
  contactBy('command', text(/^[-\w]{1,64}$/, 'the name of a command in nines.yaml'), 'the name of a command that `command` in nines.yaml gives.'),
  contactBy(
    'pagerduty',
    z.union([text(/^[A-Za-z0-9]{32}$/, 'an integration key: 32 letters and digits'), fromEnvironment]),
    'the integration key of a service (Events API v2), or `${NAME}`.',
  ),
  contactBy(
    'opsgenie',
    text(/^(team|user|escalation|schedule):[^\r\n]{1,200}$/, "'team:NAME', 'user:MAIL', 'escalation:NAME' or 'schedule:NAME'"),
    '`team:NAME`, `user:MAIL`, `escalation:NAME` or `schedule:NAME`.',
  ),
  contactBy('victorops', text(/^[\w.~-]{1,100}$/, "a routing key: letters, digits, '.', '_', '~' and '-'"), 'a routing key of VictorOps (Splunk On-Call).'),
  contactBy('pushover', text(/^[A-Za-z0-9]{30}(:[\w-]{1,25})?$/, "a user's or group's key, 'KEY' or 'KEY:device'"), "a user's or group's key, `KEY` or `KEY:device`."),
  contactBy('webex', z.union([z.email().max(320), text(/^[\w+/=-]{20,200}$/, "a room's id, or a person's e-mail address")]), "a room's id, or a person's e-mail address."),
  contactBy('sms', phone, "a telephone number with its country (`'+4930…'`)."),
  contactBy('push', text(/^[^\p{C}]{1,60}$/u, "'all', or what a device is called in its owner's settings"), '`all` browsers and phones that the person has subscribed, or the name of one.'),
  contactBy('voice', phone, 'a telephone number that is called.'),
]); // prettier-ignore
export type CatalogContact = z.output<typeof contact>;

/** The ways that nines sends by. */
export type ChannelName = CatalogContact['channel'];
