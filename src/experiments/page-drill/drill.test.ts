import { expect, test } from 'vitest';
import type { DeliveryRecord } from '../../delivery/index.ts';
import { type DrillRow, firstSentAt, problemOf, reachedBy } from './drill.ts';
import { drillSpec, nextDrill } from './drill-kind.ts';

const begun: DrillRow = {
  id: 'd', service: 'shop', asked_by: 'person:ana', started_at: 0, answer_by: 60_000, page: null, paged_at: null, sent_at: null,
  acknowledged_at: null, acknowledged_by: null, finished_at: null, problem: null,
}; // prettier-ignore
const paged = { ...begun, page: 'p', paged_at: 10 };
const sent = { ...paged, sent_at: 300 };
const mail = (change: Partial<DeliveryRecord>): DeliveryRecord =>
  ({ channel: 'email', person: 'ana', lastError: null, sentAt: null, ...change }) as DeliveryRecord;

test.each<[string, DrillRow, readonly DeliveryRecord[], string | null]>([
  ['answered in time', { ...sent, acknowledged_at: 40_000 }, [mail({ sentAt: 300 })], null],
  ['answered too late', { ...sent, acknowledged_at: 60_001 }, [mail({ sentAt: 300 })], 'Nobody acknowledged within 1m: called ana.'],
  ['muted', begun, [], 'Its alert became no page within 1m'],
  ['nobody to call', paged, [], 'Its page called nobody: look at the escalation policy of shop'],
  ['a provider that refuses', paged, [mail({ lastError: '550 no such mailbox' })], 'No message left within 1m: email to ana: 550 no such mailbox'],
  ['a queue that stands still', paged, [mail({})], 'no attempt was made'],
  ['two who sleep on', sent, [mail({ sentAt: 300 }), mail({ person: 'ben', sentAt: 900 })], 'called ana, ben.'],
])('%s', (_, drill, deliveries, problem) =>
  problem === null ? expect(problemOf(drill, deliveries)).toBeNull() : expect(problemOf(drill, deliveries)).toContain(problem),
); // prettier-ignore

test('how far it has come is the last link that held', () => {
  expect([begun, paged, sent, { ...sent, acknowledged_at: 5 }].map(reachedBy)).toEqual(['alert', 'page', 'sent', 'acknowledged']);
  expect(firstSentAt([mail({}), mail({ sentAt: 900 }), mail({ sentAt: 300 })])).toBe(300);
});

test('Tuesday at eleven is eleven in Lisbon all year', () => {
  const spec = drillSpec.parse({ service: 'shop', cron: '0 11 * * 2', timeZone: 'Europe/Lisbon' });
  expect(nextDrill(spec, Date.parse('2026-10-20T12:00:00Z'))).toBe(Date.parse('2026-10-27T11:00:00Z'));
  expect(nextDrill(spec, Date.parse('2026-10-13T12:00:00Z'))).toBe(Date.parse('2026-10-20T10:00:00Z'));
});
