import { silences, windows } from './silence-fixtures.ts';
import type { ResourceJson } from '../../src/catalog/contract.ts';
import type { IncidentDetail } from '../../src/incidents/contract.ts';
import type { DroppedTargetJson, TargetStateJson } from '../../src/monitoring/contract.ts';
import type { PostmortemDetail } from '../../src/postmortems/contract.ts';
import { POSTMORTEM } from './postmortem-text.ts';
import { DAY, event, HOUR, MINUTE, objective, probe, service, target, type Ago } from './world-parts.ts';
import { base, type World } from './world-base.ts';

/** A URL shortener on a quiet night. */
export function furnished(ago: Ago, now: number): Partial<World> {
  const ana = { name: 'ana', title: 'Ana Lima' };
  const ben = { name: 'ben', title: 'Ben Okafor' };
  const chen = { name: 'chen', title: 'Chen Wei' };
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
    overrides: [
      {
        id: 'ov-1',
        schedule: 'links-primary',
        layer: 'primary',
        person: chen,
        from: new Date(now + 5 * DAY).toISOString(),
        to: new Date(now + 6 * DAY).toISOString(),
        reason: "Ben's exam",
        swap: null,
        createdAt: ago(DAY),
        createdBy: 'person:ana',
      },
    ],
    swaps: [
      {
        id: 'sw-1',
        schedule: 'links-primary',
        layer: 'primary',
        giver: ben,
        taker: ana,
        give: { from: new Date(now + 31 * DAY).toISOString(), to: new Date(now + 33 * DAY).toISOString() },
        back: { from: new Date(now + 38 * DAY).toISOString(), to: new Date(now + 40 * DAY).toISOString() },
        note: 'My sister marries that weekend.',
        state: 'proposed',
        createdAt: ago(5 * HOUR),
        answeredAt: null,
      },
    ],
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
    dropped: dropped(),
    discoveryProblems: [
      {
        scrape: 'edge',
        source: '/etc/nines/targets/edge-eu.json',
        problem: '/etc/nines/targets/edge-eu.json: Unexpected end of JSON input',
        since: ago(26 * MINUTE),
      },
    ],
    config: { version: 17, appliedAt: ago(27 * HOUR), source: '/etc/nines', problems: [], refused: null },
    silences: silences(),
    maintenance: windows(),
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

function dropped(): DroppedTargetJson[] {
  const found = { __metrics_path__: '/metrics', __scheme__: 'http', job: 'links' };
  return [
    { scrape: 'links', discovered: { ...found, __address__: '10.0.9.4:8080', env: 'test' }, problem: null },
    { scrape: 'links', discovered: { ...found, __address__: '' }, problem: 'no __address__ is left' },
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
    resource('SLO', 'links-availability', {
      service: 'links',
      excludeMaintenance: true,
      ...ratio('http_requests_total{service="links",code!~"5.."}', 'http_requests_total{service="links"}'),
    }),
    resource('SLO', 'visits-fresh', { service: 'visits', ...ratio('visits_fresh', 'visits_total') }),
  ];
}

export function past(ago: Ago): IncidentDetail {
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
