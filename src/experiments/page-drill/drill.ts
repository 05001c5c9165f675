import type { DeliveryRecord } from '../../delivery/index.ts';
import { formatDuration } from '../../platform/duration.ts';

/** A drill as it is kept. Times are milliseconds. */
export interface DrillRow {
  id: string;
  service: string;
  asked_by: string;
  started_at: number;
  answer_by: number;
  page: string | null;
  paged_at: number | null;
  sent_at: number | null;
  acknowledged_at: number | null;
  acknowledged_by: string | null;
  finished_at: number | null;
  problem: string | null;
}

export type Stage = 'alert' | 'page' | 'sent' | 'acknowledged';

/** How far it has come. */
export const reachedBy = ({ page, sent_at, acknowledged_at }: DrillRow): Stage =>
  acknowledged_at !== null ? 'acknowledged' : sent_at !== null ? 'sent' : page !== null ? 'page' : 'alert';

/**
 * Why a drill that nobody answered in time failed, and what to look at: the first link of the chain that did not hold. Null for one that
 * was answered in time.
 */
export function problemOf(drill: DrillRow, deliveries: readonly DeliveryRecord[]): string | null {
  const { acknowledged_at, answer_by, started_at } = drill;
  if (acknowledged_at !== null && acknowledged_at <= answer_by) return null;
  const within = formatDuration(answer_by - started_at);
  if (drill.page === null) return `Its alert became no page within ${within}: look at silences, inhibition and the health of alerting.`;
  if (deliveries.length === 0) return `Its page called nobody: look at the escalation policy of ${drill.service} and at its schedules.`;
  if (drill.sent_at === null) {
    const [first] = deliveries;
    const error = deliveries.find(({ lastError }) => lastError !== null)?.lastError ?? 'no attempt was made';
    return `No message left within ${within}: ${first?.channel ?? 'the channel'} to ${first?.person ?? first?.address ?? 'nobody'}: ${error}`;
  }
  const called = [...new Set(deliveries.flatMap(({ person }) => person ?? []))].join(', ');
  return `Nobody acknowledged within ${within}: called ${called}.`;
}

/** When the first message that calls had left. */
export function firstSentAt(deliveries: readonly DeliveryRecord[]): number | null {
  const times = deliveries.flatMap(({ sentAt }) => sentAt ?? []);
  return times.length === 0 ? null : Math.min(...times);
}
