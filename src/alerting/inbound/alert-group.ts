/**
 * What Alertmanager posts to a webhook (version 4), and Grafana's unified alerting, which adds to it: a group of alerts, each with its
 * labels. Sources: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config and
 * https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
 */
import { z } from 'zod';
import type { InboundEvent, Mapped } from './integration-type.ts';
import { cutText, detailLines, timeOf } from './json-value.ts';
import { readAs, readEach, refusal } from './read-json.ts';

const texts = z.record(z.string().min(1).max(200), z.string().max(16_000));

const alert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: texts,
  annotations: texts.default({}),
  startsAt: z.string().max(100).optional(),
  endsAt: z.string().max(100).optional(),
  generatorURL: z.string().max(8_000).optional(),
  fingerprint: z.string().max(200).optional(),
  // Grafana's.
  values: z.record(z.string().max(200), z.unknown()).nullish(),
  dashboardURL: z.string().max(8_000).optional(),
  panelURL: z.string().max(8_000).optional(),
  silenceURL: z.string().max(8_000).optional(),
});

/** The most alerts of one group; Alertmanager sends all of them where `max_alerts` is not set. */
const MOST_ALERTS = 10_000;
const group = z.object({ alerts: z.array(z.unknown()).max(MOST_ALERTS), truncatedAlerts: z.number().int().min(0).optional() });

/** @throws Problem 400 where none of the alerts can be taken */
export function mapAlertGroup(body: unknown): Mapped {
  const { alerts, truncatedAlerts = 0 } = readAs(group, body);
  const { good, refused } = readEach(alert, alerts, 'alerts');
  if (good.length === 0 && refused.length > 0) throw refusal(refused);
  const events = good.map(eventOf);
  if (truncatedAlerts === 0) return { events, refused };
  return { events, refused, note: `The sender left ${truncatedAlerts} alerts out of its message: raise its limit (max_alerts).` };
}

function eventOf(one: z.output<typeof alert>): InboundEvent {
  const { labels, annotations } = one;
  const values = one.values ? detailLines(one.values) : '';
  return {
    status: one.status,
    key: one.fingerprint || keyOfLabels(labels),
    title: annotations['summary'] ?? annotations['title'] ?? labels['alertname'],
    description: cutText([annotations['description'] ?? annotations['message'] ?? '', values].filter((part) => part !== '').join('\n'), 15_000) || undefined,
    severity: labels['severity'],
    labels,
    annotations: { ...annotations, dashboard: one.dashboardURL, panel: one.panelURL, silence: one.silenceURL },
    startsAt: timeOf(one.startsAt),
    endsAt: one.status === 'resolved' ? timeOf(one.endsAt) : undefined,
    url: one.panelURL || one.dashboardURL || one.generatorURL,
  };
} // prettier-ignore

const keyOfLabels = (labels: Readonly<Record<string, string>>): string =>
  cutText(JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))), 1_000);
