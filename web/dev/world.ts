import type { Account, ApiToken, Me } from '../../src/access/contract.ts';
import type { Alert } from '../../src/alerting/contract.ts';
import type { configState, ResourceJson, ServiceJson } from '../../src/catalog/contract.ts';
import type { MailboxMessage } from '../../src/delivery/contract.ts';
import type { IncidentDetail } from '../../src/incidents/contract.ts';
import type { LedgerEvent } from '../../src/ledger/contract.ts';
import type { ObjectiveStatus } from '../../src/objectives/contract.ts';
import type { OnCallNow, PageDetail } from '../../src/oncall/contract.ts';
import type { HealthAnswer } from '../../src/platform/contract.ts';
import type { PostmortemDetail } from '../../src/postmortems/contract.ts';
import type { z } from 'zod';
import type { ProbeStateJson, TargetStateJson } from '../../src/monitoring/contract.ts';
import { POSTMORTEM } from './postmortem-text.ts';

/** Everything that the fixture server answers from. It is made anew for each server, so tests may change it. */
export interface World {
  me: Me;
  setupNeeded: boolean;
  signedIn: boolean;
  health: HealthAnswer;
  services: ServiceJson[];
  objectives: ObjectiveStatus[];
  alerts: Alert[];
  onCall: OnCallNow;
  incidents: IncidentDetail[];
  events: LedgerEvent[];
  pages: PageDetail[];
  postmortems: PostmortemDetail[];
  probes: ProbeStateJson[];
  targets: TargetStateJson[];
  config: z.infer<typeof configState>;
  resources: ResourceJson[];
  accounts: Account[];
  tokens: ApiToken[];
  mail: MailboxMessage[] | undefined;
}

export type WorldName = 'trouble' | 'calm' | 'empty';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A URL shortener at three in the morning: its links are served with errors since a deploy, its store is slow. */
export function makeWorld(name: WorldName, now = Date.now()): World {
  const ago = (ms: number): string => new Date(now - ms).toISOString();
  const world = base(ago);
  if (name === 'empty') return world;
  Object.assign(world, furnished(ago, now));
  if (name === 'trouble') Object.assign(world, trouble(ago, now));
  return world;
}

type Ago = (ms: number) => string;

function base(ago: Ago): World {
  return {
    me: { kind: 'account', name: 'Ana Lima', email: 'ana@links.example', role: 'admin', person: 'ana' },
    setupNeeded: false,
    signedIn: true,
    health: { state: 'ok', version: '0.1.0', components: [{ component: 'state', state: 'ok', problem: '', since: ago(2 * HOUR) }] },
    services: [],
    objectives: [],
    alerts: [],
    onCall: { at: ago(0), schedules: [], services: [] },
    incidents: [],
    events: [],
    pages: [],
    postmortems: [],
    probes: [],
    targets: [
      {
        ...target('nines', 'http://127.0.0.1:9900/metrics', ago),
        samples: 412,
      },
    ],
    config: { version: 0, appliedAt: null, source: null, refused: null },
    resources: [],
    accounts: [{ id: 'acc-1', name: 'Ana Lima', email: 'ana@links.example', role: 'admin', createdAt: ago(40 * DAY) }],
    tokens: [],
    mail: undefined,
  };
}

const service = (name: string, title: string, more: Partial<ServiceJson>): ServiceJson => ({
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

const objective = (name: string, serviceName: string, title: string, ago: Ago, more: Partial<ObjectiveStatus> = {}): ObjectiveStatus => ({
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
    { severity: 'ticket', burnRate: 1, longMs: 3 * DAY, shortMs: 6 * HOUR },
  ],
  evaluatedAt: ago(4_000),
  ...more,
});

const event = (marker: number, time: string, kind: string, actor: string, title: string, more: Partial<LedgerEvent> = {}): LedgerEvent => ({
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

const probe = (name: string, serviceName: string, ago: Ago, more: Partial<ProbeStateJson> = {}): ProbeStateJson => ({
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

function furnished(ago: Ago, now: number): Partial<World> {
  const ana = { name: 'ana', title: 'Ana Lima' };
  const ben = { name: 'ben', title: 'Ben Okafor' };
  return {
    services: [
      service('links', 'Short links', {
        tier: 1,
        description: 'Redirects short links to where they lead. What everyone knows us for.',
        dependsOn: ['store'],
        dependents: ['web'],
      }),
      service('web', 'Web site', { dependsOn: ['links', 'accounts'] }),
      service('accounts', 'Accounts', { dependents: ['web'] }),
      service('store', 'Link store', { tier: 1, owner: 'data', dependents: ['links', 'visits'] }),
      service('visits', 'Visit log', { tier: 4, owner: 'data', runbook: null, dependsOn: ['store'] }),
    ],
    objectives: [
      objective('links-availability', 'links', 'Redirects succeed', ago),
      objective('links-latency', 'links', 'Redirects within 100 ms', ago, { target: 0.99, attainment: 0.9956 }),
      objective('web-availability', 'web', 'Pages load', ago, { budget: { allowed: 210, spent: 20, remaining: 0.91 } }),
      objective('store-availability', 'store', 'Reads succeed', ago, { budget: { allowed: 900, spent: 470, remaining: 0.48 } }),
    ],
    onCall: {
      at: ago(0),
      schedules: [
        {
          schedule: 'links-primary',
          team: 'links',
          primary: ana,
          secondary: ben,
          until: new Date(now + 2.3 * DAY).toISOString(),
          next: { primary: ben, secondary: ana },
        },
        {
          schedule: 'data',
          team: 'data',
          primary: { name: 'chen', title: 'Chen Wei' },
          secondary: null,
          until: new Date(now + 9 * HOUR).toISOString(),
          next: { primary: ana, secondary: null },
        },
      ],
      services: [
        { service: 'links', policy: 'links-escalation', first: [ana] },
        { service: 'web', policy: 'links-escalation', first: [ana] },
        { service: 'store', policy: 'data-escalation', first: [{ name: 'chen', title: 'Chen Wei' }] },
        { service: 'visits', policy: null, first: [] },
      ],
    },
    events: [
      event(101, ago(27 * HOUR), 'config.applied', 'person:ben', '4 documents changed', { data: { version: 17 } }),
      event(102, ago(3 * HOUR), 'change.scale', 'token:ci', 'web scaled from 2 to 3 instances', { service: 'web' }),
    ],
    incidents: [past(ago)],
    postmortems: [postmortem(ago)],
    probes: [
      probe('front-page', 'web', ago),
      probe('redirect', 'links', ago, {
        hops: [
          {
            url: 'https://links.example/go/health',
            method: 'GET',
            address: '203.0.113.7:443',
            status: 302,
            location: 'https://links.example/health',
            tlsVersion: 'TLSv1.3',
            certificateExpiry: null,
            phases: { resolve: 2.2, connect: 10.7, tls: 22.1, processing: 18.4, transfer: 0.3 },
          },
          {
            url: 'https://links.example/health',
            method: 'GET',
            address: '203.0.113.7:443',
            status: 200,
            location: null,
            tlsVersion: 'TLSv1.3',
            certificateExpiry: null,
            phases: { resolve: 0.2, connect: 9.9, tls: 20.8, processing: 13.5, transfer: 0.8 },
          },
        ],
      }),
    ],
    targets: [...base(ago).targets, ...targets(ago)],
    config: { version: 17, appliedAt: ago(27 * HOUR), source: '/etc/nines', refused: null },
    resources: resources(),
    accounts: [
      ...base(ago).accounts,
      { id: 'acc-2', name: 'Ben Okafor', email: 'ben@links.example', role: 'responder', createdAt: ago(30 * DAY) },
    ],
    tokens: [
      { id: 'tok-1', name: 'ci', scope: 'responder', createdAt: ago(20 * DAY), lastUsedAt: ago(11 * MINUTE), expiresAt: null },
      {
        id: 'tok-2',
        name: 'prometheus-eu',
        scope: 'intake',
        createdAt: ago(20 * DAY),
        lastUsedAt: ago(3_000),
        expiresAt: new Date(now + 90 * DAY).toISOString(),
      },
    ],
    mail: [
      {
        id: 'mail-1',
        to: 'ana@links.example',
        from: 'nines <nines@localhost>',
        subject: 'links: stop the errors, 14 % fail',
        text: 'Redirects succeed: 14 % of requests fail (objective 0.1 %).\n\nAcknowledge: http://127.0.0.1:9900/a/3f9c\nGraph: http://127.0.0.1:9900/graph?expr=up\n\nChanged: links v2.41 deployed 3 min before.',
        html: '<p>Redirects succeed: <b>14 %</b> of requests fail.</p><p><a href="http://127.0.0.1:9900/a/3f9c">Acknowledge</a></p>',
        receivedAt: ago(12 * MINUTE),
      },
    ],
  };
}

function target(job: string, url: string, ago: Ago, more: Partial<TargetStateJson> = {}): TargetStateJson {
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
    ...more,
  };
}

function targets(ago: Ago): TargetStateJson[] {
  return [
    target('links', 'http://10.0.3.11:8080/metrics', ago),
    target('links', 'http://10.0.3.12:8080/metrics', ago),
    target('store', 'http://10.0.4.2:9187/metrics', ago, {
      health: 'down',
      lastError: 'line 214, column 31: expected a number after the label set, found "NaNs"',
      samples: 0,
    }),
  ];
}

function resources(): ResourceJson[] {
  const resource = (kind: string, name: string, spec: Record<string, unknown> = {}): ResourceJson => ({
    kind,
    name,
    file: `${kind.toLowerCase()}s.yaml`,
    spec,
  });
  const ratio = (good: string, total: string): Record<string, unknown> => ({
    indicator: {
      spec: { ratioMetric: { good: { metricSource: { spec: { query: good } } }, total: { metricSource: { spec: { query: total } } } } },
    },
  });
  return [
    ...['ana', 'ben', 'chen'].map((name) => resource('Person', name, { email: `${name}@links.example` })),
    ...['links', 'data'].map((name) => resource('Team', name)),
    ...['links', 'web', 'accounts', 'store', 'visits'].map((name) => resource('Service', name)),
    resource(
      'SLO',
      'links-availability',
      ratio('http_requests_total{service="links",code!~"5.."}', 'http_requests_total{service="links"}'),
    ),
  ];
}

function past(ago: Ago): IncidentDetail {
  const begin = 6 * DAY;
  return {
    id: 'inc-11',
    number: 11,
    title: 'Link store refuses connections',
    state: 'all-clear',
    severity: 'critical',
    services: ['store', 'links'],
    roles: { commander: 'chen' },
    responders: ['chen', 'ana'],
    declaredBy: 'nines',
    openedAt: ago(begin),
    outageBeganAt: ago(begin + MINUTE),
    outageEndedAt: ago(begin - 26 * MINUTE),
    acknowledgedAt: ago(begin - 2 * MINUTE),
    allClearAt: ago(begin - 40 * MINUTE),
    lastUpdateAt: ago(begin - 20 * MINUTE),
    nextUpdateDueAt: null,
    pages: ['page-20'],
    postmortem: 'pm-11',
    timeline: [
      { marker: 20, time: ago(begin), kind: 'incident.opened', actor: 'nines', title: 'Incident 11 opened', data: {} },
      { marker: 21, time: ago(begin - 2 * MINUTE), kind: 'page.acknowledged', actor: 'person:chen', title: 'chen acknowledged', data: {} },
      { marker: 22, time: ago(begin - 40 * MINUTE), kind: 'incident.all-clear', actor: 'person:chen', title: 'All clear', data: {} },
    ],
    recentChanges: [],
  };
}

function postmortem(ago: Ago): PostmortemDetail {
  return {
    id: 'pm-11',
    incident: 'inc-11',
    incidentNumber: 11,
    title: 'Link store refuses connections',
    services: ['store', 'links'],
    state: 'draft',
    mttaMs: 3 * MINUTE,
    mttrMs: 27 * MINUTE,
    createdAt: ago(6 * DAY),
    updatedAt: ago(5 * DAY),
    updatedBy: 'person:chen',
    version: 3,
    markdown: POSTMORTEM,
  };
}

function trouble(ago: Ago, now: number): Partial<World> {
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
        severity: 'ticket',
        service: 'store',
        labels: { alertname: 'StoreSlowReads', service: 'store', severity: 'ticket', instance: '10.0.4.2:9187' },
        annotations: { summary: 'Reads take 210 ms at the 99th percentile' },
        value: 0.21,
        expr: 'histogram_quantile(0.99, rate(store_read_seconds_bucket[5m])) > 0.1',
      },
      {
        ...alert,
        fingerprint: 'g7',
        rule: 'VisitsLag',
        severity: 'ticket',
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
    triggeredAt: ago(began - 8_200),
    acknowledgedAt: null,
    acknowledgedBy: null,
    resolvedAt: null,
    incident: 'inc-12',
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
