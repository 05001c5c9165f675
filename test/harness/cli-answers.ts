import { z } from 'zod';
import { account, apiToken, me, newTokenAnswer } from '../../src/access/contract.ts';
import { alert } from '../../src/alerting/contract.ts';
import { servicesAnswer } from '../../src/catalog/contract.ts';
import { incident, incidentDetail } from '../../src/incidents/contract.ts';
import { eventsPage } from '../../src/ledger/contract.ts';
import { objectiveStatus } from '../../src/objectives/contract.ts';
import { onCallNow, page, pageDetail, shift } from '../../src/oncall/contract.ts';
import { onCallWho } from '../../src/oncall/who/contract.ts';
import { gapJson, overrideAnswer } from '../../src/oncall/schedules/contract.ts';
import { healthAnswer } from '../../src/platform/contract.ts';
import { postmortemDetail, type PostmortemSummary } from '../../src/postmortems/contract.ts';
import { changeAnswer } from '../../src/releases/contract.ts';

/**
 * What a server answers on a bad day, at 2026-03-01T12:00Z. Each answer is parsed by its contract, so that the command
 * is never tested against something that no server would say.
 */
const at = (time: string): string => `2026-03-01T${time}:00Z`;
const no = <const T extends string>(...names: T[]): Record<T, null> =>
  Object.fromEntries(names.map((name) => [name, null])) as Record<T, null>;

export const alertFiring = alert.parse({
  fingerprint: 'f1', rule: 'CheckoutErrors', group: 'checkout', severity: 'critical', service: 'checkout', state: 'firing',
  labels: {}, annotations: { summary: '12% of checkouts fail' }, mutedBy: null, value: 0.1234, activeAt: at('11:50'), firedAt: at('11:55'), resolvedAt: null, expr: 'x', source: 'nines', generatorUrl: null,
}); // prettier-ignore

export const incidentOpen = incident.parse({
  id: 'i1', number: 7, title: 'Checkout fails', state: 'open', severity: 'critical', services: ['checkout'], roles: { commander: 'ana' }, responders: ['ana'],
  declaredBy: 'nines', openedAt: at('11:55'), outageBeganAt: at('11:50'), ...no('outageEndedAt', 'allClearAt', 'postmortem'),
  acknowledgedAt: at('11:57'), lastUpdateAt: null, nextUpdateDueAt: at('11:59'), pages: ['p1'],
}); // prettier-ignore

const entry = { marker: 40, time: at('11:40'), kind: 'change.deploy', actor: 'token:ci', title: 'Deployed checkout 1.2.3', data: {} };
export const incidentShown = incidentDetail.parse({
  ...incidentOpen,
  recentChanges: [entry],
  timeline: [
    { ...entry, marker: 41, time: at('11:55'), kind: 'incident.opened', actor: 'nines', title: 'Incident 7 opened: Checkout fails' },
    { ...entry, marker: 42, time: at('11:58'), kind: 'incident.noted', actor: 'person:ana', title: 'ana noted', data: { text: 'It is the deploy.\nRolling back.' } }, // prettier-ignore
  ],
});

export const objective = objectiveStatus.parse({
  name: 'checkout-availability', title: 'Checkout works', service: 'checkout', target: 0.999, windowMs: 2_592_000_000, attainment: 0.99951, good: 999_510,
  total: 1_000_000, budget: { allowed: 1_000, spent: 490, remaining: 0.51 }, burnRates: [{ windowMs: 300_000, rate: 20.5 }, { windowMs: 3_600_000, rate: 14.41 }],
  exhaustedAt: at('22:00'), state: 'burning', alerts: [], evaluatedAt: at('12:00'),
}); // prettier-ignore

export const healthOk = healthAnswer.parse({ state: 'ok', version: '0.1.0', components: [{ component: 'config', state: 'ok', problem: '', since: at('09:00') }] }); // prettier-ignore
export const healthDegraded = healthAnswer.parse({
  state: 'degraded', version: '0.1.0',
  components: [{ component: 'delivery.email', state: 'degraded', problem: 'mail.example.com refuses: try another', since: at('11:30') }],
}); // prettier-ignore

export const pageTriggered = page.parse({
  id: 'p1', subject: 'checkout: 12% of checkouts fail', severity: 'critical', service: 'checkout', team: 'payments', policy: 'payments', state: 'triggered',
  text: 'Errors are at 12%, the promise is 0.1%.\nRunbook: https://wiki.example.com/checkout', alerts: [], step: 0, escalatesAt: at('12:05'), triggeredAt: at('11:55'),
  ...no('acknowledgedAt', 'acknowledgedBy', 'resolvedAt', 'snoozedUntil', 'respondedAt', 'mutedAt'), respondBy: at('12:25'), incident: 'i1',
}); // prettier-ignore
export const pageAcknowledged = page.parse({ ...pageTriggered, state: 'acknowledged', acknowledgedAt: at('12:00'), acknowledgedBy: 'person:ana', escalatesAt: null }); // prettier-ignore
export const pageShown = pageDetail.parse({
  ...pageTriggered,
  declined: [],
  notifications: [
    { id: 'n1', person: 'ana', channel: 'email', address: 'ana@example.com', reason: 'page', about: 'page/p1', subject: 's', state: 'failed', attempts: 3, lastError: 'refused', createdAt: at('11:55'),
      ...no('sentAt', 'deliveredAt', 'seenAt', 'acknowledgedAt', 'provider', 'bundle') },
  ],
}); // prettier-ignore

const ana = { name: 'ana', title: 'Ana Souza' };
const ben = { name: 'ben', title: 'Ben Okri' };
export const onCall = onCallNow.parse({
  at: at('12:00'),
  schedules: [{ schedule: 'payments', team: 'payments', primary: ana, secondary: ben, shadows: [], until: '2026-03-02T09:00:00Z', next: { primary: ben, secondary: ana } }],
  services: [{ service: 'checkout', policy: 'payments', first: [ana] }, { service: 'search', policy: null, first: [] }],
}); // prettier-ignore
export const whoPayments = onCallWho.parse({
  at: at('12:00'), about: 'the payments', found: { kind: 'service', name: 'checkout', title: 'Checkout' }, alternatives: [{ kind: 'team', name: 'payments', title: 'Payments' }],
  policy: 'payments', team: { name: 'payments', title: 'Payments', channel: '#pay' }, until: '2026-03-02T09:00:00Z', problem: null,
  steps: [
    { at: at('12:00'), oneOf: false, people: [{ ...ana, timeZone: 'Europe/Lisbon' }] },
    { at: at('12:05'), oneOf: true, people: [{ ...ana, timeZone: 'Europe/Lisbon' }, { ...ben, timeZone: 'UTC' }] },
  ],
}); // prettier-ignore

const plain = { shadows: [], insteadOf: null, layer: 'rotation' };
export const shifts = z.array(shift).parse([
  { from: '2026-02-23T09:00:00Z', to: '2026-03-02T09:00:00Z', primary: ana, secondary: ben, ...plain },
  { from: '2026-03-02T09:00:00Z', to: '2026-03-09T09:00:00Z', primary: ben, secondary: null, ...plain },
]);

export const events = eventsPage.parse({
  events: [
    { ...entry, marker: 43, time: at('11:57'), kind: 'page.acknowledged', service: 'checkout', subject: 'page/p1', actor: 'person:ana', title: 'ana acknowledged' },
    { ...entry, service: 'checkout', subject: null },
  ],
  marker: 40,
}); // prettier-ignore

const summary: PostmortemSummary = {
  id: 'pm1', incident: 'i1', incidentNumber: 7, title: 'Checkout failed', services: ['checkout'], state: 'draft', mttaMs: 120_000, mttrMs: 2_520_000,
  createdAt: at('11:00'), updatedAt: at('11:30'), updatedBy: 'nines', version: 1,
}; // prettier-ignore
export const postmortem = postmortemDetail.parse({ ...summary, markdown: '# Checkout failed\n\nSummary\n' });

export const services = servicesAnswer.parse({
  services: [{ name: 'checkout', title: 'Checkout', description: '', owner: 'payments', tier: 1, repository: null, runbook: 'https://wiki.example.com/checkout', dependsOn: ['stock', 'mail'], dependents: [] }],
}); // prettier-ignore

export const change = changeAnswer.parse({ ...entry, marker: 44, service: 'chekout', subject: null, warning: "There is no service 'chekout'; did you mean 'checkout'?" }); // prettier-ignore

export const whoAmI = me.parse({ kind: 'token', name: 'laptop', email: null, role: 'responder', person: 'ana' });
export const tokens = z.array(apiToken).parse([{ id: 't1', name: 'ci', scope: 'intake', createdAt: at('10:00'), lastUsedAt: null, expiresAt: '2026-03-02T12:00:00Z' }]); // prettier-ignore
export const tokenMade = newTokenAnswer.parse({ ...tokens[0], secret: 'nines_secret' });
export const accounts = z.array(account).parse([{ id: 'a1', name: 'Ana', email: 'ana@example.com', role: 'viewer', createdAt: at('10:00') }]); // prettier-ignore

export const overrideMade = overrideAnswer.parse({
  override: { id: 'ov1', schedule: 'payments', layer: 'primary', person: ben, from: at('12:00'), to: at('16:00'), reason: '', swap: null, createdAt: at('12:00'), createdBy: 'person:ana' },
  warnings: ['Ben Okri is away then.'],
}); // prettier-ignore
export const gap = gapJson.parse({
  schedule: 'payments', team: null, kind: 'nobody', from: '2026-03-08T00:00:00Z', to: '2026-03-09T00:00:00Z', person: null, summary: '', announcedAt: null,
}); // prettier-ignore
