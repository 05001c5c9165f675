import type { FastifyInstance } from 'fastify';
import { sql as template } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestSql, type TestSql } from '../../../test/harness/test-sql.ts';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { createResourceSet } from '../../catalog/index.ts';
import { createDelivery, deliveryMigrations, type Message } from '../../delivery/index.ts';
import { createLedger, ledgerMigrations } from '../../ledger/index.ts';
import { createHealth } from '../../platform/health.ts';
import type { Principal } from '../../platform/http/index.ts';
import { createHttpServer } from '../../platform/http/server.ts';
import { createJobs, jobsMigrations } from '../../platform/jobs/index.ts';
import { silentLog } from '../../platform/log.ts';
import { createRegistry } from '../../platform/metrics.ts';
import { pageDetail, pagesAnswer, onCallNow, shiftsAnswer } from '../contract.ts';
import { createOncall, type Oncall, oncallMigrations } from '../index.ts';
import { policySpec } from '../policies/policy.ts';
import { scheduleSpec } from '../shifts/schedule.ts';

const START = Date.parse('2026-11-24T03:00:00Z');
const DAY_MS = 86_400_000;

const resource = (kind: string, name: string, spec: unknown) => ({
  kind,
  name,
  title: name === 'ana' ? 'Ana <b>Souza</b>' : name,
  labels: {},
  spec,
  file: null,
});
const set = createResourceSet([
  resource('Person', 'ana', { email: 'ana@example.org', contacts: [], timeZone: 'Europe/Berlin' }),
  resource('Person', 'ben', { email: 'ben@example.org', contacts: [], timeZone: 'UTC' }),
  resource('Team', 'store', { members: ['ana', 'ben'] }),
  resource('Service', 'shop', { owner: 'store', tier: 1, dependsOn: [] }),
  resource('Schedule', 'store', scheduleSpec.parse({ team: 'store', timeZone: 'UTC', rotation: { people: ['ana', 'ben'], start: '2026-11-23' } })),
  resource('EscalationPolicy', 'store', policySpec.parse({ team: 'store', steps: [{ notify: [{ schedule: 'store' }, { person: 'ben' }] }] })),
]); // prettier-ignore

let database: TestSql;
let clock: VirtualClock;
let oncall: Oncall;
let server: FastifyInstance;
let settle: () => Promise<void>;
let sent: Message[];

beforeAll(async () => {
  database = await createTestSql([...jobsMigrations, ...ledgerMigrations, ...deliveryMigrations, ...oncallMigrations]);
});
afterAll(() => database[Symbol.asyncDispose]());

const ben: Principal = { kind: 'account', actor: 'person:ben', name: 'Ben B.', person: 'ben', role: 'responder' };

beforeEach(async () => {
  const { sql } = database;
  await template`truncate jobs, events, deliveries, delivery_attempts, pages, page_alerts, page_told, page_links, page_declined`.execute(
    sql.db(),
  );
  clock = new VirtualClock(START);
  const jobs = createJobs({ sql, clock, log: silentLog });
  const common = { sql, clock, log: silentLog, health: createHealth(clock), jobs, ledger: createLedger({ sql, clock }) };
  const settings = { url: 'https://nines.example.org', smtp: null, webhook: { secret: 's' } };
  const all = { ...common, catalog: { current: () => set, onChange: () => undefined }, metrics: createRegistry(), settings };
  sent = [];
  const record = async (message: Message) => (sent.push(message), { kind: 'accepted' as const, answer: 'ok' });
  oncall = createOncall({ ...all, delivery: createDelivery({ ...all, channels: [{ name: 'email', peer: () => 'x', send: record }] }) });
  const gate = { identify: () => Promise.resolve(ben), permits: () => true };
  server = await createHttpServer({ routes: oncall.routes, gate, clock, log: silentLog, metrics: createRegistry() });
  await jobs.start();
  settle = () => jobs.idle();
});

const alert = {
  fingerprint: 'f', rule: 'Errors', group: 'g', severity: 'critical', service: 'shop', labels: {}, annotations: { summary: '<script>alert(1)</script>' },
  value: 0.5, expr: 'errors > 0.1', activeAt: START - 60_000, firedAt: START, resolvedAt: null,
} as const; // prettier-ignore
const change = async (to: 'firing' | 'resolved'): Promise<void> => {
  await database.sql.transaction((tx) => oncall.alertSink.changed(tx, [{ to, alert, groupKey: 'shop' }]));
  await settle();
};
const linkOf = (person: string): string => new URL(sent.find((one) => one.person === person)?.action?.url ?? '').pathname;
const ask = async (method: 'GET' | 'POST' | 'HEAD', url: string, payload?: object) =>
  server.inject({ method, url, ...(payload && { payload }) });
const stateNow = async (): Promise<string> => (await ask('GET', '/nines/v1/pages')).json<{ pages: { state: string }[] }>().pages[0]!.state;

test('a mail scanner that follows the link acknowledges nothing; the button does', async () => {
  await change('firing');
  const link = linkOf('ana');
  expect(link).toMatch(/^\/a\/[0-9a-z]{32}$/);
  await ask('HEAD', link);
  for (let i = 0; i < 3; i += 1) {
    const shown = await ask('GET', link);
    expect(shown.statusCode).toBe(200);
    expect(shown.body.match(/<button type="submit">Acknowledge/g)).toHaveLength(1);
  }
  expect(await stateNow()).toBe('triggered');
  clock.jump(60_000);
  const pressed = await server.inject({
    method: 'POST',
    url: link,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: '',
  });
  expect(pressed.statusCode).toBe(200);
  expect(pressed.body).toContain('Acknowledged by Ana &lt;b&gt;Souza&lt;/b&gt; at 04:01 on Tue 24 Nov (Europe/Berlin).');
  expect(pressed.body).not.toContain('<button type="submit">Acknowledge');
  expect(await stateNow()).toBe('acknowledged');
});

test('it is one small page without scripts or anything to load, that no cache keeps and no referrer tells', async () => {
  await change('firing');
  const { body, headers } = await ask('GET', linkOf('ana'));
  expect(body).not.toMatch(/<script|<img|<link|@import|url\(|onclick/i);
  expect(body).toContain('&lt;script&gt;');
  expect(body.length).toBeLessThan(8_000);
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'content-type': 'text/html; charset=utf-8',
  });
  expect(headers['content-security-policy']).toContain("default-src 'none'");
});

test('pressed again, or by someone else: the page stays theirs who came first', async () => {
  await change('firing');
  await ask('POST', linkOf('ana'));
  for (const person of ['ana', 'ben']) expect((await ask('POST', linkOf(person))).body).toContain('Acknowledged by Ana');
  expect((await ask('GET', linkOf('ben'))).body).toContain('Acknowledged by Ana');
  const events = await template<{ kind: string; actor: string }>`select kind, actor from events where kind = 'page.acknowledged'`.execute(
    database.sql.db(),
  );
  expect(events.rows).toEqual([{ kind: 'page.acknowledged', actor: 'person:ana' }]);
});

const press = (link: string, payload: string) =>
  server.inject({ method: 'POST', url: link, headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload });

test.each([
  ['snooze=1h', 'Snoozed until 05:00 on Tue 24 Nov (Europe/Berlin): it comes back then.', 'acknowledged'],
  ['snooze=9d', 'seven days at most', 'triggered'],
  ['snooze=soon', 'is not a duration', 'triggered'],
  ['answer=escalate', 'The next people are called now.', 'triggered'],
  ['answer=not-mine', 'You are not called for this page any more.', 'triggered'],
  ['answer=resolve&reason=rolled+back', 'Resolved at 04:00', 'resolved'],
  ['answer=nonsense', 'Acknowledged by Ana', 'acknowledged'],
])('the smaller buttons: %s', async (payload, says, state) => {
  await change('firing');
  const { statusCode, body } = await press(linkOf('ana'), payload);
  expect([statusCode, body]).toEqual([200, expect.stringContaining(says)]);
  expect(await stateNow()).toBe(state);
  await settle();
});

test('a link tells that it is over, and ends seven days after that', async () => {
  await change('firing');
  const link = linkOf('ana');
  await change('resolved');
  expect((await ask('POST', link)).body).toContain('Resolved at 04:00 on Tue 24 Nov (Europe/Berlin).');
  clock.jump(7 * DAY_MS - 1);
  expect((await ask('GET', link)).statusCode).toBe(200);
  clock.jump(1);
  for (const method of ['GET', 'POST'] as const) expect((await ask(method, link)).statusCode).toBe(404);
  expect((await ask('GET', '/a/nonsense')).body).toContain('This link is over');
});

test('no secret is kept in the clear once it is sent', async () => {
  await change('firing');
  const secret = linkOf('ana').slice(3);
  const tables = ['pages', 'page_links', 'deliveries', 'events', 'jobs'];
  for (const table of tables) {
    const { rows } = await template`select to_jsonb(t) as row from ${template.table(table)} t`.execute(database.sql.db());
    expect(JSON.stringify(rows), table).not.toContain(secret);
  }
});

test('the API: pages, who acknowledged, who was told, resolving by hand', async () => {
  await change('firing');
  const { pages } = pagesAnswer.parse((await ask('GET', '/nines/v1/pages?state=open&service=shop')).json());
  const id = pages[0]!.id;
  const taken = pageDetail.parse((await ask('POST', `/nines/v1/pages/${id}/acknowledge`)).json());
  expect(taken).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'ben' });
  expect(taken.notifications.map(({ person, reason, state }) => `${person ?? ''} ${reason} ${state}`).sort()).toEqual(['ana page sent', 'ben page acknowledged']);
  expect((await ask('POST', `/nines/v1/pages/${id}/resolve`, {})).statusCode).toBe(400);
  const over = pageDetail.parse((await ask('POST', `/nines/v1/pages/${id}/resolve`, { reason: 'rolled back' })).json());
  expect(over.state).toBe('resolved');
  await settle();
  expect(sent.filter(({ reason }) => reason === 'resolved').map(({ subject, text }) => [subject, text.split('\n')[0]])).toEqual([
    ['Resolved: Check shop: <script>alert(1)</script>', 'Over: ben resolved it: rolled back'],
    ['Resolved: Check shop: <script>alert(1)</script>', 'Over: ben resolved it: rolled back'],
  ]);
  expect((await ask('POST', `/nines/v1/pages/${id}/acknowledge`)).statusCode).toBe(409);
  expect((await ask('GET', '/nines/v1/pages?state=open')).json()).toEqual({ pages: [], marker: null });
  expect((await ask('GET', '/nines/v1/pages?state=lost')).statusCode).toBe(400);
  expect((await ask('GET', '/nines/v1/pages/none')).statusCode).toBe(404);
}); // prettier-ignore

test('the API: snoozing, escalating, declining, and what it refuses', async () => {
  await change('firing');
  const id = (await ask('GET', '/nines/v1/pages')).json<{ pages: { id: string }[] }>().pages[0]!.id;
  const post = async (verb: string, body?: object) => {
    const answer = await ask('POST', `/nines/v1/pages/${id}/${verb}`, body ?? {});
    return [answer.statusCode, answer.json<{ detail?: string }>().detail] as const;
  };
  expect(await post('snooze', {})).toEqual([400, expect.stringContaining("say either 'until'")]);
  expect(await post('snooze', { until: '2026-11-24T02:00:00Z' })).toEqual([400, expect.stringContaining('ends in the future')]);
  expect(await post('escalate', { person: 'zoe' })).toEqual([404, "There is no person 'zoe'."]);
  expect(await post('escalate', { person: 'ana', team: 'store' })).toEqual([400, expect.stringContaining('name one of')]);
  expect(await post('escalate', { team: 'store', layer: 'primary' })).toEqual([400, expect.stringContaining('a layer belongs')]);
  const snoozed = pageDetail.parse((await ask('POST', `/nines/v1/pages/${id}/snooze`, { for: '30m' })).json());
  expect(snoozed).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'ben', snoozedUntil: '2026-11-24T03:30:00.000Z' });
  expect(snoozed).toMatchObject({ respondBy: '2026-11-24T03:30:00.000Z', respondedAt: '2026-11-24T03:00:00.000Z' });
  const escalated = pageDetail.parse((await ask('POST', `/nines/v1/pages/${id}/escalate`, { team: 'store' })).json());
  expect(escalated).toMatchObject({ state: 'triggered', acknowledgedBy: null, snoozedUntil: null, respondedAt: '2026-11-24T03:00:00.000Z' });
  const declined = pageDetail.parse((await ask('POST', `/nines/v1/pages/${id}/not-mine`)).json());
  expect(declined.declined).toEqual([{ name: 'ben', title: 'ben' }]);
  const events = await template<{ kind: string }>`select kind from events where kind like 'page.%' order by marker`.execute(database.sql.db());
  expect(events.rows.map(({ kind }) => kind)).toEqual(['page.triggered', 'page.acknowledged', 'page.snoozed', 'page.escalated', 'page.declined']);
  await change('resolved');
  for (const verb of ['escalate', 'not-mine']) expect((await post(verb))[0]).toBe(409);
  expect((await post('snooze', { for: '5m' }))[0]).toBe(409);
}); // prettier-ignore

test('the API: who is on call, shifts, calling someone', async () => {
  const now = onCallNow.parse((await ask('GET', '/nines/v1/oncall/now')).json());
  expect(now).toMatchObject({
    schedules: [{ schedule: 'store', primary: { name: 'ana' }, secondary: { name: 'ben' }, until: '2026-11-30T09:00:00.000Z', next: { primary: { name: 'ben' } } }],
    services: [{ service: 'shop', policy: 'store', first: [{ name: 'ana' }, { name: 'ben' }] }],
  });
  const { shifts } = shiftsAnswer.parse((await ask('GET', '/nines/v1/schedules/store/shifts')).json());
  expect(shifts.map(({ primary }) => primary?.name)).toEqual(['ana', 'ben', 'ana', 'ben', 'ana']);
  expect((await ask('GET', '/nines/v1/schedules/store/shifts?from=2026-01-01T00:00:00Z&to=2036-01-01T00:00:00Z')).statusCode).toBe(400);
  expect((await ask('GET', '/nines/v1/schedules/none/shifts')).statusCode).toBe(404);
  const called = await ask('POST', '/nines/v1/pages', { service: 'shop', subject: 'Look at the refunds', text: 'They look odd.' });
  expect([called.statusCode, called.headers['location']]).toEqual([201, `/nines/v1/pages/${called.json<{ id: string }>().id}`]);
  await settle();
  expect(sent.map(({ subject, person }) => `${subject} ${person ?? ''}`).sort()).toEqual(['Look at the refunds ana', 'Look at the refunds ben']);
  expect((await ask('POST', '/nines/v1/pages', { subject: 'x' })).statusCode).toBe(400);
  expect((await ask('POST', '/nines/v1/pages', { subject: 'x', service: 'none' })).statusCode).toBe(404);
}); // prettier-ignore
