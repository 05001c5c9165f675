import { expect, test } from 'vitest';
import { createTestSql } from '../../test/harness/test-sql.ts';
import { VirtualClock } from '../../test/harness/virtual-clock.ts';
import { createLedger, ledgerMigrations } from '../ledger/index.ts';
import { createHttpServer, route, type Access, type Role } from '../platform/http/index.ts';
import { silentLog } from '../platform/log.ts';
import { createRegistry } from '../platform/metrics.ts';
import { accessMigrations, createAccess } from './index.ts';
import { permits } from './permits.ts';

const PASSWORD = 'correct horse 🐎 battery staple ’ " \\ ٣';

async function setUp() {
  const database = await createTestSql([...ledgerMigrations, ...accessMigrations]);
  const { sql } = database;
  const clock = new VirtualClock('2026-11-21T03:00:00Z');
  const ledger = createLedger({ sql, clock });
  const access = createAccess({
    sql,
    clock,
    ledger,
    adminTokens: { NINES_ADMIN_TOKEN: 'script' },
    url: 'http://nines.test',
    personByEmail: (email) => (email === 'ana@example.org' ? 'ana' : null),
  });
  const levels: Access[] = ['public', 'secret', 'intake', 'viewer', 'responder', 'admin'];
  const probes = levels.map((level) =>
    route({
      method: 'POST',
      path: `/probe/${level}`,
      access: level,
      summary: 'probe',
      handler: ({ principal }) => ({ actor: principal.actor }),
    }),
  );
  const app = await createHttpServer({
    routes: [...access.routes, ...probes],
    gate: access.gate,
    clock,
    log: silentLog,
    metrics: createRegistry(),
  });
  const link = (await access.setupLink()) ?? '';
  const ask = async (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    options: { body?: unknown; headers?: Record<string, string> } = {},
  ) => {
    const answer = await app.inject({
      method,
      url,
      headers: { ...(options.body !== undefined && { 'content-type': 'application/json' }), ...options.headers },
      ...(options.body !== undefined && { payload: JSON.stringify(options.body) }),
    });
    const cookie = String(answer.headers['set-cookie'] ?? '').split(';')[0] ?? '';
    return { status: answer.statusCode, cookie, body: (answer.body === '' ? null : JSON.parse(answer.body)) as Record<string, never> };
  };
  const becomeAdmin = () =>
    ask('POST', '/nines/v1/setup', { body: { token: link.split('token=')[1], name: 'Ana', email: 'ana@example.org', password: PASSWORD } });
  return { database, app, access, ask, clock, link, becomeAdmin, ledger };
}

test('the first admin comes in by the one-time link, which then is spent', async () => {
  const { database, ask, access, becomeAdmin, link } = await setUp();
  await using _ = database;
  expect((await ask('GET', '/nines/v1/setup')).body).toEqual({ needed: true });
  expect(
    (await ask('POST', '/nines/v1/setup', { body: { token: 'guess', name: 'Eve', email: 'eve@example.org', password: 'x' } })).status,
  ).toBe(403);
  const { status, cookie } = await becomeAdmin();
  expect(status).toBe(204);
  expect((await ask('GET', '/nines/v1/me', { headers: { cookie } })).body).toMatchObject({
    kind: 'account',
    role: 'admin',
    person: 'ana',
    email: 'ana@example.org',
  });
  expect((await ask('GET', '/nines/v1/setup')).body).toEqual({ needed: false });
  expect((await becomeAdmin()).status).toBe(403);
  expect(link).toMatch(/^http:\/\/nines\.test\/setup#token=/);
  expect(await access.setupLink()).toBeNull();
});

test("where the address's own secret counts, a token is known where it is one, and anonymous otherwise", async () => {
  const { database, ask, becomeAdmin } = await setUp();
  await using _ = database;
  const { cookie } = await becomeAdmin();
  const actor = async (url: string, headers = {}) => (await ask('POST', `/probe/${url}`, { headers })).body['actor'];
  expect(await actor('secret')).toBe('anonymous');
  expect(await actor('secret', { authorization: 'Bearer script' })).toBe('token:NINES_ADMIN_TOKEN');
  expect(await actor('secret?token=script')).toBe('token:NINES_ADMIN_TOKEN');
  expect(await actor('secret', { authorization: 'Bearer unknown' })).toBe('anonymous');
  expect(await actor('secret', { authorization: 'GenieKey script' })).toBe('anonymous');
  expect(await actor('secret', { cookie })).toBe('person:ana');
  // A page of another site that has a signed-in browser send something speaks for nobody.
  expect(await actor('secret', { cookie, 'sec-fetch-site': 'cross-site' })).toBe('anonymous');
  // Elsewhere a parameter is no credential.
  expect((await ask('POST', '/probe/viewer?token=script')).status).toBe(401);
});

test('a session ends when the password changes, when it is idle for two weeks, and when signed out', async () => {
  const { database, ask, clock, becomeAdmin } = await setUp();
  await using _ = database;
  const { cookie } = await becomeAdmin();
  const signIn = (password: string) => ask('POST', '/nines/v1/session', { body: { email: 'ANA@example.org', password } });
  const second = await signIn(PASSWORD);
  expect(second.status).toBe(204);
  const change = { body: { current: PASSWORD, next: 'n' }, headers: { cookie } };
  expect((await ask('POST', '/nines/v1/me/password', { ...change, body: { current: 'wrong', next: 'n' } })).status).toBe(403);
  expect((await ask('POST', '/nines/v1/me/password', change)).status).toBe(204);
  for (const old of [cookie, second.cookie]) expect((await ask('GET', '/nines/v1/me', { headers: { cookie: old } })).status).toBe(401);
  expect((await signIn(PASSWORD)).status).toBe(401);
  const third = await signIn('n');
  await clock.advance(13 * 86_400_000);
  expect((await ask('GET', '/nines/v1/me', { headers: { cookie: third.cookie } })).status).toBe(200);
  await clock.advance(15 * 86_400_000);
  expect((await ask('GET', '/nines/v1/me', { headers: { cookie: third.cookie } })).status).toBe(401);
  const fourth = await signIn('n');
  expect((await ask('DELETE', '/nines/v1/session', { headers: { cookie: fourth.cookie } })).status).toBe(204);
  expect((await ask('GET', '/nines/v1/me', { headers: { cookie: fourth.cookie } })).status).toBe(401);
});

test('tokens: shown once, scoped, revoked at once, expiring', async () => {
  const { database, ask, clock } = await setUp();
  await using _ = database;
  const admin = { authorization: 'Bearer script' };
  const make = async (scope: string, more = {}) =>
    (await ask('POST', '/nines/v1/tokens', { headers: admin, body: { name: `a ${scope}`, scope, ...more } })).body as unknown as {
      id: string;
      secret: string;
    };
  const expected: Record<string, string[]> = {
    intake: ['public', 'intake'],
    viewer: ['public', 'viewer'],
    responder: ['public', 'intake', 'viewer', 'responder'],
    admin: ['public', 'intake', 'viewer', 'responder', 'admin'],
  };
  for (const [scope, allowed] of Object.entries(expected)) {
    const { secret } = await make(scope);
    for (const level of ['public', 'intake', 'viewer', 'responder', 'admin']) {
      const { status } = await ask('POST', `/probe/${level}`, { headers: { authorization: `Bearer ${secret}` } });
      expect([scope, level, status]).toEqual([scope, level, allowed.includes(level) ? 200 : 403]);
    }
  }
  const short = await make('viewer', { expiresInDays: 1 });
  const bearer = { authorization: `Basic ${Buffer.from(`grafana:${short.secret}`).toString('base64')}` };
  expect((await ask('POST', '/probe/viewer', { headers: bearer })).status).toBe(200);
  await clock.advance(86_400_000);
  expect((await ask('POST', '/probe/viewer', { headers: bearer })).status).toBe(401);
  const revoked = await make('viewer');
  expect((await ask('DELETE', `/nines/v1/tokens/${revoked.id}`, { headers: admin })).status).toBe(204);
  expect((await ask('POST', '/probe/viewer', { headers: { authorization: `Bearer ${revoked.secret}` } })).status).toBe(401);
  expect(JSON.stringify((await ask('GET', '/nines/v1/tokens', { headers: admin })).body)).not.toContain('nines_');
});

test('nobody reads or writes without a session or a token', async () => {
  const { database, ask } = await setUp();
  await using _ = database;
  for (const level of ['intake', 'viewer', 'responder', 'admin']) expect((await ask('POST', `/probe/${level}`)).status).toBe(401);
  expect((await ask('POST', '/probe/viewer', { headers: { authorization: 'Bearer nope' } })).status).toBe(401);
  expect((await ask('POST', '/probe/viewer', { headers: { authorization: 'Digest x' } })).status).toBe(401);
});

test('the last admin stays', async () => {
  const { database, ask, becomeAdmin } = await setUp();
  await using _ = database;
  const { cookie } = await becomeAdmin();
  const { accounts } = (await ask('GET', '/nines/v1/accounts', { headers: { cookie } })).body as unknown as { accounts: { id: string }[] };
  const id = accounts[0]?.id ?? '';
  expect((await ask('PATCH', `/nines/v1/accounts/${id}`, { headers: { cookie }, body: { role: 'viewer' } })).status).toBe(409);
  expect((await ask('DELETE', `/nines/v1/accounts/${id}`, { headers: { cookie } })).status).toBe(409);
  const more = { name: 'Ben', email: 'ben@example.org', password: 'p', role: 'admin' };
  expect((await ask('POST', '/nines/v1/accounts', { headers: { cookie }, body: more })).status).toBe(201);
  expect((await ask('POST', '/nines/v1/accounts', { headers: { cookie }, body: { ...more, email: 'BEN@example.org' } })).status).toBe(409);
  expect((await ask('PATCH', `/nines/v1/accounts/${id}`, { headers: { cookie }, body: { role: 'viewer' } })).body).toMatchObject({
    role: 'viewer',
  });
});

test('a change asked for by a page of another site is refused', async () => {
  const { database, ask, becomeAdmin } = await setUp();
  await using _ = database;
  const { cookie } = await becomeAdmin();
  const cases: [Record<string, string>, number][] = [
    [{ 'sec-fetch-site': 'same-origin' }, 200],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ origin: 'https://evil.example', host: 'nines.test' }, 403],
    [{ origin: 'http://nines.test', host: 'nines.test' }, 200],
    [{}, 200],
  ];
  for (const [headers, status] of cases)
    expect([headers, (await ask('POST', '/probe/admin', { headers: { cookie, ...headers } })).status]).toEqual([headers, status]);
});

test('guessing is slowed after ten failures', async () => {
  const { database, ask, clock, becomeAdmin } = await setUp();
  await using _ = database;
  await becomeAdmin();
  const guess = (password: string) => ask('POST', '/nines/v1/session', { body: { email: 'ana@example.org', password } });
  for (let i = 0; i < 10; i++) expect((await guess('wrong')).status).toBe(401);
  expect((await guess(PASSWORD)).status).toBe(429);
  await clock.advance(5 * 60_000 + 1);
  expect((await guess(PASSWORD)).status).toBe(204);
});

test.each<[Role | 'intake' | null, Access, boolean]>([
  [null, 'public', true],
  [null, 'viewer', false],
  ['intake', 'viewer', false],
  ['viewer', 'intake', false],
  ['admin', 'admin', true],
])('role %s and access %s: %s', (role, access, allowed) => {
  expect(permits({ kind: 'token', actor: '', name: '', person: null, role }, access)).toBe(allowed);
});

test('InfluxDB clients show a token in their own ways, and only where samples are taken', async () => {
  const { database, ask } = await setUp();
  await using _ = database;
  const by = (url: string, authorization?: string) => ask('POST', url, authorization === undefined ? {} : { headers: { authorization } });
  expect((await by('/probe/intake', 'Token script')).status).toBe(200);
  expect((await by('/probe/intake', 'Token wrong')).status).toBe(401);
  expect((await by('/probe/intake?u=telegraf&p=script')).status).toBe(200);
  expect((await by('/probe/intake?u=telegraf&p=wrong')).status).toBe(401);
  expect((await by('/probe/intake?u=telegraf')).status).toBe(401);
  expect((await by('/probe/intake?u=telegraf&p=wrong', 'Bearer script')).status).toBe(200);
  expect((await by('/probe/viewer', 'Token script')).status).toBe(401);
  expect((await by('/probe/viewer?u=telegraf&p=script')).status).toBe(401);
});
