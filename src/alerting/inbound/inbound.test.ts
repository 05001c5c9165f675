/** Integrations whole: over HTTP, SMTP and from a maildir, into the real PostgreSQL. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { freePort } from '../../../test/harness/free-port.ts';
import { createTestSql, type TestSql } from '../../../test/harness/test-sql.ts';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { createResourceSet } from '../../catalog/index.ts';
import { createLedger, ledgerMigrations } from '../../ledger/index.ts';
import { createHealth } from '../../platform/health.ts';
import { createHttpServer, type Principal } from '../../platform/http/index.ts';
import { createJobs, jobsMigrations } from '../../platform/jobs/index.ts';
import { silentLog } from '../../platform/log.ts';
import { createRegistry } from '../../platform/metrics.ts';
import { createAlertStore } from '../alerts/alert-store.ts';
import { AlertWriter } from '../alerts/alert-writer.ts';
import { createDoorkeeper } from '../doorkeeper/doorkeeper.ts';
import { createExternalAlerts, DEFAULT_EXTERNAL_LIMITS } from '../external/index.ts';
import { createHeartbeats, heartbeatKind } from '../heartbeat/index.ts';
import { heartbeatSpec } from '../heartbeat/heartbeat-kind.ts';
import { alertingMigrations } from '../migrations.ts';
import type { Integration } from './contract.ts';
import { createIntegrations, createMailIntake, inboundRoutes, integrationKind, vendorRoutes } from './index.ts';
import { integrationSpec } from './integration-kind.ts';

const anonymous: Principal = { kind: 'anonymous', actor: 'anonymous', name: 'anonymous', person: null, role: null };
const admin: Principal = { ...anonymous, kind: 'token', actor: 'token:ci', name: 'ci', role: 'admin' };
const environment = { PD_KEY: 'r'.repeat(32), GENIE: 'genie-key', HOOK: 'hook-secret' };

let database: TestSql;
let server: Awaited<ReturnType<typeof createHttpServer>>;
let mail: ReturnType<typeof createMailIntake>;
let smtpPort = 0;
let smtpsPort = 0;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-maildir-'));
const clock = new VirtualClock('2026-11-21T12:00:00Z');
const health = createHealth(clock);
const pems = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-pems-'));
/** A certificate for a name, signed by itself. */
function makePair(name: string): void {
  const made = spawnSync('openssl', [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    path.join(pems, 'key.pem'),
    '-out',
    path.join(pems, 'cert.pem'),
  ]);
  if (made.status !== 0) throw new Error(String(made.stderr));
}
const told: string[] = [];
const acknowledged: string[] = [];
const snoozed: string[] = [];
const changed: object[] = [];
let broken = false;

beforeAll(async () => {
  database = await createTestSql([...jobsMigrations, ...ledgerMigrations, ...alertingMigrations]);
  const { sql } = database;
  const jobs = createJobs({ sql, clock, log: silentLog });
  const ledger = createLedger({ sql, clock });
  const store = createAlertStore(sql);
  const sink = {
    changed: async (_: unknown, transitions: readonly { to: string; alert: { annotations: Readonly<Record<string, string>>; severity: string } }[]) => {
      told.push(...transitions.map(({ to, alert }) => `${to} ${alert.annotations['summary']} (${alert.severity})`));
    },
  };
  const writer = new AlertWriter({ sql, ledger, store, sink });
  const alerts = createExternalAlerts({ sql, clock, jobs, store, writer, limits: DEFAULT_EXTERNAL_LIMITS });
  const external: typeof alerts = {
    ...alerts,
    report: (...given) => (broken ? Promise.reject(new Error('the database is away')) : alerts.report(...given)),
  };
  const document = (name: string, spec: unknown) => ({ kind: integrationKind.kind, name, title: name, labels: {}, file: null, spec: integrationSpec.parse(spec) });
  const set = createResourceSet([
    document('pd', { type: 'pagerduty', secret: '${PD_KEY}' }),
    document('og', { type: 'opsgenie', secret: '${GENIE}' }),
    document('grafana', { type: 'grafana', secret: '${HOOK}', description: 'The dashboards' }),
    document('keyed', { type: 'json', map: { title: 'what', severity: 'level' } }),
    document('unset', { type: 'json', secret: '${NOT_SET}', map: { title: 'what' } }),
    document('mails', { type: 'email', mail: { recipients: ['alerts@nines.example.org'], senders: ['@example.org'], folder } }),
    { kind: heartbeatKind.kind, name: 'backup', title: 'backup', labels: {}, file: null, spec: heartbeatSpec.parse({ every: '1h' }) },
  ] as never);
  const catalog = { current: () => set, onChange: () => undefined };
  const heartbeats = createHeartbeats({ sql, clock, log: silentLog, jobs, catalog, external, url: 'https://n' });
  const door = createDoorkeeper({ clock, environment });
  const acknowledge = async (fingerprint: string, { name }: { name: string }): Promise<void> => void acknowledged.push(`${fingerprint} ${name}`);
  const integrations = createIntegrations({ sql, clock, catalog, external, acknowledge, snooze: async (_, { name }, until) => void snoozed.push(`${name} ${until}`), environment, perMinute: 100 });
  const routes = [
    ...inboundRoutes({ integrations, door, sql, clock, ledger, url: 'https://n', environment }),
    ...vendorRoutes({ integrations, heartbeats, door, clock, ledger, sql, change: async (change, actor) => void changed.push({ ...change, actor }) }),
  ];
  const gate = {
    identify: async ({ headers }: { headers: Record<string, unknown> }) => (headers['authorization'] === 'Bearer admin' ? admin : anonymous),
    permits: (principal: Principal, access: string) => access === 'secret' || principal.role === 'admin',
  };
  server = await createHttpServer({ routes, gate, clock, log: silentLog, metrics: createRegistry() });
  makePair('first');
  smtpsPort = await freePort();
  const settings = { smtp: 0, smtps: smtpsPort, tls: { certificate: path.join(pems, 'cert.pem'), key: path.join(pems, 'key.pem') }, host: '127.0.0.1', maxMail: 100_000 } as const;
  mail = createMailIntake({ integrations, clock, log: silentLog, health, settings });
  fs.mkdirSync(path.join(folder, 'new'));
  smtpPort = (await mail.start())!;
}); // prettier-ignore
afterAll(async () => {
  await mail.stop();
  await server.close();
  await database[Symbol.asyncDispose]();
  fs.rmSync(folder, { recursive: true });
  fs.rmSync(pems, { recursive: true });
});
beforeEach(async () => {
  told.length = 0;
  acknowledged.length = 0;
  broken = false;
  await clock.advance(61_000, () => Promise.resolve());
});

const post = (url: string, payload: unknown, headers: Record<string, string> = {}, method: 'POST' | 'DELETE' = 'POST') =>
  server.inject({ method, url, headers: { 'content-type': 'application/json', ...headers }, ...(payload !== undefined && { payload: JSON.stringify(payload) }) }); // prettier-ignore
const ADMIN = { authorization: 'Bearer admin' };
const listed = async (name: string): Promise<Integration> => {
  const answer = await server.inject({ url: '/nines/v1/integrations', headers: ADMIN });
  return answer.json<{ integrations: Integration[] }>().integrations.find((one) => one.name === name)!;
};

const payload = { summary: 'DB is down', source: 'db1', severity: 'critical' };
const event = { routing_key: environment.PD_KEY, event_action: 'trigger', dedup_key: 'd1', payload };

test("PagerDuty's senders change the host, and nothing else", async () => {
  const made = await post('/v2/enqueue', event);
  expect([made.statusCode, made.json()]).toEqual([202, { status: 'success', message: 'Event processed', dedup_key: 'd1' }]);
  await post('/v2/enqueue', event);
  expect(told).toEqual(['firing DB is down (critical)']);
  await post('/v2/enqueue', { routing_key: environment.PD_KEY, event_action: 'acknowledge', dedup_key: 'd1', client: 'Nagios' });
  expect(acknowledged).toEqual([expect.stringMatching(/^[0-9a-f]{16} Nagios$/)]);
  await post('/v2/enqueue', { routing_key: environment.PD_KEY, event_action: 'resolve', dedup_key: 'd1' });
  expect(told).toEqual(['firing DB is down (critical)', 'resolved DB is down (critical)']);
  const none = await post('/v2/enqueue', { ...event, dedup_key: undefined });
  expect(none.json<{ dedup_key: string }>().dedup_key).toMatch(/^[0-9a-z]{20}$/);
});

test.each([
  [{ ...event, routing_key: 'x' }, 'Invalid routing key'],
  [{ ...event, routing_key: undefined }, "'routing_key' is missing"],
  [{ ...event, payload: {} }, 'payload.summary'],
])('and are refused in its words: %o', async (body, problem) => {
  const answer = await post('/v2/enqueue', body);
  expect([answer.statusCode, answer.json()]).toMatchObject([
    400,
    { status: 'invalid event', message: 'Event object is invalid', errors: [expect.stringContaining(problem)] },
  ]);
  expect(told).toEqual([]);
});

test("Opsgenie's senders likewise: by alias, with a GenieKey", async () => {
  const headers = { authorization: `GenieKey ${environment.GENIE}` };
  const made = await post('/v2/alerts', { message: 'Disk full', alias: 'disk', priority: 'P1' }, headers);
  expect([made.statusCode, made.json()]).toMatchObject([202, { result: 'Request will be processed', requestId: 'disk' }]);
  await post('/v2/alerts/disk/acknowledge?identifierType=alias', { user: 'ana' }, headers);
  expect(acknowledged).toEqual([expect.stringContaining(' ana')]);
  await post('/v2/alerts/disk/close?identifierType=alias', {}, headers);
  await post('/v2/alerts', { message: 'Again', alias: 'disk' }, headers);
  await post('/v2/alerts/disk?identifierType=alias', undefined, headers, 'DELETE');
  expect(told).toEqual(['firing Disk full (critical)', 'resolved Disk full (critical)', 'firing Again (today)', 'resolved Again (today)']);
  expect((await post('/v2/alerts', { message: '' }, headers)).json()).toMatchObject({ errors: { message: expect.any(String) } });
  expect((await post('/v2/alerts/disk/sing', {}, headers)).statusCode).toBe(422);
  expect((await post('/v2/alerts', { message: 'm' }, { authorization: 'GenieKey no' })).json()).toMatchObject({ message: 'Could not authenticate' });
  expect((await post('/v2/heartbeats/backup/ping', {}, headers)).json()).toMatchObject({ result: 'PONG - Heartbeat received' });
  expect((await post('/v2/heartbeats/nothing/ping', {}, headers)).statusCode).toBe(404);
}); // prettier-ignore

const grafana = { alerts: [{ status: 'firing', labels: { alertname: 'A', severity: 'critical' }, annotations: { summary: 'Slow' }, fingerprint: 'f' }, { status: 1 }] }; // prettier-ignore

test('an address of its own, whose good alerts are taken and whose bad ones are named', async () => {
  const answer = await post('/nines/v1/inbound/grafana', grafana, { authorization: `Bearer ${environment.HOOK}` });
  expect([answer.statusCode, answer.json<{ detail: string }>().detail]).toEqual([
    400,
    expect.stringMatching(/^alerts\[1\]\.status: .* The other 1 are taken\.$/),
  ]);
  expect(told).toEqual(['firing Slow (critical)']);
  expect(await listed('grafana')).toMatchObject({
    secret: 'environment',
    address: 'https://n/nines/v1/inbound/grafana',
    taken: 1,
    refused: 1,
    lastEvent: 'Slow',
    lastError: expect.stringContaining('alerts[1].status') as string,
    description: 'The dashboards',
  });
  const basic = { authorization: `Basic ${Buffer.from(`grafana:${environment.HOOK}`).toString('base64')}` };
  expect((await post('/nines/v1/inbound/grafana', { alerts: [] }, basic)).statusCode).toBe(200);
  expect((await post(`/nines/v1/inbound/grafana?token=${environment.HOOK}`, { alerts: [] })).statusCode).toBe(200);
});

test.each([
  ['grafana', {}, 401],
  ['grafana', { authorization: `Bearer ${environment.GENIE}` }, 401],
  ['unset', { authorization: 'Bearer ' }, 401],
  ['unset', { authorization: 'Bearer undefined' }, 401],
  ['nothing', { authorization: 'Bearer hook-secret' }, 401],
  ['nothing', ADMIN, 404],
  ['keyed', ADMIN, 200],
])('%s with %o: %i', async (name, headers, status) => {
  const body = name === 'keyed' ? { what: 'Odd' } : grafana;
  expect((await post(`/nines/v1/inbound/${name}`, body, headers)).statusCode).toBe(status);
});

test('a key of nines: made, used, replaced, revoked', async () => {
  const make = async () => (await post('/nines/v1/integrations/keyed/key', undefined, ADMIN)).json<{ key: string }>().key;
  const first = await make();
  const send = async (key: string) => (await post('/nines/v1/inbound/keyed', { what: 'Hot', level: 'page' }, { authorization: `Bearer ${key}` })).statusCode;
  expect([await send(first), (await listed('keyed')).secret]).toEqual([200, 'key']);
  const second = await make();
  expect([await send(first), await send(second)]).toEqual([401, 200]);
  await post('/nines/v1/integrations/keyed/key', undefined, ADMIN, 'DELETE');
  expect([await send(second), (await listed('keyed')).secret]).toEqual([401, 'none']);
  expect((await post('/nines/v1/integrations/keyed/key', undefined, ADMIN, 'DELETE')).statusCode).toBe(404);
}); // prettier-ignore

test('what could not be kept is not acknowledged', async () => {
  broken = true;
  expect((await post('/v2/enqueue', { ...event, dedup_key: 'lost' })).statusCode).toBe(500);
  broken = false;
  expect((await post('/v2/enqueue', { ...event, dedup_key: 'lost' })).statusCode).toBe(202);
  expect(told).toEqual(['firing DB is down (critical)']);
});

test('a flood of one is refused with the setting, and the others go on', async () => {
  const statuses = new Set<number>();
  for (let i = 0; i < 101; i++) statuses.add((await post('/v2/enqueue', { ...event, dedup_key: 'flood' })).statusCode);
  expect([...statuses]).toEqual([202, 429]);
  expect((await post('/v2/alerts', { message: 'Fine' }, { authorization: `GenieKey ${environment.GENIE}` })).statusCode).toBe(202);
});

test('a test event is a ticket that calls nobody', async () => {
  expect((await post('/nines/v1/integrations/pd/test', undefined, ADMIN)).json()).toEqual({ title: 'Test of pd, by ci' });
  expect(told).toEqual(['firing Test of pd, by ci (eventually)']);
});

const send = (given: Record<string, unknown>) =>
  createTransport({ host: '127.0.0.1', port: smtpPort, ignoreTLS: true }).sendMail({ from: 'nagios@example.org', to: 'Alerts@nines.example.org', text: 'It is hot.', ...given }); // prettier-ignore

test('mail by SMTP is an alert, and its end', async () => {
  await send({ subject: '[CRITICAL] Oven 3' });
  await send({ subject: 'Re: [OK] Oven 3' });
  expect(told).toEqual(['firing [CRITICAL] Oven 3 (critical)', 'resolved [OK] Oven 3 (critical)']);
});

test.each([
  [{ to: 'someone@nines.example.org' }, /550/],
  [{ from: 'spam@evil.example', subject: 'Buy' }, /554.*mail\.senders/],
  [{ subject: '' }, /554.*no subject/],
  [{ subject: 'Big', text: 'x'.repeat(120_000) }, /552/],
])('mail that is not taken: %o', async (given, problem) => {
  await expect(send(given)).rejects.toThrow(problem);
  expect(told).toEqual([]);
});

/** Who the server says it is. */
async function nameOf(socket: tls.TLSSocket): Promise<string> {
  await once(socket, 'secureConnect');
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return [subject.CN].flat().join();
}

test('mail comes encrypted, by STARTTLS and from the first byte on; another certificate is used without a restart', async () => {
  const message = { from: 'nagios@example.org', to: 'alerts@nines.example.org', text: 'It is hot.' };
  for (const [port, secure] of [[smtpPort, false], [smtpsPort, true]] as const) {
    const transport = createTransport({ host: '127.0.0.1', port, secure, requireTLS: true, tls: { rejectUnauthorized: false } });
    await transport.sendMail({ ...message, subject: `Problem: heat ${port}` });
    transport.close();
  }
  expect(told).toEqual([smtpPort, smtpsPort].map((port) => `firing Problem: heat ${port} (today)`));
  const connect = () => nameOf(tls.connect({ host: '127.0.0.1', port: smtpsPort, rejectUnauthorized: false }));
  expect(await connect()).toBe('first');
  fs.writeFileSync(path.join(pems, 'key.pem'), 'nonsense');
  await mail.look();
  expect(await connect()).toBe('first');
  expect(health.list().find(({ component }) => component === 'alerting.mail.tls')).toMatchObject({ state: 'degraded', problem: expect.stringContaining('are no certificate and its key') as string });
  makePair('second');
  await mail.look();
  expect(await connect()).toBe('second');
  expect(health.list().find(({ component }) => component === 'alerting.mail.tls')?.state).toBe('ok');
}); // prettier-ignore

test('mail that can not be kept now is asked for again', async () => {
  broken = true;
  await expect(send({ subject: 'Oven 4' })).rejects.toThrow(/451/);
});

test('a maildir: what was taken is moved, what can not be kept now waits, what never can is put away', async () => {
  const put = (name: string, subject: string) =>
    fs.writeFileSync(path.join(folder, 'new', name), `From: a@example.org\r\nSubject: ${subject}\r\n\r\nText\r\n`);
  put('1.host', 'Problem: Freezer');
  put('2.host', '');
  fs.symlinkSync('/etc/passwd', path.join(folder, 'new', 'link'));
  broken = true;
  await mail.look();
  expect(fs.readdirSync(path.join(folder, 'new')).sort()).toEqual(['1.host', '2.host', 'link']);
  broken = false;
  await mail.look();
  expect(fs.readdirSync(path.join(folder, 'new'))).toEqual(['link']);
  expect(fs.readdirSync(path.join(folder, 'cur')).sort()).toEqual(['1.host:2,S', '2.host:2,S']);
  expect(told).toEqual(['firing Problem: Freezer (today)']);
  expect((await listed('mails')).lastError).toContain('no subject');
});

test("Opsgenie's SDKs ask for what they made, snooze it and note what they know", async () => {
  const headers = { authorization: 'GenieKey genie-key' };
  const made = await post('/v2/alerts', { message: 'Queue full', alias: 'q/1', tags: ['eu', 'db'], entity: 'q', details: { depth: '9' }, priority: 'P5' }, headers);
  const { requestId } = made.json<{ requestId: string }>();
  const get = (url: string, own = headers) => server.inject({ url, headers: own });
  const alias = encodeURIComponent('q/1');
  expect((await get(`/v2/alerts/requests/${encodeURIComponent(requestId)}`)).json()).toMatchObject({ data: { success: true, alertId: 'q/1' } });
  expect((await get(`/v2/alerts/${alias}?identifierType=alias`)).json()).toMatchObject({ data: { alias: 'q/1', message: 'Queue full', status: 'open', priority: 'P5', tags: ['eu', 'db'], entity: 'q' }, took: expect.any(Number) });
  const endTime = '2026-11-21T18:00:00Z';
  expect((await post(`/v2/alerts/${alias}/snooze?identifierType=alias`, { endTime, user: 'ana' }, headers)).statusCode).toBe(202);
  expect(snoozed).toEqual([`ana ${Date.parse(endTime)}`]);
  expect((await post(`/v2/alerts/${alias}/snooze`, {}, headers)).json()).toMatchObject({ errors: { endTime: expect.stringContaining('missing') as string } });
  expect((await post(`/v2/alerts/${alias}/notes`, { note: 'Someone looks', user: 'ana' }, headers)).statusCode).toBe(202);
  expect((await createLedger({ sql: database.sql, clock }).read({ kind: 'alert.noted' })).events).toMatchObject([{ title: 'ana: Someone looks', actor: 'integration:og' }]);
  expect((await post(`/v2/alerts/${alias}/notes`, {}, headers)).statusCode).toBe(422);
  expect((await post('/v2/alerts/nothing/notes', { note: 'x' }, headers)).statusCode).toBe(404);
  await post(`/v2/alerts/${alias}/close?identifierType=alias`, {}, headers);
  expect((await get(`/v2/alerts/${alias}`)).json()).toMatchObject({ data: { status: 'closed' } });
  expect((await get('/v2/alerts/nothing')).statusCode).toBe(404);
  expect((await get(`/v2/alerts/${alias}`, { authorization: 'GenieKey no' })).statusCode).toBe(401);
}); // prettier-ignore

test("an Alertmanager with update_alerts says Opsgenie's alerts anew", async () => {
  const headers = { authorization: 'GenieKey genie-key' };
  const put = (field: string, payload: object) => server.inject({ method: 'PUT', url: `/v2/alerts/full/${field}?identifierType=alias`, payload, headers });
  const shown = async () => (await server.inject({ url: '/v2/alerts/full', headers })).json<{ data: Record<string, unknown> }>().data;
  await post('/v2/alerts', { message: 'One disk is full', alias: 'full', description: 'sda', priority: 'P5', entity: 'db1', tags: ['eu'] }, headers);
  expect([(await put('message', { message: 'Two disks are full' })).statusCode, (await put('description', { description: 'sda, sdb' })).statusCode]).toEqual([202, 202]);
  expect(await shown()).toMatchObject({ message: 'Two disks are full', description: 'sda, sdb', priority: 'P5', entity: 'db1', tags: ['eu'], status: 'open' });
  await put('priority', { priority: 'P1' });
  expect(await shown()).toMatchObject({ message: 'Two disks are full', priority: 'P1' });
  expect((await put('message', { message: '' })).json()).toMatchObject({ errors: { message: expect.any(String) } });
  expect((await put('owner', { owner: 'ana' })).statusCode).toBe(422);
  expect((await server.inject({ method: 'PUT', url: '/v2/alerts/nothing/message', payload: { message: 'x' }, headers })).statusCode).toBe(404);
  await post('/v2/alerts/full/close?identifierType=alias', {}, headers);
  expect((await put('message', { message: 'Too late' })).statusCode).toBe(202);
  expect(await shown()).toMatchObject({ message: 'Two disks are full', status: 'closed' });
}); // prettier-ignore

test("PagerDuty's change events are changes", async () => {
  const change = (more: object) => post('/v2/change/enqueue', { routing_key: environment.PD_KEY, ...more });
  const answer = await change({ payload: { summary: 'Build #41 deployed', timestamp: '2026-11-21T11:59:00Z', source: 'shop', custom_details: { by: 'ci' } }, links: [{ href: 'https://ci.example.org/41', text: 'Build' }] });
  expect([answer.statusCode, answer.json()]).toEqual([202, { status: 'success', message: 'Change event processed' }]);
  await change({ payload: { summary: 'Rolled back to 40' } });
  expect(changed).toEqual([
    { kind: 'deploy', service: 'shop', title: 'Build #41 deployed', url: 'https://ci.example.org/41', time: '2026-11-21T11:59:00.000Z', actor: 'integration:pd' },
    { kind: 'rollback', service: 'pd', title: 'Rolled back to 40', actor: 'integration:pd' },
  ]);
  for (const wrong of [{ payload: {} }, {}, { payload: { summary: 'x' }, routing_key: 'x'.repeat(32) }, { routing_key: '' }])
    expect((await change(wrong)).json()).toMatchObject({ status: 'invalid event', errors: [expect.any(String)] });
}); // prettier-ignore
