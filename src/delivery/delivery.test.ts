import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql as template } from 'kysely';
import { createTestSql, type TestSql } from '../../test/harness/test-sql.ts';
import { createResourceSet } from '../catalog/index.ts';
import { createLedger, ledgerMigrations } from '../ledger/index.ts';
import { systemClock } from '../platform/clock.ts';
import { createHealth } from '../platform/health.ts';
import type { Reply, RouteRequest } from '../platform/http/index.ts';
import { createJobs, jobsMigrations } from '../platform/jobs/index.ts';
import { silentLog } from '../platform/log.ts';
import { createRegistry } from '../platform/metrics.ts';
import type { NotificationJson } from './contract.ts';
import { createDelivery, deliveryMigrations, type Message, type SmtpSettings, verifySignature } from './index.ts';
import { httpPeer, smtpPeer, tcpPeer } from './channels/test-peers.ts';

let database: TestSql;
beforeAll(async () => {
  database = await createTestSql([...jobsMigrations, ...ledgerMigrations, ...deliveryMigrations]);
});
afterAll(() => database[Symbol.asyncDispose]());

const SECRET = 's3cret';

const isList = (given: unknown): given is readonly SmtpSettings[] => Array.isArray(given);

/** One process that delivers, on the machine's clock, with real sockets. */
async function boot(smtp: Partial<SmtpSettings> | readonly SmtpSettings[] | null, keep = false) {
  const { sql } = database;
  if (!keep) await template`truncate jobs, events, deliveries, delivery_attempts, delivery_breakers`.execute(sql.db());
  const clock = systemClock;
  const jobs = createJobs({ sql, clock, log: silentLog });
  const ledger = createLedger({ sql, clock });
  const health = createHealth(clock);
  const person = { kind: 'Person', name: 'ana', title: 'Ana', labels: {}, file: null, spec: { email: 'ana@example.org' } };
  const set = createResourceSet([person, { ...person, name: 'eve', spec: { email: '' } }]);
  const settings = {
    smtp: isList(smtp) ? smtp : smtp && { host: '127.0.0.1', port: 1, from: 'nines <nines@example.org>', ...smtp },
    webhook: { secret: SECRET },
    url: 'https://nines.example.org',
  };
  const catalog = { current: () => set, onChange: () => undefined };
  const delivery = createDelivery({ sql, clock, log: silentLog, health, jobs, ledger, catalog, metrics: createRegistry(), settings });
  await jobs.start();
  const send = (...messages: Message[]) => sql.transaction((tx) => delivery.send(tx, messages));
  const state = (component: string) => health.list().find((one) => one.component === component);
  const request = async (path: string, given: Partial<RouteRequest>): Promise<unknown> =>
    delivery.routes.find((one) => one.path === path)?.handler({ principal: { name: 'Ana' }, ...given } as never);
  return { jobs, ledger, health, delivery, send, state, request, stop: () => jobs.stop() };
}

const mail = (more: Partial<Message> = {}): Message => ({
  key: 'page:01h:0:0:ana:email', channel: 'email', address: 'ana@example.org', subject: 'Restart the cache', text: 'Errors: 4.2 %.\n\nGraph: https://n/graph?a=b&c=d',
  priority: 0, person: 'ana', about: 'page/01h', service: 'shop', reason: 'page', ...more,
}); // prettier-ignore

test('a page leaves by real SMTP, with what a mail reader needs', async () => {
  await using peer = await smtpPeer({ disabledCommands: ['STARTTLS'] });
  const nines = await boot({ port: peer.port });
  await nines.send(mail({ action: { label: 'Acknowledge', url: 'https://n/a/s' } }));
  await expect.poll(() => peer.received.length, { interval: 5, timeout: 10_000 }).toBe(1);
  const [{ mail: got, from, to }] = peer.received as [(typeof peer.received)[0]];
  expect([from, to, got.subject]).toEqual(['nines@example.org', ['ana@example.org'], 'Restart the cache']);
  const header = (name: string): string | undefined => got.headers.find(({ key }) => key === name)?.value;
  expect(['message-id', 'x-nines-key', 'in-reply-to', 'references', 'x-priority', 'auto-submitted'].map(header)).toEqual([
    '<page.01h.0.0.ana.email@nines>', 'page:01h:0:0:ana:email', '<page.01h@nines>', '<page.01h@nines>', '1', 'auto-generated',
  ]); // prettier-ignore
  expect(Math.abs(Date.parse(header('date') ?? '') - Date.now())).toBeLessThan(10_000);
  expect(got.text).toContain('Errors: 4.2 %.');
  expect(got.html).toMatch(/<a class="button" href="https:\/\/n\/a\/s"[^>]*>Acknowledge<\/a>/);
  expect(got.html).toContain('<a href="https://n/graph?a=b&amp;c=d">Graph</a>');
  await nines.jobs.idle();
  const { events } = await nines.ledger.read({ subject: 'page/01h' });
  expect(events).toMatchObject([
    { kind: 'notification.sent', service: 'shop', data: { key: 'page:01h:0:0:ana:email', person: 'ana', attempts: 1 } },
  ]);
  expect(await nines.delivery.about('page/01h')).toMatchObject([
    { state: 'sent', attempts: 1, answer: expect.stringContaining('250') as string },
  ]);
  const stored = await template<{ content: unknown }>`select content from deliveries`.execute(database.sql.db());
  expect(stored.rows, 'the link is forgotten once it is sent').toEqual([{ content: null }]);
  await nines.stop();
});

test('a header can not be made up by what an alert says', async () => {
  await using peer = await smtpPeer({ disabledCommands: ['STARTTLS'] });
  const nines = await boot({ port: peer.port });
  const subject = 'Fix it\r\nBcc: eve@example.org\r\n\r\n<script>alert(1)</script>';
  await nines.send(mail({ subject, text: '<script>alert(1)</script>\r\n.\r\nRCPT TO:<eve@example.org>' }));
  await nines.jobs.idle();
  const [{ mail: got, to }] = peer.received as [(typeof peer.received)[0]];
  expect(to).toEqual(['ana@example.org']);
  expect(got.headers.some(({ key }) => key === 'bcc')).toBe(false);
  expect(got.subject).toContain('Bcc: eve');
  expect(got.html).not.toContain('<script>');
  expect(got.text).toContain('RCPT TO:<eve@example.org>');
  await nines.stop();
});

test('the same key is sent once, a rolled back message never, one that was withdrawn neither', async () => {
  await using peer = await smtpPeer({ disabledCommands: ['STARTTLS'] });
  const nines = await boot({ port: peer.port });
  await nines.send(mail(), mail({ subject: 'Again' }));
  await nines.jobs.idle();
  await nines.send(mail({ subject: 'And again' }));
  const rolledBack = database.sql.transaction(async (tx) => {
    await nines.delivery.send(tx, [mail({ key: 'other' })]);
    throw new Error('no');
  });
  await expect(rolledBack).rejects.toThrow('no');
  await nines.send(
    mail({ key: 'late', notBefore: Date.now() + 60_000 }),
    mail({ key: 'late-too', notBefore: Date.now() + 60_000, reason: 'resolved' }),
  );
  const withdrawn = await database.sql.transaction((tx) => nines.delivery.withdraw(tx, 'page/01h', 'page'));
  expect(withdrawn.map(({ key }) => key)).toEqual(['late']);
  await nines.jobs.idle();
  expect(peer.received.map(({ mail: { subject } }) => subject)).toEqual(['Restart the cache']);
  expect(await nines.jobs.stats()).toMatchObject([{ waiting: 1 }]);
  await nines.stop();
});

test('what is taken back while it is being sent counts as sent, but is not tried again', async () => {
  let refuse: () => void = () => undefined;
  await using hanging = await tcpPeer((socket) => void (refuse = () => socket.destroy()));
  const nines = await boot({ port: hanging.port });
  const connected = refuse;
  await nines.send(mail());
  await expect.poll(() => refuse, { timeout: 10_000 }).not.toBe(connected);
  expect(await database.sql.transaction((tx) => nines.delivery.withdraw(tx, 'page/01h'))).toEqual([]);
  refuse();
  await expect.poll(async () => (await nines.delivery.about('page/01h'))[0]?.state, { timeout: 10_000 }).toBe('dropped');
  await nines.jobs.idle();
  expect(await nines.jobs.stats()).toEqual([]);
  await nines.stop();
});

test('a mail server that hangs, with a pile of tickets, delays no page by another channel, and is seen', async () => {
  await using hanging = await tcpPeer(() => undefined);
  await using hook = await httpPeer();
  const nines = await boot({ port: hanging.port });
  await nines.send(...Array.from({ length: 50 }, (_, i) => mail({ key: `ticket-${i}`, priority: 5, reason: 'ticket', about: null })));
  const began = performance.now();
  await nines.send(mail({ key: 'p', channel: 'webhook', address: hook.url }));
  await expect.poll(() => hook.received.length, { interval: 5, timeout: 4_000 }).toBe(1);
  expect(performance.now() - began, 'before any of the fifty gives up').toBeLessThan(5_000);
  await expect.poll(() => nines.state('delivery.email')?.state, { timeout: 15_000, interval: 50 }).toBe('degraded');
  expect(nines.state('delivery.email')?.problem).toMatch(/The mail server 127\.0\.0\.1:\d+ does not take messages \(.*\)\. 50 messages wait/);
  const { notifications } = (await nines.request('/nines/v1/notifications', { query: { state: 'queued', channel: 'email', limit: 500 } as never })) as { notifications: NotificationJson[] };
  expect(notifications).toHaveLength(50);
  void nines.stop();
}); // prettier-ignore

test('webhooks that hang, with a pile of pages to them, delay no page to another webhook', async () => {
  await using first = await tcpPeer(() => undefined);
  await using second = await tcpPeer(() => undefined);
  await using well = await httpPeer();
  const nines = await boot(null);
  const hanging = [first, second].flatMap(({ port }, peer) =>
    Array.from({ length: 40 }, (_, i) =>
      mail({ key: `${peer}-${i}`, channel: 'webhook', address: `http://127.0.0.1:${port}/`, about: null }),
    ),
  );
  await nines.send(...hanging);
  const began = performance.now();
  await nines.send(mail({ key: 'p', channel: 'webhook', address: well.url }));
  await expect.poll(() => well.received.length, { interval: 5, timeout: 8_000 }).toBe(1);
  expect(performance.now() - began, 'before any of the eighty gives up').toBeLessThan(9_000);
  void nines.stop();
});

test('two mail servers: the second takes what the first does not, within one attempt, and both are told of', async () => {
  await using hanging = await tcpPeer((socket) => socket.destroy());
  await using peer = await smtpPeer({ disabledCommands: ['STARTTLS'] });
  const from = 'nines <nines@example.org>';
  const nines = await boot([hanging.port, peer.port].map((port) => ({ host: '127.0.0.1', port, from })));
  await nines.send(mail());
  await nines.jobs.idle();
  expect(peer.received).toHaveLength(1);
  const [{ id }] = (await nines.delivery.about('page/01h')) as { id: string }[] as [{ id: string }];
  const detail = await nines.request('/nines/v1/notifications/:id', { params: { id } });
  expect(detail).toMatchObject({
    state: 'sent',
    provider: `The mail server 127.0.0.1:${peer.port}`,
    tries: [{ attempt: 1, outcome: 'failed', provider: `The mail server 127.0.0.1:${hanging.port}` }, { attempt: 2, outcome: 'accepted' }],
  });
  await nines.stop();
}); // prettier-ignore

test('a mail server that is down is tried again; when it is back the mail leaves and health is well', async () => {
  const down = await smtpPeer({ disabledCommands: ['STARTTLS'] });
  const { port } = down;
  await down[Symbol.asyncDispose]();
  const nines = await boot({ port });
  await nines.send(mail());
  await expect.poll(() => nines.state('delivery.email')?.problem, { timeout: 10_000 }).toContain('ECONNREFUSED');
  expect(await nines.delivery.about('page/01h')).toMatchObject([{ state: 'queued', attempts: 1, lastError: expect.stringContaining('ECONNREFUSED') as string }]);
  await using back = await smtpPeer({ disabledCommands: ['STARTTLS'] });
  await nines.stop();
  // A restart with the mended setting; the job waits for its second attempt.
  const mended = await boot({ port: back.port }, true);
  await template`update jobs set run_at = 0`.execute(database.sql.db());
  await mended.jobs.idle();
  expect(back.received).toHaveLength(1);
  expect(mended.state('delivery.email')).toMatchObject({ state: 'ok' });
  const attempts = await template`select attempt, outcome from delivery_attempts order by attempt`.execute(database.sql.db());
  expect(attempts.rows).toEqual([{ attempt: 1, outcome: 'failed' }, { attempt: 2, outcome: 'accepted' }]);
  await mended.stop();
}); // prettier-ignore

test('an address that does not exist is given up, and whoever asked to know is told in that transaction', async () => {
  const refuse = (_: unknown, __: unknown, done: (error: Error) => void) =>
    done(Object.assign(new Error('no such mailbox'), { responseCode: 550 }));
  await using peer = await smtpPeer({ disabledCommands: ['STARTTLS'], onRcptTo: refuse });
  const nines = await boot({ port: peer.port });
  const failed: string[] = [];
  nines.delivery.onFailed(async (_, { key, state, lastError }) => void failed.push(`${key} ${state} ${lastError ?? ''}`));
  await nines.send(mail());
  await nines.jobs.idle();
  expect(failed).toEqual(['page:01h:0:0:ana:email failed RCPT TO: 550 no such mailbox']);
  expect((await nines.ledger.read({ kind: 'notification.*' })).events).toMatchObject([{ kind: 'notification.failed' }]);
  expect(nines.state('delivery.email')?.state, 'the server works').toBe('ok');
  await nines.stop();
});

test('without a mail server mails wait, and health says what to set', async () => {
  const nines = await boot(null);
  expect(nines.state('delivery.email')).toMatchObject({ state: 'degraded', problem: expect.stringContaining('smtp.host') as string });
  await nines.send(mail());
  await nines.jobs.idle();
  expect(await nines.delivery.about('page/01h')).toMatchObject([{ state: 'queued', attempts: 0 }]);
  await nines.stop();
});

test('a webhook is signed, and its receiver can check it', async () => {
  await using hook = await httpPeer();
  const nines = await boot(null);
  await nines.send(mail({ channel: 'webhook', address: hook.url, data: { page: { id: '01h' } }, action: { label: 'Acknowledge', url: 'https://n/a/s' } }));
  await nines.jobs.idle();
  const [{ headers, body }] = hook.received as [(typeof hook.received)[0]];
  const signature = headers['nines-signature'] as string;
  expect(verifySignature(signature, body, SECRET)).toBe(true);
  expect(verifySignature(signature, `${body} `, SECRET), 'another body').toBe(false);
  expect(verifySignature(signature, body, 'other'), 'another secret').toBe(false);
  expect(verifySignature(signature, body, SECRET, { now: Date.now() + 301_000 }), 'played back').toBe(false);
  expect(verifySignature(undefined, body, SECRET)).toBe(false);
  expect(headers['idempotency-key']).toBe('page:01h:0:0:ana:email');
  expect(JSON.parse(body)).toMatchObject({ key: 'page:01h:0:0:ana:email', subject: 'Restart the cache', urgent: true, person: 'ana', data: { page: { id: '01h' } }, action: { url: 'https://n/a/s' } });
  await nines.stop();
}); // prettier-ignore

test('a person can be sent a test message', async () => {
  await using peer = await smtpPeer({ disabledCommands: ['STARTTLS'] });
  const nines = await boot({ port: peer.port });
  const answer = (await nines.request('/nines/v1/notifications/test', { body: { person: 'ana' } })) as Reply;
  expect(answer).toMatchObject({ status: 201, body: { notifications: [{ person: 'ana', reason: 'test', channel: 'email' }] } });
  await nines.jobs.idle();
  expect(peer.received.map(({ mail: { subject } }) => subject)).toEqual(['Test: nothing to do']);
  await expect(nines.request('/nines/v1/notifications/test', { body: { person: 'nobody' } })).rejects.toThrow("no person 'nobody'");
  await expect(nines.request('/nines/v1/notifications/test', { body: { person: 'eve' } })).rejects.toThrow('no contact');
  await nines.stop();
});
