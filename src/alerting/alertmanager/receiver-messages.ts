/** What the integrations of a receiver send of a group, as messages of delivery. */
import type { Message } from '../../delivery/index.ts';
import type { IntegrationKey, IntegrationOf, ReceiverSpec } from './config-spec.ts';
import { bookedName } from './receiver-book.ts';
import { webhookBody, type NotificationData, type NotifiedAlert } from './notification-data.ts';

/** A title and a text, or where the receiver's own can't be worked out, why. */
export type Expand = (template: string | null | undefined, fallback: (data: NotificationData) => string) => string;

export interface Integration {
  /** `webhook_configs/0`: within its receiver. */
  readonly key: string;
  readonly sendResolved: boolean;
  messages(data: NotificationData, group: { readonly key: string; readonly expand: Expand }): Outgoing[];
}

export type Outgoing = Pick<Message, 'channel' | 'address' | 'subject' | 'text' | 'data'>;

interface Maker<Key extends IntegrationKey> {
  readonly channel: Message['channel'];
  /** Alertmanager's default. */
  readonly sendResolved: boolean;
  /** Undefined: where it goes is a secret, which is looked up as it leaves. */
  readonly addresses?: (config: IntegrationOf<Key>) => readonly string[] | undefined;
  readonly title?: (config: IntegrationOf<Key>) => string | null | undefined;
  readonly text?: (config: IntegrationOf<Key>) => string | null | undefined;
  readonly data?: (config: IntegrationOf<Key>, data: NotificationData, groupKey: string) => Record<string, unknown>;
}

/** So many alerts stand in a message; a webhook of its own `max_alerts` may hold fewer. */
const MOST_IN_WEBHOOK = 2_000;
const MOST_IN_TEXT = 25;

const MAKERS: { readonly [Key in IntegrationKey]: Maker<Key> } = {
  webhook_configs: {
    channel: 'webhook',
    sendResolved: true,
    data: ({ max_alerts: max }, data, key) => webhookBody(data, key, Math.min(max || MOST_IN_WEBHOOK, MOST_IN_WEBHOOK)),
  },
  slack_configs: {
    channel: 'slack',
    sendResolved: false,
    // By a bot, where no address of a webhook is known.
    addresses: ({ api_url: url, api_url_file: file, channel }) => (url || file || !channel ? undefined : [channel]),
    title: ({ title }) => title,
    text: ({ text }) => text,
  },
  email_configs: {
    channel: 'email',
    sendResolved: false,
    addresses: ({ to }) => (to ?? '').split(',').map((one) => one.trim()).filter((one) => one !== ''), // prettier-ignore
    title: ({ headers }) => Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'subject')?.[1],
    text: ({ text }) => text,
  },
  pagerduty_configs: { channel: 'pagerduty', sendResolved: true, title: ({ description }) => description },
  opsgenie_configs: {
    channel: 'opsgenie',
    sendResolved: true,
    addresses: ({ responders }) => (responders ?? []).map(({ type, name, username }) => `${type}:${name ?? username ?? ''}`),
    title: ({ message }) => message,
    text: ({ description }) => description,
  },
  telegram_configs: { channel: 'telegram', sendResolved: true, addresses: ({ chat_id: id }) => (id ? [id] : []), text: ({ message }) => message },
  discord_configs: { channel: 'discord', sendResolved: true, title: ({ title }) => title, text: ({ message }) => message },
  msteams_configs: { channel: 'teams', sendResolved: true, title: ({ title }) => title, text: ({ text }) => text },
  msteamsv2_configs: { channel: 'teams', sendResolved: true, title: ({ title }) => title, text: ({ text }) => text },
}; // prettier-ignore

/** Those of a receiver, in the order of their kinds. */
export function integrationsOf(receiver: ReceiverSpec): Integration[] {
  return (Object.keys(MAKERS) as IntegrationKey[]).flatMap((kind) => integrationsOfKind(receiver, kind));
}

function integrationsOfKind(receiver: ReceiverSpec, kind: IntegrationKey): Integration[] {
  // One key stands for all: its maker and its configurations belong together.
  const maker = MAKERS[kind] as unknown as Maker<'webhook_configs'>;
  const configs = (receiver[kind] ?? []) as readonly IntegrationOf<'webhook_configs'>[];
  return configs.map((config, i): Integration => {
    const key = `${kind}/${i}`;
    return {
      key,
      sendResolved: config.send_resolved ?? maker.sendResolved,
      messages(data, group) {
        const subject = group.expand(maker.title?.(config), titleOf);
        const text = group.expand(maker.text?.(config), textOf);
        const addresses = maker.addresses?.(config) ?? [bookedName(receiver.name, key)];
        const more = maker.data === undefined ? {} : { data: maker.data(config, data, group.key) };
        return addresses.map((address) => ({ channel: maker.channel, address, subject, text, ...more }));
      },
    };
  });
}

/** `[FIRING:2] DiskFull shop (eu critical)`: the labels of the group, then what else they share. */
export function titleOf({ status, alerts, groupLabels, commonLabels }: NotificationData): string {
  const count = status === 'firing' ? `:${alerts.filter((one) => one.status === 'firing').length}` : '';
  const sorted = (labels: Readonly<Record<string, string>>): string[] => Object.keys(labels).sort().map((name) => labels[name]!); // prettier-ignore
  const rest = Object.fromEntries(Object.entries(commonLabels).filter(([name]) => groupLabels[name] === undefined));
  const more = Object.keys(rest).length === 0 ? '' : `(${sorted(rest).join(' ')})`;
  return `[${status.toUpperCase()}${count}] ${[sorted(groupLabels).join(' '), more].filter((one) => one !== '').join(' ')}`.trim();
}

export function textOf(data: NotificationData): string {
  const told = data.alerts.slice(0, MOST_IN_TEXT).map((alert) => alertText(alert));
  const left = data.alerts.length - told.length;
  return [...told, ...(left > 0 ? [`and ${left} more`] : []), `Alerts: ${data.externalURL}/alerts`].join('\n\n');
}

function alertText({ status, labels, annotations, startsAt, endsAt, generatorURL }: NotifiedAlert): string {
  const { summary, description, runbook_url: runbook, ...more } = annotations;
  const others = Object.keys(labels).filter((name) => name !== 'alertname').sort(); // prettier-ignore
  return [
    `${status === 'firing' ? 'Fires' : 'Resolved'}: ${summary ?? labels['alertname'] ?? 'an alert'}`,
    ...(description === undefined ? [] : [description]),
    `${labels['alertname'] ?? ''} ${others.map((name) => `${name}=${labels[name]}`).join(', ')}`.trim(),
    ...Object.entries(more).map(([name, value]) => `${name}: ${value}`),
    status === 'firing' ? `since ${startsAt}` : `from ${startsAt} to ${endsAt}`,
    ...(runbook === undefined ? [] : [`Runbook: ${runbook}`]),
    ...(generatorURL === '' ? [] : [`Source: ${generatorURL}`]),
  ].join('\n');
}
