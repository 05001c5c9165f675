/**
 * `alertmanager.yml` as Alertmanager reads it: https://prometheus.io/docs/alerting/latest/configuration/. Only what nines acts
 * on is checked here; keys that it doesn't know stay, their secrets hidden, and are named by unsupported.ts.
 *
 * Longer than most files: it is one list of fields.
 */
import { z } from 'zod';
import { compileMatchers, hideSecrets, Secret } from '../../monitoring/index.ts';
import { durationText, tryParseDuration } from '../../platform/duration.ts';
import { MatcherError, parseMatchers, type Matcher } from './matcher.ts';
import { timeInterval } from './time-interval.ts';

/** Keys that it doesn't know are kept, with what is secret in them hidden. */
const open = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.looseObject(shape).overwrite((value) => {
    const kept = Object.entries(value).map(([key, one]) => [key, Object.hasOwn(shape, key) ? one : hideSecrets(one, key)] as const);
    return Object.fromEntries(kept) as typeof value;
  });

/** YAML reads 1 and true as what they look like; Alertmanager takes them as text. */
const text = (max = 20_000) => z.union([z.string().max(max), z.number(), z.boolean()]).transform(String);
const list = <T extends z.ZodType>(item: T, max = 1_000) => z.array(item).max(max).nullish();
const duration = durationText().nullish();
const flag = z.boolean().nullish();
const path = z.string().min(1).max(4_096).nullish();
const name = z.string().min(1, 'a name is missing').max(500);
const secret = z
  .union([z.string().min(1).max(16_384), z.number()])
  .transform((value) => new Secret(String(value)))
  .nullish();

/** An address that is a secret: without it, an error would show it. */
const secretUrl = z
  .string()
  .max(4_096)
  .check((context) => {
    if (!URL.canParse(context.value) || !/^https?:$/.test(new URL(context.value).protocol))
      context.issues.push({ code: 'custom', message: 'write a full http address', input: undefined });
  })
  .transform((url) => new Secret(url))
  .nullish();

/** Gives the message of a `MatcherError` its place in the text. */
function explained<T>(context: z.RefinementCtx, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof MatcherError)) throw error;
    context.addIssue({ code: 'custom', message: error.at === 0 ? error.message : `${error.message} (character ${error.at + 1})` });
    return z.NEVER;
  }
}

const matchers = list(
  text().transform((given, context): Matcher[] => explained(context, () => parseMatchers(given))),
  200,
);
/** `match: {a: b}` of old files. */
const match = z.record(z.string().min(1).max(500), text()).nullish();
const matchRe = match.superRefine((given, context) => {
  for (const [name, value] of Object.entries(given ?? {})) {
    const compiled = compileMatchers([{ name, op: '=~', value }]);
    if ('problem' in compiled) context.addIssue({ code: 'custom', message: compiled.problem, path: [name] });
  }
});

const positive = duration.refine((text) => text == null || tryParseDuration(text) !== 0, 'it must be longer than 0');

const routeFields = {
  receiver: name.nullish(),
  group_by: list(name, 100),
  group_wait: duration,
  group_interval: positive,
  repeat_interval: positive,
  match,
  match_re: matchRe,
  matchers,
  continue: flag,
  mute_time_intervals: list(name),
  active_time_intervals: list(name),
};
export interface RouteSpec extends z.output<z.ZodObject<typeof routeFields>> {
  readonly routes?: readonly RouteSpec[] | null | undefined;
}
export const route: z.ZodType<RouteSpec> & { readonly shape: Readonly<Record<string, unknown>> } = open({
  ...routeFields,
  get routes(): z.ZodType<readonly RouteSpec[] | null | undefined> {
    return list(route);
  },
}) as never;

export const inhibitRule = open({
  source_match: match,
  source_match_re: matchRe,
  source_matchers: matchers,
  target_match: match,
  target_match_re: matchRe,
  target_matchers: matchers,
  equal: list(name, 100),
});
export type InhibitRuleSpec = z.output<typeof inhibitRule>;

export const httpConfig = open({
  authorization: open({ type: z.string().max(100).nullish(), credentials: secret, credentials_file: path }).nullish(),
  basic_auth: open({ username: text(500).nullish(), password: secret, password_file: path }).nullish(),
  bearer_token: secret,
  bearer_token_file: path,
});
export type HttpConfig = z.output<typeof httpConfig>;

/** Fields that may be templates. */
const texts = <Name extends string>(...names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, text().nullish()])) as Record<Name, z.ZodOptional<z.ZodNullable<ReturnType<typeof text>>>>;

const common = { send_resolved: flag };

/** What nines does something with, by integration; all else is named by unsupported.ts. */
export const INTEGRATIONS = {
  webhook_configs: open({
    ...common,
    url: secretUrl,
    url_file: path,
    http_config: httpConfig.nullish(),
    max_alerts: z.int().min(0).nullish(),
  }),
  slack_configs: open({
    ...common,
    api_url: secretUrl,
    api_url_file: path,
    channel: text(1_000).nullish(),
    ...texts(
      'title',
      'title_link',
      'text',
      'color',
      'username',
      'icon_emoji',
      'icon_url',
      'pretext',
      'fallback',
      'footer',
      'callback_id',
      'image_url',
      'thumb_url',
    ),
    fields: list(open({ title: text(), value: text(), short: flag }), 100),
    short_fields: flag,
    actions: list(open({ type: text(), text: text(), ...texts('url', 'style', 'name', 'value') }), 5),
    link_names: flag,
    mrkdwn_in: list(z.string().max(100), 10),
  }),
  email_configs: open({
    ...common,
    to: text(2_000).nullish(),
    headers: z.record(z.string().max(200), text()).nullish(),
    text: text(100_000).nullish(),
    html: text(500_000).nullish(),
  }),
  pagerduty_configs: open({
    ...common,
    routing_key: secret,
    routing_key_file: path,
    ...texts('description', 'client', 'client_url', 'severity', 'source', 'class', 'component', 'group'),
    details: z.record(z.string().max(200), text()).nullish(),
    links: list(open(texts('href', 'text')), 50),
    images: list(open(texts('src', 'href', 'alt')), 50),
  }),
  opsgenie_configs: open({
    ...common,
    responders: list(open({ type: z.enum(['team', 'user', 'escalation', 'schedule']), ...texts('id', 'name', 'username') }), 50),
    api_key: secret,
    api_key_file: path,
    ...texts('message', 'description', 'source', 'tags', 'note', 'priority', 'entity', 'actions'),
    details: z.record(z.string().max(200), text()).nullish(),
    update_alerts: flag,
  }),
  telegram_configs: open({
    ...common,
    bot_token: secret,
    bot_token_file: path,
    chat_id: text(40).nullish(),
    message: text().nullish(),
    parse_mode: z.enum(['', 'HTML', 'Markdown', 'MarkdownV2']).nullish(),
    disable_notifications: flag,
    message_thread_id: z.int().nullish(),
  }),
  discord_configs: open({
    ...common,
    webhook_url: secretUrl,
    webhook_url_file: path,
    ...texts('title', 'message', 'content', 'username', 'avatar_url'),
  }),
  msteams_configs: open({
    ...common,
    webhook_url: secretUrl,
    webhook_url_file: path,
    title: text().nullish(),
    text: text().nullish(),
  }),
  msteamsv2_configs: open({
    ...common,
    webhook_url: secretUrl,
    webhook_url_file: path,
    title: text().nullish(),
    text: text().nullish(),
  }),
  pushover_configs: open({
    ...common,
    user_key: secret,
    user_key_file: path,
    token: secret,
    token_file: path,
    ...texts('title', 'message', 'url', 'url_title', 'device', 'sound', 'priority'),
    retry: duration,
    expire: duration,
    ttl: duration,
    html: flag,
  }),
  victorops_configs: open({
    ...common,
    api_key: secret,
    api_key_file: path,
    routing_key: text(500),
    ...texts('message_type', 'entity_display_name', 'state_message', 'monitoring_tool'),
    custom_fields: z.record(z.string().max(200), text()).nullish(),
  }),
  webex_configs: open({ ...common, room_id: text(500), message: text().nullish(), http_config: httpConfig.nullish() }),
} as const;
export type IntegrationKey = keyof typeof INTEGRATIONS;
export type IntegrationOf<Key extends IntegrationKey> = z.output<(typeof INTEGRATIONS)[Key]>;

export const receiver = open({
  name,
  webhook_configs: list(INTEGRATIONS.webhook_configs, 50),
  slack_configs: list(INTEGRATIONS.slack_configs, 50),
  email_configs: list(INTEGRATIONS.email_configs, 50),
  pagerduty_configs: list(INTEGRATIONS.pagerduty_configs, 50),
  opsgenie_configs: list(INTEGRATIONS.opsgenie_configs, 50),
  telegram_configs: list(INTEGRATIONS.telegram_configs, 50),
  discord_configs: list(INTEGRATIONS.discord_configs, 50),
  msteams_configs: list(INTEGRATIONS.msteams_configs, 50),
  msteamsv2_configs: list(INTEGRATIONS.msteamsv2_configs, 50),
  pushover_configs: list(INTEGRATIONS.pushover_configs, 50),
  victorops_configs: list(INTEGRATIONS.victorops_configs, 50),
  webex_configs: list(INTEGRATIONS.webex_configs, 50),
});
export type ReceiverSpec = z.output<typeof receiver>;

export const globalConfig = open({
  resolve_timeout: duration,
  slack_api_url: secretUrl,
  slack_api_url_file: path,
  opsgenie_api_key: secret,
  opsgenie_api_key_file: path,
  telegram_bot_token: secret,
  telegram_bot_token_file: path,
  victorops_api_key: secret,
  victorops_api_key_file: path,
  http_config: httpConfig.nullish(),
});

export const namedInterval = open({ name, time_intervals: list(timeInterval) });

export const alertmanagerSpec = open({
  global: globalConfig.nullish(),
  templates: list(z.string().max(4_096)),
  route: route,
  inhibit_rules: list(inhibitRule),
  time_intervals: list(namedInterval),
  mute_time_intervals: list(namedInterval),
  receivers: list(receiver),
});
export type AlertmanagerSpec = z.output<typeof alertmanagerSpec>;
