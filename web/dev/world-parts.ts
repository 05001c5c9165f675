import type { LedgerEvent } from '../../src/ledger/contract.ts';
import type { ServiceJson } from '../../src/catalog/contract.ts';
import type { ProbeStateJson, TargetStateJson } from '../../src/monitoring/contract.ts';
import type { ObjectiveStatus } from '../../src/objectives/contract.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The moment so long before the world was made. */
export type Ago = (ms: number) => string;

export const service = (name: string, title: string, more: Partial<ServiceJson>): ServiceJson => ({
  name,
  title,
  description: '',
  owner: 'links',
  tier: 2,
  repository: `https://git.links.example/${name}`,
  runbook: `https://runbooks.links.example/${name}`,
  dependsOn: [],
  dependents: [],
  ...more,
});

export const objective = (
  name: string,
  serviceName: string,
  title: string,
  ago: Ago,
  more: Partial<ObjectiveStatus> = {},
): ObjectiveStatus => ({
  name,
  title,
  service: serviceName,
  target: 0.999,
  windowMs: 30 * DAY,
  attainment: 0.99962,
  good: 18_423_006,
  total: 18_430_010,
  budget: { allowed: 18_430, spent: 7_004, remaining: 0.62 },
  burnRates: [
    { windowMs: 5 * MINUTE, rate: 0.21 },
    { windowMs: 30 * MINUTE, rate: 0.34 },
    { windowMs: HOUR, rate: 0.31 },
    { windowMs: 6 * HOUR, rate: 0.4 },
    { windowMs: 3 * DAY, rate: 0.38 },
  ],
  exhaustedAt: null,
  state: 'ok',
  alerts: [
    { severity: 'critical', burnRate: 14.4, longMs: HOUR, shortMs: 5 * MINUTE },
    { severity: 'today', burnRate: 1, longMs: 3 * DAY, shortMs: 6 * HOUR },
  ],
  evaluatedAt: ago(4_000),
  ...more,
});

export const event = (
  marker: number,
  time: string,
  kind: string,
  actor: string,
  title: string,
  more: Partial<LedgerEvent> = {},
): LedgerEvent => ({
  marker,
  time,
  kind,
  service: null,
  actor,
  subject: null,
  title,
  data: {},
  ...more,
});

export const probe = (name: string, serviceName: string, ago: Ago, more: Partial<ProbeStateJson> = {}): ProbeStateJson => ({
  name,
  service: serviceName,
  intervalMs: 30_000,
  since: ago(26 * HOUR),
  url: `https://links.example/${name}`,
  at: ago(12_000),
  success: true,
  reason: null,
  durationMs: 83,
  status: 200,
  hops: [
    {
      url: `https://links.example/${name}`,
      method: 'GET',
      address: '203.0.113.7:443',
      status: 200,
      tlsVersion: 'TLSv1.3',
      location: null,
      certificateExpiry: new Date(Date.now() + 41 * DAY).toISOString(),
      phases: { resolve: 3.1, connect: 11.4, tls: 24.9, processing: 41.2, transfer: 2.3 },
    },
  ],
  ...more,
});

export function target(job: string, url: string, ago: Ago, more: Partial<TargetStateJson> = {}): TargetStateJson {
  const instance = new URL(url).host;
  return {
    scrape: job,
    job,
    instance,
    url,
    labels: { job, instance },
    health: 'up',
    lastScrape: ago(8_000),
    lastDurationMs: 14,
    lastError: null,
    samples: 1_204,
    intervalMs: 15_000,
    discovered: {
      __address__: instance,
      __metrics_path__: '/metrics',
      __scheme__: 'http',
      __meta_filepath: '/etc/nines/targets/live.json',
      job,
    },
    ...more,
  };
}
