/** What the integrations of a receiver send of a group, as messages of delivery. */
import type { Message } from '../../delivery/index.ts';
import type { IntegrationKey, IntegrationOf, ReceiverSpec } from './config-spec.ts';
import { bookedName } from './receiver-book.ts';
import type { NotificationData, NotifiedAlert } from './notification-data.ts';
import { MAKERS, type Maker } from './receiver-makers.ts';
import type { Words } from './receiver-words.ts';

export interface Integration {
  /** `webhook_configs/0`: within its receiver. */
  readonly key: string;
  readonly sendResolved: boolean;
  messages(words: Words, groupKey: string): Outgoing[];
}

export type Outgoing = Pick<Message, 'channel' | 'address' | 'subject' | 'text' | 'html' | 'data'>;

const MOST_IN_TEXT = 25;

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
      messages(words, groupKey) {
        const addresses = maker.addresses?.(config, words) ?? [bookedName(receiver.name, key)];
        const data = maker.data?.(config, words.data, groupKey);
        const said = told(maker, config, words);
        return addresses.map((address) => ({ channel: maker.channel, address, ...said, ...(data && { data }) }));
      },
    };
  });
}

/** What its author wrote; where that can't be worked out the words of nines, and why. */
function told(
  maker: Maker<'webhook_configs'>,
  config: IntegrationOf<'webhook_configs'>,
  words: Words,
): Omit<Outgoing, 'channel' | 'address'> {
  const title = words.of('title', maker.title?.(config), titleOf(words.data));
  const text = words.of('text', maker.text?.(config), textOf(words.data));
  const html = maker.html?.(config);
  const page = html == null ? undefined : words.html('html', html);
  const native = maker.native?.(config, words, { title, text });
  if (words.problems.length === 0)
    return {
      subject: title,
      text,
      ...(page !== undefined && { html: page }),
      ...(native && { data: { native, ...(maker.updates?.(config) && { update: true }) } }),
    };
  const why = [...new Set(words.problems)].map((problem) => `This receiver's ${problem}`);
  return { subject: titleOf(words.data), text: [textOf(words.data), ...why].join('\n\n') };
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
