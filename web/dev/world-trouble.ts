import type { Alert } from '../../src/alerting/contract.ts';
import type { IncidentDetail } from '../../src/incidents/contract.ts';
import type { LedgerEvent } from '../../src/ledger/contract.ts';
import type { PageDetail } from '../../src/oncall/contract.ts';
import { furnished, past } from './world-calm.ts';
import { event, HOUR, MINUTE, type Ago } from './world-parts.ts';
import type { World } from './world-base.ts';

/** The same at three in the morning: errors since a deploy, a slow store, an edit that was refused. */
export function trouble(ago: Ago, now: number): Partial<World> {
  const calm = furnished(ago, now);
  const began = 14 * MINUTE;
  const labels = { alertname: 'LinksBudgetBurn', service: 'links', severity: 'critical', objective: 'links-availability' };
  const deploy = event(103, ago(began + 3 * MINUTE), 'change.deploy', 'token:ci', 'links v2.41 deployed', {
    service: 'links',
    data: { version: 'v2.41', state: 'finished', url: 'https://ci.links.example/runs/8123', by: 'ben' },
  });
  const flag = event(104, ago(began + 50 * MINUTE), 'change.flag', 'person:chen', 'store flag read-replica on', {
    service: 'store',
    data: { state: 'finished' },
  });
  const alert: Alert = {
    fingerprint: 'a1b2c3',
    rule: 'LinksBudgetBurn',
    group: 'links-availability',
    severity: 'critical',
    service: 'links',
    state: 'firing',
    labels,
    annotations: { summary: '14 % of redirects fail; the budget burns 142× too fast', description: 'Over 5 m and 1 h, above 14.4.' },
    value: 142,
    activeAt: ago(began),
    firedAt: ago(began - 8_000),
    resolvedAt: null,
    expr: 'nines_slo_burn_rate{objective="links-availability",window="5m"} > 14.4',
    source: 'nines',
    generatorUrl: null,
    mutedBy: null,
  };
  return {
    health: {
      state: 'degraded',
      version: '0.1.0',
      components: [
        {
          component: 'mail',
          state: 'degraded',
          problem: 'smtp.links.example answers slowly: 3 messages wait, the oldest for 40 s',
          since: ago(5 * MINUTE),
        },
      ],
    },
    objectives: (calm.objectives ?? []).map((one) =>
      one.name === 'links-availability'
        ? {
            ...one,
            state: 'burning',
            attainment: 0.99931,
            budget: { allowed: 18_430, spent: 12_717, remaining: 0.31 },
            burnRates: one.burnRates.map((burn, index) => ({ ...burn, rate: [142, 66, 34, 5.9, 0.9][index] ?? null })),
            exhaustedAt: new Date(now + 6.4 * HOUR).toISOString(),
          }
        : one,
    ),
    alerts: [
      alert,
      {
        ...alert,
        fingerprint: 'd4e5f6',
        rule: 'StoreSlowReads',
        group: 'store',
        severity: 'today',
        service: 'store',
        labels: { alertname: 'StoreSlowReads', service: 'store', severity: 'today', instance: '10.0.4.2:9187' },
        annotations: { summary: 'Reads take 210 ms at the 99th percentile' },
        value: 0.21,
        expr: 'histogram_quantile(0.99, rate(store_read_seconds_bucket[5m])) > 0.1',
      },
      {
        ...alert,
        fingerprint: 'g7',
        rule: 'VisitsLag',
        severity: 'today',
        service: 'visits',
        state: 'pending',
        annotations: {},
        firedAt: null,
      },
    ],
    incidents: [running(ago, began, now, [deploy, flag]), past(ago)],
    events: [...(calm.events ?? []), flag, deploy, ...story(ago, began)],
    pages: [pageOf(ago, began, now)],
    probes: (calm.probes ?? []).map((one) =>
      one.name === 'redirect' ? { ...one, success: false, status: 503, reason: 'status 503 is not 2xx', durationMs: 212 } : one,
    ),
    config: {
      version: 17,
      appliedAt: ago(27 * HOUR),
      source: '/etc/nines',
      problems: [],
      refused: {
        at: ago(2 * MINUTE),
        problems: [
          {
            file: 'services/links.yaml',
            line: 12,
            column: 7,
            severity: 'error',
            message: "Service 'links' depends on 'stor', which does not exist.",
            hint: "Did you mean 'store'?",
          },
          {
            file: 'oncall/schedule.yaml',
            line: 9,
            column: 12,
            severity: 'warning',
            message: "Nobody is on call from Saturday 09:00 to Monday 09:00 in schedule 'data'.",
            hint: "Make the length '1w' or add people.",
          },
        ],
      },
    },
  };
}

const story = (ago: Ago, began: number): LedgerEvent[] => [
  event(105, ago(began - 8_000), 'alert.firing', 'nines', 'LinksBudgetBurn fires for links', { service: 'links', subject: 'alert/a1b2c3' }),
  event(106, ago(began - 8_200), 'page.triggered', 'nines', 'Ana Lima is paged: links: stop the errors, 14 % fail', {
    service: 'links',
    subject: 'page/page-21',
  }),
  event(107, ago(began - 8_300), 'incident.opened', 'nines', 'Incident 12 opened: Short links answer with errors', {
    service: 'links',
    subject: 'incident/inc-12',
  }),
];

function running(ago: Ago, began: number, now: number, changes: LedgerEvent[]): IncidentDetail {
  return {
    id: 'inc-12',
    number: 12,
    title: 'Short links answer with errors',
    state: 'open',
    severity: 'critical',
    services: ['links'],
    roles: {},
    responders: [],
    declaredBy: 'nines',
    openedAt: ago(began - 8_300),
    outageBeganAt: ago(began),
    outageEndedAt: null,
    acknowledgedAt: null,
    allClearAt: null,
    lastUpdateAt: null,
    nextUpdateDueAt: new Date(now + 16 * MINUTE).toISOString(),
    pages: ['page-21'],
    postmortem: null,
    timeline: [
      { marker: 98, time: ago(began), kind: 'alert.firing', actor: 'nines', title: 'Outage begins: LinksBudgetBurn', data: {} },
      ...story(ago, began).map(({ marker, time, kind, actor, title, data }) => ({ marker, time, kind, actor, title, data })),
    ],
    recentChanges: changes.map(({ marker, time, kind, actor, title, data }) => ({ marker, time, kind, actor, title, data })),
  };
}

function pageOf(ago: Ago, began: number, now: number): PageDetail {
  const notification = {
    id: 'n-1',
    person: 'ana',
    channel: 'email',
    address: 'ana@links.example',
    reason: 'page',
    about: 'page/page-21',
    subject: 'links: stop the errors, 14 % fail',
    state: 'sent' as const,
    attempts: 1,
    lastError: null,
    createdAt: ago(began - 8_300),
    sentAt: ago(began - 8_900),
    deliveredAt: null,
    seenAt: null,
    acknowledgedAt: null,
    provider: 'The mail server mail.links.example:587',
    bundle: null,
  };
  return {
    id: 'page-21',
    subject: 'links: stop the errors, 14 % fail',
    severity: 'critical',
    service: 'links',
    team: 'links',
    policy: 'links-escalation',
    state: 'triggered',
    text: 'Redirects succeed: 14 % of requests fail (the objective allows 0.1 %).\nThe budget burns 142 times too fast; it is spent in 6 h 24 min.\n\nChanged: links v2.41 deployed 3 min before, by ben.\nRunbook: https://runbooks.links.example/links',
    alerts: [
      {
        fingerprint: 'a1b2c3',
        rule: 'LinksBudgetBurn',
        state: 'firing',
        summary: '14 % of redirects fail; the budget burns 142× too fast',
        labels: { service: 'links' },
      },
    ],
    step: 0,
    escalatesAt: new Date(now + 90_000).toISOString(),
    mutedAt: null,
    triggeredAt: ago(began - 8_200),
    acknowledgedAt: null,
    acknowledgedBy: null,
    resolvedAt: null,
    snoozedUntil: null,
    respondBy: ago(began - 8_200 - 1_800_000),
    respondedAt: null,
    incident: 'inc-12',
    declined: [],
    notifications: [
      notification,
      {
        ...notification,
        id: 'n-2',
        channel: 'webhook',
        address: 'https://chat.links.example/hook',
        state: 'failed',
        attempts: 3,
        lastError: 'status 502 from chat.links.example',
        sentAt: null,
      },
    ],
  };
}
