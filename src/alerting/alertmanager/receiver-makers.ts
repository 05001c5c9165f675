/**
 * How each kind of integration of a receiver is told, by which channel of nines. A field that the receiver gives says what its author
 * wrote, in the provider's own format where the channel's would change it; one that it doesn't give is as nines makes it.
 *
 * Longer than most files: it is one table, a row an integration. Formats: https://prometheus.io/docs/alerting/latest/configuration/
 */
import type { Message } from '../../delivery/index.ts';
import { tryParseDuration } from '../../platform/duration.ts';
import type { IntegrationKey, IntegrationOf } from './config-spec.ts';
import { webhookBody, type NotificationData } from './notification-data.ts';
import type { Words } from './receiver-words.ts';

type Native = Record<string, unknown>;
type Text = string | null | undefined;

export interface Maker<Key extends IntegrationKey> {
  readonly channel: Message['channel'];
  /** Alertmanager's default. */
  readonly sendResolved: boolean;
  /** Undefined: where it goes is a secret, which is looked up as it leaves. */
  readonly addresses?: (config: IntegrationOf<Key>, words: Words) => readonly string[] | undefined;
  readonly title?: (config: IntegrationOf<Key>) => Text;
  readonly text?: (config: IntegrationOf<Key>) => Text;
  readonly html?: (config: IntegrationOf<Key>) => Text;
  /** In the provider's own format: see messages/native.ts of delivery. Undefined: as the channel makes it of title and text. */
  readonly native?: (
    config: IntegrationOf<Key>,
    words: Words,
    own: { readonly title: string; readonly text: string },
  ) => Native | undefined;
  readonly data?: (config: IntegrationOf<Key>, data: NotificationData, groupKey: string) => Native;
  /** What is there already at the provider is said anew with each telling. */
  readonly updates?: (config: IntegrationOf<Key>) => boolean;
}

/** So many alerts stand in a message; a webhook of its own `max_alerts` may hold fewer. */
const MOST_IN_WEBHOOK = 2_000;

const cut = (text: string, most: number): string => {
  const characters = Array.from(text.slice(0, most * 2 + 2));
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
};
const listOf = (text: string): string[] => text.split(',').map((one) => one.trim()).filter((one) => one !== ''); // prettier-ignore
const isGiven = (...fields: readonly unknown[]): boolean => fields.some((one) => one != null);
/** Values of a map of templates. */
const mapOf = (words: Words, name: string, map: Readonly<Record<string, string>> | null | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(map ?? {}).map(([key, template]) => [key, words.of(`${name}.${key}`, template)]));

export const MAKERS: { readonly [Key in IntegrationKey]: Maker<Key> } = {
  webhook_configs: {
    channel: 'webhook',
    sendResolved: true,
    data: ({ max_alerts: max }, data, key) => webhookBody(data, key, Math.min(max || MOST_IN_WEBHOOK, MOST_IN_WEBHOOK)),
  },
  slack_configs: {
    channel: 'slack',
    sendResolved: false,
    // By a bot, where no address of a webhook is known.
    addresses: ({ api_url: url, api_url_file: file, channel }, words) => (url || file || !channel ? undefined : [words.of('channel', channel)]), // prettier-ignore
    title: ({ title }) => title,
    text: ({ text }) => text,
    native: slackAttachment,
  },
  email_configs: {
    channel: 'email',
    sendResolved: false,
    addresses: ({ to }, words) => listOf(words.of('to', to)),
    title: ({ headers }) => Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'subject')?.[1],
    text: ({ text }) => text,
    html: ({ html }) => (html != null && !DEFAULT_HTML.test(html) && html !== '' ? html : undefined),
  },
  pagerduty_configs: {
    channel: 'pagerduty',
    sendResolved: true,
    title: ({ description }) => description,
    native(config, words) {
      const { client, client_url, severity, source, class: kind, component, group, details, links, images } = config;
      if (!isGiven(client, client_url, severity, source, kind, component, group, details, links, images)) return undefined;
      const custom = details == null ? {} : { custom_details: mapOf(words, 'details', { ...PAGERDUTY_DETAILS, ...details }) };
      const payload = { ...words.given({ severity, source, class: kind, component, group }), ...custom };
      const linked = links?.map((one) => words.given({ href: one.href, text: one.text })).filter(({ href }) => href !== undefined);
      const shown = images?.map((one) => words.given({ src: one.src, href: one.href, alt: one.alt })).filter(({ src }) => src !== undefined); // prettier-ignore
      return { ...words.given({ client, client_url }), ...(linked && { links: linked }), ...(shown && { images: shown }), payload };
    },
  },
  opsgenie_configs: {
    channel: 'opsgenie',
    sendResolved: true,
    title: ({ message }) => message,
    text: ({ description }) => description,
    updates: ({ update_alerts: update }) => update === true,
    native({ responders, description, source, details, tags, note, priority, entity, actions }, words, { text }) {
      const given = words.given({ source, note, priority, entity });
      return {
        ...given,
        // Where nobody is named, the integration of the key says who is told.
        responders: (responders ?? []).map(({ type, ...who }) => ({ type, ...words.given(who as Record<string, Text>) })),
        ...(description != null && { description: cut(text, 15_000) }),
        ...(isGiven(details) && { details: { ...words.data.commonLabels, ...mapOf(words, 'details', details) } }),
        ...(isGiven(tags) && { tags: listOf(words.of('tags', tags)) }),
        ...(isGiven(actions) && { actions: listOf(words.of('actions', actions)) }),
      };
    },
  },
  telegram_configs: {
    channel: 'telegram',
    sendResolved: true,
    text: ({ message }) => message,
    native({ chat_id: chat, message, parse_mode: mode = 'HTML', disable_notifications: silent, message_thread_id: thread }, words) {
      const said = message == null ? undefined : mode === 'HTML' ? words.html('message', message) : words.of('message', message);
      return {
        ...(/^-?\d+$/.test(chat ?? '') ? { chat_id: Number(chat) } : {}),
        ...(said !== undefined && { text: cut(said, 4_096), ...(mode && { parse_mode: mode }) }),
        ...(silent != null && { disable_notification: silent }),
        ...(thread != null && { message_thread_id: thread }),
      };
    },
  },
  discord_configs: {
    channel: 'discord',
    sendResolved: true,
    title: ({ title }) => title,
    text: ({ message }) => message,
    native({ title: givenTitle, message, content, username, avatar_url }, words, { title, text }) {
      if (!isGiven(givenTitle, message, content, username, avatar_url)) return undefined;
      // Discord's own colours for red and green.
      const color = words.data.status === 'firing' ? 0x992d22 : 0x2ecc71;
      const embed = { title: cut(title, 256), description: cut(text, 4_096), color };
      return { ...words.given({ content, username, avatar_url }), embeds: [embed] };
    },
  },
  msteams_configs: { channel: 'teams', sendResolved: true, title: ({ title }) => title, text: ({ text }) => text },
  msteamsv2_configs: { channel: 'teams', sendResolved: true, title: ({ title }) => title, text: ({ text }) => text },
  pushover_configs: {
    channel: 'pushover',
    sendResolved: true,
    title: ({ title }) => title,
    text: ({ message }) => message,
    native({ message, url, url_title, sound, html, ttl, priority: given, retry, expire }, words, { text }) {
      const priority = given == null ? undefined : Number(words.of('priority', given));
      const asked = (seconds: string | null | undefined, usual: number): number => (seconds == null ? usual : secondsOf(seconds));
      return {
        ...words.given({ url, url_title, sound }),
        ...(message != null && { message: cut(text === '' ? '(no details)' : text, 1_024) }),
        ...(html === true && { html: 1 }),
        ...(ttl != null && { ttl: secondsOf(ttl) }),
        ...(priority !== undefined && Number.isInteger(priority) && { priority }),
        ...(priority === 2 && { retry: asked(retry, 60), expire: asked(expire, 3_600) }),
      };
    },
  },
  victorops_configs: {
    channel: 'victorops',
    sendResolved: true,
    title: ({ entity_display_name: name }) => name,
    text: ({ state_message: text }) => text,
    native: ({ state_message: state, message_type, monitoring_tool, custom_fields: custom }, words, { text }) => ({
      ...words.given({ message_type, monitoring_tool }),
      ...(state != null && { state_message: cut(text, 20_480) }),
      ...mapOf(words, 'custom_fields', custom),
    }),
  },
  webex_configs: {
    channel: 'webex',
    sendResolved: true,
    text: ({ message }) => message,
    native: ({ message }, _, { text }) => (message == null ? undefined : { markdown: text }),
  },
}; // prettier-ignore

/** What Alertmanager tells beside the details of one's own. */
const PAGERDUTY_DETAILS = {
  firing: '{{ template "pagerduty.default.instances" .Alerts.Firing }}',
  resolved: '{{ template "pagerduty.default.instances" .Alerts.Resolved }}',
  num_firing: '{{ len .Alerts.Firing }}',
  num_resolved: '{{ len .Alerts.Resolved }}',
};

/** What `html` of a mail is by default: as nines makes it. */
export const DEFAULT_HTML = /^\s*\{\{-?\s*template "email\.default\.html" \.\s*-?\}\}\s*$/;

function slackAttachment(config: IntegrationOf<'slack_configs'>, words: Words, { title, text }: { title: string; text: string }): Native | undefined {
  const { channel, username, icon_emoji, icon_url, link_names: names, color, title_link, pretext, fallback, footer, callback_id, image_url, thumb_url } = config;
  const look = [config.title, config.text, username, icon_emoji, icon_url, color, title_link, pretext, fallback, footer, callback_id, image_url, thumb_url];
  if (!isGiven(...look, config.fields, config.actions)) return undefined;
  const page = `${words.data.externalURL}/alerts`;
  const attachment = {
    ...words.given({ pretext, footer, callback_id, image_url, thumb_url }),
    title: cut(title, 1_024),
    title_link: words.of('title_link', title_link, page),
    text: cut(text, 30_000),
    fallback: words.of('fallback', fallback ?? '{{ template "slack.default.fallback" . }}'),
    color: words.of('color', color, words.data.status === 'firing' ? 'danger' : 'good'),
    mrkdwn_in: config.mrkdwn_in ?? ['fallback', 'pretext', 'text'],
    ...(config.fields?.length && {
      fields: config.fields.map((one) => ({
        title: words.of('fields.title', one.title),
        value: words.of('fields.value', one.value),
        short: one.short ?? config.short_fields ?? false,
      })),
    }),
    ...(config.actions?.length && {
      actions: config.actions.map(({ type, text, url, style, name, value }) => ({ ...words.given({ type, text, url, style, name, value }) })),
    }),
  };
  return {
    ...words.given({ channel, username, icon_emoji, icon_url }),
    ...(names != null && { link_names: names }),
    attachments: [attachment],
  };
} // prettier-ignore

/** Go's durations of these fields are whole seconds at least. */
const secondsOf = (duration: string): number => Math.max(0, Math.round((tryParseDuration(duration) ?? 0) / 1_000));
