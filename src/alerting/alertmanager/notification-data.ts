/** What a receiver is told of a group: Alertmanager's template data, and the body of its webhooks (version 4). */
import type { AlertState } from '../alerts/index.ts';
import { labelFingerprint } from './label-fingerprint.ts';

type Labels = Readonly<Record<string, string>>;

export interface NotifiedAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly fingerprint: string;
}

export interface NotificationData {
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  readonly alerts: readonly NotifiedAlert[];
  readonly groupLabels: Labels;
  readonly commonLabels: Labels;
  readonly commonAnnotations: Labels;
  readonly externalURL: string;
}

/** Go's zero time: it has not ended. */
const NEVER = '0001-01-01T00:00:00Z';

export interface Member {
  readonly alert: AlertState;
  readonly generatorUrl: string | null;
}

interface About {
  readonly receiver: string;
  readonly groupLabels: Labels;
  readonly externalURL: string;
}

export function notificationData(members: readonly Member[], { receiver, groupLabels, externalURL }: About): NotificationData {
  const alerts = members.toSorted((a, b) => before(a.alert.labels, b.alert.labels)).map(notified);
  return {
    receiver,
    status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    alerts,
    groupLabels,
    commonLabels: common(alerts.map(({ labels }) => labels)),
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
    externalURL,
  };
}

function notified({ alert, generatorUrl }: Member): NotifiedAlert {
  const over = alert.state === 'resolved';
  return {
    status: over ? 'resolved' : 'firing',
    labels: alert.labels,
    annotations: alert.annotations,
    startsAt: goTime(alert.activeAt),
    endsAt: over && alert.resolvedAt !== null ? goTime(alert.resolvedAt) : NEVER,
    generatorURL: generatorUrl ?? '',
    fingerprint: labelFingerprint(alert.labels),
  };
}

/** As Go writes a time in UTC: no zeros at the end of the fraction. */
const goTime = (ms: number): string => new Date(ms).toISOString().replace(/\.?0{0,3}Z$/, 'Z');

/** What all of them have, with one value. */
function common(maps: readonly Labels[]): Record<string, string> {
  const [first = {}, ...others] = maps;
  return Object.fromEntries(Object.entries(first).filter(([name, value]) => others.every((one) => one[name] === value)));
}

/** By job and instance, then by all labels (types.AlertSlice). */
function before(a: Labels, b: Labels): number {
  for (const name of ['job', 'instance']) {
    if (a[name] === b[name]) continue;
    return a[name] === undefined ? 1 : b[name] === undefined ? -1 : compare(a[name], b[name]);
  }
  const [one, other] = [Object.keys(a).sort(), Object.keys(b).sort()];
  if (one.length !== other.length) return one.length - other.length;
  for (const [i, name] of one.entries()) {
    const found = compare(name, other[i]!) || compare(a[name]!, b[name] ?? '');
    if (found !== 0) return found;
  }
  return 0;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The body of a webhook. @param maxAlerts 0 for as many as there are */
export function webhookBody(data: NotificationData, groupKey: string, maxAlerts: number): Record<string, unknown> {
  const { receiver, status, alerts, groupLabels, commonLabels, commonAnnotations, externalURL } = data;
  const told = maxAlerts > 0 ? alerts.slice(0, maxAlerts) : alerts;
  const truncatedAlerts = alerts.length - told.length;
  return { receiver, status, alerts: told, groupLabels, commonLabels, commonAnnotations, externalURL, version: '4', groupKey, truncatedAlerts };
} // prettier-ignore
