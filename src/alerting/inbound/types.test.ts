/** What each type makes of the payloads that its senders' documentation shows. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzz } from '../../../test/harness/fuzz.ts';
import { Problem } from '../../platform/problem.ts';
import { reportProblem } from '../external/index.ts';
import { INTEGRATION_TYPES, integrationSpec, type IntegrationSpec, type IntegrationTypeName } from './integration-kind.ts';
import type { Mapped } from './integration-type.ts';
import { reportEvent } from './report-event.ts';
import { TYPES } from './types.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const MAP = { items: 'events', key: 'incident.id', title: 'incident.name', severity: 'incident.level', status: 'incident.state', labels: { region: "where['the region']" }, startsAt: 'at', url: 'link' }; // prettier-ignore
const specOf = (type: IntegrationTypeName, more: Record<string, unknown> = {}): IntegrationSpec =>
  integrationSpec.parse({ type, ...(type === 'json' && { map: MAP }), ...more });

const mapped = (
  type: IntegrationTypeName,
  body: unknown,
  headers: Record<string, string> = {},
  more: Record<string, unknown> = {},
): Mapped =>
  TYPES[type].map(
    { body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), headers, now: NOW },
    specOf(type, more),
    'Shop',
  );

const reports = (type: IntegrationTypeName, body: unknown, headers: Record<string, string> = {}, more: Record<string, unknown> = {}) =>
  mapped(type, body, headers, more).events.map((event) => reportEvent(event, 'shop', specOf(type, more), NOW));

const trigger = {
  routing_key: 'R0123456789',
  event_action: 'trigger',
  dedup_key: 'srv01/HTTP',
  client: 'Sample Monitoring Service',
  client_url: 'https://monitoring.example.com',
  links: [{ href: 'https://example.com/', text: 'Link text' }],
  images: [{ src: 'https://chart.example.com/i.png' }],
  payload: {
    summary: 'Example alert on host1.example.com',
    timestamp: '2026-11-21T11:58:00.000+0000',
    source: 'monitoringtool:host1.example.com/prod-datapipe',
    severity: 'info',
    component: 'postgres',
    group: 'prod-datapipe',
    class: 'deploy',
    custom_details: { 'ping time': '1500ms', 'load avg': 0.75, nested: { deep: [1, 2] } },
  },
};

const grafanaAlert = {
  status: 'firing',
  labels: { alertname: 'High memory usage', team: 'blue', zone: 'us-1' },
  annotations: { description: 'The system has high memory usage', runbook_url: 'https://runbook.example/1', summary: 'Alert was triggered for zone us-1' },
  startsAt: '2026-11-21T11:51:03.157076+00:00',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'https://grafana.example/alerting/1afz29v7z/edit',
  fingerprint: 'c6eadffa33fcdf37',
  silenceURL: 'https://grafana.example/alerting/silence/new',
  dashboardURL: '',
  panelURL: '',
  values: { B: 44.23943737541908, C: 1 },
}; // prettier-ignore
const group = (alerts: unknown[], more: object = {}): object => ({
  receiver: 'My Super Webhook', status: 'firing', orgId: 1, alerts, groupLabels: {}, commonLabels: {}, commonAnnotations: {},
  externalURL: 'https://grafana.example/', version: '1', groupKey: '{}:{}', truncatedAlerts: 0, title: '[FIRING:1]', state: 'alerting', message: 'm', ...more,
}); // prettier-ignore

test.each<[string, IntegrationTypeName, unknown, Record<string, string>, object]>([
  ['PagerDuty: trigger', 'pagerduty', trigger, {}, {
    source: 'pagerduty/shop', key: 'srv01/HTTP', status: 'firing', severity: 'eventually', startsAt: Date.parse('2026-11-21T11:58:00Z'),
    labels: { alertname: 'deploy', source: 'monitoringtool:host1.example.com/prod-datapipe', component: 'postgres', group: 'prod-datapipe', integration: 'shop' },
    annotations: { summary: 'Example alert on host1.example.com', description: 'ping time: 1500ms\nload avg: 0.75\nnested.deep.0: 1\nnested.deep.1: 2\nLink text: https://example.com/' },
    generatorUrl: 'https://monitoring.example.com',
  }],
  ['PagerDuty: the least that it may be', 'pagerduty', { event_action: 'trigger', payload: { summary: 's', source: 'h', severity: 'error' } }, {}, { severity: 'critical', startsAt: NOW, labels: { alertname: 'Shop' } }],
  ['PagerDuty: resolve', 'pagerduty', { routing_key: 'R', event_action: 'resolve', dedup_key: 'srv01/HTTP' }, {}, { status: 'resolved', key: 'srv01/HTTP', annotations: {} }],
  ['Opsgenie: create', 'opsgenie', {
    message: 'An example alert message', alias: 'Life is too short for no alias', description: 'Every alert needs a description',
    responders: [{ id: '4513b7ea', type: 'team' }], visibleTo: [], actions: ['Restart'], tags: ['OverwriteQuietHours', 'Critical'],
    details: { key1: 'value1', key2: 'value2' }, entity: 'An example entity', priority: 'P1',
  }, {}, {
    key: 'Life is too short for no alias', severity: 'critical', labels: { alertname: 'Shop', entity: 'An example entity', tags: 'OverwriteQuietHours, Critical' },
    annotations: { summary: 'An example alert message', description: 'Every alert needs a description\nkey1: value1\nkey2: value2' },
  }],
  ['Opsgenie: without a priority it is P3', 'opsgenie', { message: 'm' }, {}, { severity: 'today' }],
  ['Grafana: firing', 'grafana', group([grafanaAlert]), {}, {
    key: 'c6eadffa33fcdf37', status: 'firing', severity: 'today', endsAt: null, startsAt: Date.parse('2026-11-21T11:51:03.157Z'), labels: { alertname: 'High memory usage', team: 'blue', zone: 'us-1' },
    annotations: { summary: 'Alert was triggered for zone us-1', description: 'The system has high memory usage\nB: 44.23943737541908\nC: 1', runbook_url: 'https://runbook.example/1', silence: 'https://grafana.example/alerting/silence/new' },
    generatorUrl: 'https://grafana.example/alerting/1afz29v7z/edit',
  }],
  ['Grafana: resolved', 'grafana', group([{ ...grafanaAlert, status: 'resolved', endsAt: '2026-11-21T11:59:00Z' }]), {}, { status: 'resolved', endsAt: Date.parse('2026-11-21T11:59:00Z') }],
  ['Grafana before 9', 'grafana', {
    dashboardId: 1, evalMatches: [{ value: 1, metric: 'Count', tags: {} }], imageUrl: 'https://grafana.com/i.png', message: 'Notification Message', orgId: 1, panelId: 2,
    ruleId: 1, ruleName: 'Panel Title alert', ruleUrl: 'https://grafana.example/d/h/p?tab=alert', state: 'alerting', tags: { severity: 'page' }, title: '[Alerting] Panel Title alert',
  }, {}, { key: 'rule 1/1', severity: 'critical', labels: { alertname: 'Panel Title alert' }, annotations: { summary: 'Panel Title alert', description: 'Notification Message\n0: Count: 1' } }],
  ['Grafana before 9: no data', 'grafana', { ruleId: 1, ruleName: 'r', state: 'no_data' }, {}, { status: 'firing', annotations: { summary: 'r: no data' } }],
  ['Grafana before 9: ok', 'grafana', { ruleId: 1, ruleName: 'r', state: 'ok', evalMatches: null }, {}, { status: 'resolved', key: 'rule 1/1' }],
  ['Alertmanager', 'alertmanager', { version: '4', groupKey: '{}:{alertname="A"}', truncatedAlerts: 0, status: 'firing', receiver: 'nines', alerts: [{ status: 'firing', labels: { alertname: 'A', severity: 'critical', service: 'db' }, annotations: { summary: 'Down' }, startsAt: '2026-11-21T11:00:00Z', endsAt: '0001-01-01T00:00:00Z', generatorURL: 'http://p:9090/graph', fingerprint: 'f1' }] }, {}, { key: 'f1', severity: 'critical', service: 'db' }],
  ['CloudEvents: structured', 'cloudevents', { specversion: '1.0', type: 'com.example.disk.full', source: '/hosts/db1', subject: 'sda', id: 'A234', time: '2026-11-21T11:31:00Z', datacontenttype: 'application/json', data: { message: 'Disk is full', severity: 'critical', free: 0 } }, { 'content-type': 'application/cloudevents+json; charset=utf-8' }, {
    key: '/hosts/db1 sda com.example.disk.full', severity: 'critical', startsAt: Date.parse('2026-11-21T11:31:00Z'), annotations: { summary: 'Disk is full', description: 'message: Disk is full\nseverity: critical\nfree: 0' },
  }],
  ['CloudEvents: over, of the same', 'cloudevents', { specversion: '1.0', type: 'com.example.disk.full.resolved', source: '/hosts/db1', subject: 'sda', id: 'A235' }, { 'content-type': 'application/cloudevents+json' }, { status: 'resolved', key: '/hosts/db1 sda com.example.disk.full' }],
  ['CloudEvents: binary', 'cloudevents', '{"title":"Slow"}', { 'content-type': 'application/json', 'ce-specversion': '1.0', 'ce-id': '1', 'ce-type': 't', 'ce-source': '/a', 'ce-subject': 'caf%C3%A9', 'ce-severity': 'info' }, { key: '/a café t', severity: 'eventually', annotations: { summary: 'Slow' } }],
  ['CloudEvents: data in base 64', 'cloudevents', { specversion: '1.0', id: '1', type: 't', source: 's', data_base64: Buffer.from('{"title":"T"}').toString('base64') }, { 'content-type': 'application/cloudevents+json' }, { annotations: { summary: 'T' } }],
  ['JSON', 'json', { events: [{ incident: { id: 7, name: 'Card payments fail', level: 'fatal', state: 'OPEN' }, where: { 'the region': 'eu' }, at: 1_795_262_000, link: 'javascript:alert(1)' }] }, {}, {
    key: '7', status: 'firing', labels: { alertname: 'shop', region: 'eu', integration: 'shop' }, annotations: { summary: 'Card payments fail' }, startsAt: 1_795_262_000_000 > NOW ? NOW : 1_795_262_000_000, generatorUrl: null,
  }],
  ['JSON: over', 'json', { events: [{ incident: { id: 7, state: 'Resolved' } }] }, {}, { key: '7', status: 'resolved', annotations: {} }],
])('%s', (_, type, body, headers, expected) => {
  const [report, ...others] = reports(type, body, headers);
  expect(report).toMatchObject(expected);
  expect(reportProblem(report!)).toBeUndefined();
  expect(others).toEqual([]);
}); // prettier-ignore

test.each<[string, IntegrationTypeName, unknown, Record<string, string>, string]>([
  ['no JSON', 'pagerduty', '{', {}, 'The body is not JSON'],
  ['no action', 'pagerduty', { routing_key: 'R' }, {}, 'event_action: '],
  ['no severity', 'pagerduty', { event_action: 'trigger', payload: { summary: 's', source: 'h' } }, {}, 'payload.severity: '],
  ['an end of nothing', 'pagerduty', { event_action: 'resolve' }, {}, 'dedup_key: '],
  ['no message', 'opsgenie', { alias: 'a' }, {}, 'message: '],
  ['a priority that is none', 'opsgenie', { message: 'm', priority: 'P9' }, {}, 'priority: '],
  ['no list', 'grafana', { status: 'firing' }, {}, 'alerts: '],
  ['a label that is a number', 'grafana', group([{ ...grafanaAlert, labels: { a: 1 } }]), {}, 'alerts[0].labels.a: '],
  ['version 3', 'alertmanager', { version: '3', alerts: [] }, {}, 'only version 4'],
  ['no CloudEvent', 'cloudevents', {}, { 'content-type': 'application/json' }, 'This is no CloudEvent'],
  [
    'an old CloudEvent',
    'cloudevents',
    { specversion: '0.3', id: '1', type: 't', source: 's' },
    { 'content-type': 'application/cloudevents+json' },
    'only CloudEvents 1.0',
  ],
  ['a list that is none', 'json', { events: {} }, {}, 'events: must be a list'],
  ['no key', 'json', { events: [{ incident: { state: 'open', name: 'n' } }] }, {}, 'events[0].incident.id: '],
  ['no title', 'json', { events: [{ incident: { state: 'open', id: 1 } }] }, {}, 'events[0].incident.name: '],
  ['no status', 'json', { events: [{ incident: { id: 1, name: 'n' } }] }, {}, 'events[0].incident.state: '],
  ['a mail by HTTP', 'email', '', {}, 'send it to its address'],
])('%s is refused, with its place', (_, type, body, headers, problem) => {
  expect(() => mapped(type, body, headers)).toThrow(Problem);
  expect(() => mapped(type, body, headers)).toThrow(problem);
});

test('good neighbours of a bad one are taken, in each format that has several', () => {
  const grafanas = mapped('grafana', group([grafanaAlert, { ...grafanaAlert, status: 'odd' }]));
  expect([grafanas.events.length, grafanas.refused[0]?.field]).toEqual([1, 'alerts[1].status']);
  const event = { specversion: '1.0', id: '1', type: 't', source: 's' };
  const batch = mapped('cloudevents', [event, { ...event, id: '' }], { 'content-type': 'application/cloudevents-batch+json' });
  expect([batch.events.length, batch.refused[0]?.field]).toEqual([1, '[1].id']);
  const jsons = mapped('json', { events: [{ incident: { id: 1, name: 'n', state: 'open' } }, {}] });
  expect([jsons.events.length, jsons.refused[0]?.field]).toEqual([1, 'events[1].incident.state']);
  expect(mapped('alertmanager', { version: '4', alerts: [], truncatedAlerts: 7 }).note).toContain('left 7 alerts out');
});

test.each<[string, Record<string, unknown>, string]>([
  ['of the sender', {}, 'eventually'],
  ['of the document', { severity: { map: { INFO: 'critical' } } }, 'critical'],
])("the class is that %s's word", (_, more, severity) => {
  expect(reports('pagerduty', trigger, {}, more)[0]).toMatchObject({ severity });
});

test('what the document says of service, labels and end is put on', () => {
  const more = { service: 'checkout', labels: { team: 'pay' }, resolveAfter: '10m' };
  expect(reports('opsgenie', { message: 'm' }, {}, more)[0]).toMatchObject({
    service: 'checkout',
    labels: { team: 'pay', service: 'checkout' },
    endsAt: NOW + 600_000,
  });
});

const BODIES: Readonly<Record<IntegrationTypeName, unknown>> = {
  pagerduty: trigger,
  opsgenie: { message: 'm', alias: 'a', details: { a: 'b' }, tags: ['t'], priority: 'P2' },
  grafana: group([grafanaAlert]),
  alertmanager: { version: '4', alerts: [{ status: 'firing', labels: { a: 'b' } }] },
  cloudevents: { specversion: '1.0', id: '1', type: 't', source: 's', data: { a: 1 } },
  email: {},
  json: { events: [{ incident: { id: 1, name: 'n', state: 'open' } }] },
};

/** The contract: whatever comes is taken as something that can be kept, or refused as a Problem 400 that says where; soon. */
test.each(INTEGRATION_TYPES)('%s: hostile payloads', async (type) => {
  const headers = { 'content-type': 'application/cloudevents+json' };
  const check = (body: Buffer): void => {
    try {
      const { events } = TYPES[type].map({ body, headers, now: NOW }, specOf(type), 'Shop');
      for (const event of events) {
        const report = reportEvent(event, 'shop', specOf(type), NOW);
        expect(report.source).toBe(`${type}/shop`);
        expect(Object.keys(report.labels).length).toBeLessThanOrEqual(64);
      }
    } catch (error) {
      expect(error).toBeInstanceOf(Problem);
      expect((error as Problem).status).toBe(400);
      expect((error as Problem).message.length).toBeLessThan(3_000);
    }
  };
  check(Buffer.from('['.repeat(500_000)));
  check(Buffer.from(JSON.stringify({ ...(BODIES[type] as object), payload: JSON.parse(`${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}`) as unknown })));
  check(Buffer.from(JSON.stringify(BODIES[type]).replaceAll('"m"', JSON.stringify('x'.repeat(100_000)))));
  const text = JSON.stringify(BODIES[type]);
  const junk = fc.oneof(fc.constantFrom('null', '{}', '[]', '1e999', '"\\u0000"', '"\\ud800"', '__proto__', 'constructor', '"', '}', ','), fc.string({ maxLength: 5 })); // prettier-ignore
  const edited = fc.tuple(fc.nat(text.length), fc.nat(20), junk).map(([at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut));
  const valued = fc.tuple(fc.nat(200), fc.jsonValue({ maxDepth: 4 })).map(([nth, value]) => {
    let i = 0;
    return JSON.stringify(JSON.parse(text, (_, old: unknown) => (i++ === nth ? value : old)));
  });
  await fuzz(fc.property(fc.oneof(edited, valued, fc.json()), (body) => check(Buffer.from(body ?? ''))), 150);
  await fuzz(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => check(Buffer.from(bytes))), 50);
}); // prettier-ignore
