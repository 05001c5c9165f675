import type { MaintenanceJson, PreviewAnswer, SilenceJson } from '../../src/alerting/muting/contract.ts';

const HOUR = 3_600_000;
const iso = (after: number): string => new Date(Date.now() + after).toISOString();

const silence = (given: Partial<SilenceJson>): SilenceJson => ({
  id: 'f3d1c0de-0000-4000-8000-000000000001',
  state: 'active',
  matchers: [
    { name: 'service', op: '=', value: 'store' },
    { name: 'alertname', op: '=~', value: 'SlowQueries|ReplicationLag' },
  ],
  startsAt: iso(-HOUR),
  endsAt: iso(1.4 * HOUR),
  recurring: null,
  nextChange: iso(1.4 * HOUR),
  reason: 'The store is moved to the new machine, slow until noon',
  createdBy: 'ben',
  createdAt: iso(-HOUR),
  updatedAt: iso(-HOUR),
  holds: 2,
  ...given,
});

const nights: SilenceJson['recurring'] = { days: ['saturday', 'sunday'], from: '02:00', to: '03:30', timeZone: 'Europe/Berlin' };

const silences: readonly SilenceJson[] = [
  silence({}),
  silence({ id: 'night', state: 'pending', recurring: nights, reason: 'Nightly copy of the links', holds: 0, endsAt: iso(700 * HOUR), matchers: [{ name: 'alertname', op: '=', value: 'DiskBusy' }] }),
  silence({ id: 'old', state: 'expired', reason: 'Load test of the shortener', holds: 0, endsAt: iso(-26 * HOUR), createdBy: 'ana', matchers: [{ name: 'env', op: '!=', value: 'production' }] }),
]; // prettier-ignore

const windows: readonly MaintenanceJson[] = [
  { id: 'store-vacuum', state: 'pending', services: ['store'], startsAt: null, endsAt: null, recurring: { days: ['sunday'], from: '02:00', to: '03:30', timeZone: 'Europe/Berlin' }, nextChange: iso(60 * HOUR), reason: 'The tables are rewritten, queries wait', createdBy: null },
]; // prettier-ignore

const preview: PreviewAnswer = {
  now: {
    count: 2,
    alerts: [
      { fingerprint: 'a1', rule: 'LinksBudgetBurn', service: 'links', severity: 'critical', labels: {} },
      { fingerprint: 'a2', rule: 'LinksSlow', service: 'links', severity: 'today', labels: {} },
    ],
  },
  past: {
    from: iso(-7 * 24 * HOUR),
    of: 48,
    hidden: 9,
    complete: true,
    days: [
      { day: iso(0).slice(0, 10), hidden: 2, alerts: [{ rule: 'LinksBudgetBurn', service: 'links', times: 2 }] },
      { day: iso(-72 * HOUR).slice(0, 10), hidden: 7, alerts: [{ rule: 'LinksSlow', service: 'links', times: 7 }] },
    ],
  },
  warnings: [],
};

/** What the server says of silences, in every world. */
export const SILENCES = {
  'GET /nines/v1/silences': (): [number, unknown] => [200, { silences }],
  'GET /nines/v1/maintenance': (): [number, unknown] => [200, { maintenance: windows }],
  'POST /nines/v1/silences/preview': (): [number, unknown] => [200, preview],
  'POST /nines/v1/silences': (): [number, unknown] => [201, { silence: silences[0], warnings: [] }],
  'POST /nines/v1/silences/:id/expire': (): [number, unknown] => [200, { silence: silences[0], warnings: [] }],
};
