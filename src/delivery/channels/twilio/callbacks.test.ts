import { createHmac } from 'node:crypto';
import { sql as template } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestSql, type TestSql } from '../../../../test/harness/test-sql.ts';
import { createResourceSet } from '../../../catalog/index.ts';
import { createLedger, ledgerMigrations } from '../../../ledger/index.ts';
import { systemClock } from '../../../platform/clock.ts';
import { createHealth } from '../../../platform/health.ts';
import type { Reply } from '../../../platform/http/index.ts';
import { createJobs, jobsMigrations } from '../../../platform/jobs/index.ts';
import { silentLog } from '../../../platform/log.ts';
import { createRegistry } from '../../../platform/metrics.ts';
import { conflict } from '../../../platform/problem.ts';
import { createDelivery, deliveryMigrations, type Message } from '../../index.ts';
import { NO_PROVIDERS } from '../provider-settings.ts';
import { requestSignature } from './request-signature.ts';
import { startTwilioDouble } from './twilio-double.ts';

const URL_OF_NINES = 'https://nines.example.org';
const ACCOUNT = 'AC0123456789abcdef0123456789abcdef';
const PHONE = '+4930123456';

let database: TestSql;
beforeAll(async () => {
  database = await createTestSql([...jobsMigrations, ...ledgerMigrations, ...deliveryMigrations]);
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(() => template`truncate jobs, events, deliveries, delivery_attempts, delivery_breakers`.execute(database.sql.db()));

/** Pages that wait, and what was done with them. */
async function boot(url: string, waiting: string[] = ['p1', 'p2']) {
  const { sql } = database;
  const clock = systemClock;
  const jobs = createJobs({ sql, clock, log: silentLog });
  const ledger = createLedger({ sql, clock });
  const ana = {
    kind: 'Person',
    name: 'ana',
    title: 'Ana',
    labels: {},
    file: null,
    spec: { email: 'ana@example.org', contacts: [{ channel: 'sms', address: PHONE }] },
  };
  const set = createResourceSet([ana]);
  const providers = { ...NO_PROVIDERS, twilio: { url, accountSid: ACCOUNT, authToken: 'right', from: '+15005550006' } };
  const settings = { smtp: null, webhook: { secret: 's' }, url: URL_OF_NINES, providers };
  const catalog = { current: () => set, onChange: () => undefined };
  const delivery = createDelivery({
    sql,
    clock,
    log: silentLog,
    health: createHealth(clock),
    jobs,
    ledger,
    catalog,
    metrics: createRegistry(),
    settings,
  });
  const done: string[] = [];
  delivery.answeredBy({
    open: async (pages) =>
      pages
        .filter((id) => waiting.includes(id))
        .map((id) => ({ id, subject: `Restart ${id}`, waits: !done.includes(`ana acknowledge ${id}`) })),
    async answer(page, person, answered) {
      if (!waiting.includes(page)) throw conflict('The page is resolved already: there is nothing left to acknowledge.');
      done.push(`${person} ${typeof answered === 'string' ? answered : `snooze ${answered.snoozeMs / 60_000}m`} ${page}`);
    },
  });
  const lost: string[] = [];
  delivery.onFailed(async (_, { key, lastError }) => void lost.push(`${key}: ${lastError ?? ''}`));
  await jobs.start();
  const send = async (...messages: Message[]) => {
    await sql.transaction((tx) => delivery.send(tx, messages));
    await jobs.idle();
  };
  /** As Twilio calls: signed with the account's token for the address that it knows. */
  const call = async (address: string, form: Record<string, string>, signature?: string): Promise<string> => {
    const body = new URLSearchParams(form);
    const { pathname } = new URL(address);
    const route = delivery.routes.find(
      ({ method, path }) => method === 'POST' && new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+')}$`).test(pathname),
    );
    const params = { id: pathname.split('/').at(-1) };
    const headers = { 'x-twilio-signature': signature ?? requestSignature('right', address, body) };
    const answer = (await route!.handler({ params, body, headers } as never)) as Reply | undefined;
    return typeof answer?.body === 'string' ? answer.body : '';
  };
  const about = (page: string) => delivery.about(`page/${page}`);
  return { send, call, about, done, lost, ledger, [Symbol.asyncDispose]: () => jobs.stop() };
}

const message = (channel: 'sms' | 'voice', page: string): Message => ({
  key: `page:${page}:0:0:ana:${channel}`, channel, address: PHONE, subject: `Restart ${page}`, text: 'Errors.', priority: 0, person: 'ana', about: `page/${page}`, reason: 'page',
}); // prettier-ignore

/** A phone that is called: what it hears, and the key that its owner presses. Knows only the TwiML that nines may use. */
function listen(twiml: string): { heard: string; action: string | undefined } {
  const action = /<Gather input="dtmf" numDigits="1" timeout="\d+" method="POST" action="([^"<>]+)">/.exec(twiml)?.[1];
  const left = twiml
    .replace(/^<\?xml version="1.0" encoding="UTF-8"\?><Response>/, '')
    .replace(/<\/Response>$/, '')
    .replaceAll(
      /<Gather input="dtmf" numDigits="1" timeout="\d+" method="POST" action="[^"<>]+">|<\/Gather>|<\/?Say>|<Pause length="1"\/>/g,
      ' ',
    );
  if (/[<>]|&(?!(amp|lt|gt|quot|#39);)/.test(left)) throw new Error(`no TwiML: ${left}`);
  return { heard: left.replaceAll(/\s+/g, ' ').trim(), action };
}

test('a signature is what the documentation of Twilio shows', () => {
  // https://www.twilio.com/docs/usage/security#validating-requests
  const form = new URLSearchParams({
    CallSid: 'CA1234567890ABCDE',
    Caller: '+14158675310',
    Digits: '1234',
    From: '+14158675310',
    To: '+18005551212',
  });
  const url = 'https://example.com/myapp.php?foo=1&bar=2';
  const text = `${url}CallSidCA1234567890ABCDECaller+14158675310Digits1234From+14158675310To+18005551212`;
  expect(requestSignature('12345', url, form)).toBe(createHmac('sha1', '12345').update(text).digest('base64'));
});

test('a call reads the subject; 9 reads it again, another key asks again, 1 acknowledges, and that is said', async () => {
  await using double = await startTwilioDouble('Calls');
  await using nines = await boot(double.url);
  await nines.send(message('voice', 'p1'));
  expect(double.refused).toEqual([]);
  const { Twiml = '', StatusCallback: status } = double.forms[0]!;
  const first = listen(Twiml);
  expect(first.heard).toContain(
    'This is nines, with a critical page. Restart p1. Press 1 to acknowledge, 2 if it is not yours, 3 to snooze it for 30 minutes, 4 to escalate, 5 to resolve, 9 to hear it again.',
  );
  const [{ id }] = (await nines.about('p1')) as { id: string }[] as [{ id: string }];
  expect(first.action).toBe(`${URL_OF_NINES}/nines/v1/twilio/voice/${id}`);
  expect(status).toBe(`${URL_OF_NINES}/nines/v1/twilio/status/${id}`);
  const press = async (Digits: string) => listen(await nines.call(first.action!, { CallSid: 'CA1', Digits }));
  expect((await press('9')).heard).toContain('Restart p1');
  expect((await press('7')).heard).toContain('That key means nothing here.');
  expect(nines.done).toEqual([]);
  expect((await press('1')).heard).toBe('Acknowledged: Restart p1. Goodbye.');
  expect(nines.done).toEqual(['ana acknowledge p1']);
  expect(await nines.about('p1')).toMatchObject([{ state: 'sent', seenAt: expect.any(Number) as number }]);
  expect((await press('2')).heard).toBe('Passed on: Restart p1. The next person is called. Goodbye.');
  expect((await press('3')).heard).toBe('Snoozed for 30 minutes: Restart p1. It comes back then. Goodbye.');
  expect((await press('4')).heard).toBe('Escalated: Restart p1. The next people are called. Goodbye.');
  expect((await press('5')).heard).toBe('Resolved: Restart p1. Goodbye.');
  await nines.call(status!, { CallSid: 'CA1', CallStatus: 'completed' });
  expect(await nines.about('p1')).toMatchObject([{ deliveredAt: expect.any(Number) as number }]);
});

test('a page that is over is told so in the call', async () => {
  await using double = await startTwilioDouble('Calls');
  await using nines = await boot(double.url, []);
  await nines.send(message('voice', 'p1'));
  const { action } = listen(double.forms[0]!.Twiml!);
  expect(listen(await nines.call(action!, { Digits: '1' })).heard).toContain('The page is resolved already');
});

test('a call that nobody answers, or an SMS that does not arrive, is tried another way', async () => {
  await using double = await startTwilioDouble('Messages');
  await using nines = await boot(double.url);
  await nines.send(message('sms', 'p1'), message('sms', 'p2'));
  const [one, two] = double.forms.map((form) => form.StatusCallback!) as [string, string];
  await nines.call(one, { MessageSid: 'SM1', MessageStatus: 'undelivered', ErrorCode: '30003' });
  await nines.call(one, { MessageSid: 'SM1', MessageStatus: 'undelivered', ErrorCode: '30003' });
  expect(nines.lost).toHaveLength(1);
  expect(nines.lost[0]).toMatch(/^page:p\d:0:0:ana:sms: Twilio says undelivered, error 30003$/);
  await nines.call(two, { MessageStatus: 'sent' });
  await nines.call(two, { MessageStatus: 'delivered' });
  await nines.call(two, { MessageStatus: 'undelivered' });
  const states = [...(await nines.about('p1')), ...(await nines.about('p2'))].map(({ state, deliveredAt }) => [
    state,
    deliveredAt === null,
  ]);
  expect(states.toSorted(([a], [b]) => (a === b ? 0 : a === 'failed' ? -1 : 1))).toEqual([
    ['failed', true],
    ['sent', false],
  ]);
  expect((await nines.ledger.read({ kind: 'notification.failed' })).events).toHaveLength(1);
});

test('what is not signed changes nothing', async () => {
  await using double = await startTwilioDouble('Messages');
  await using nines = await boot(double.url);
  await nines.send(message('sms', 'p1'));
  const status = double.forms[0]!.StatusCallback!;
  const form = { MessageStatus: 'delivered' };
  for (const signature of [
    '',
    'x',
    requestSignature('wrong', status, new URLSearchParams(form)),
    requestSignature('right', `${status}?x`, new URLSearchParams(form)),
  ]) {
    await expect(nines.call(status, form, signature)).rejects.toThrow('not signed by Twilio');
  }
  await expect(nines.call(`${URL_OF_NINES}/nines/v1/twilio/sms`, { From: PHONE, Body: '1' }, 'x')).rejects.toThrow('not signed');
  expect(await nines.about('p1')).toMatchObject([{ deliveredAt: null }]);
  expect(nines.done).toEqual([]);
});

test('a text message answers: 1, ack, 2, all; and nobody but the person', async () => {
  await using double = await startTwilioDouble('Messages');
  await using nines = await boot(double.url);
  await nines.send(message('sms', 'p1'));
  await nines.send(message('sms', 'p2'));
  const text = async (Body: string, From = PHONE) => listenText(await nines.call(`${URL_OF_NINES}/nines/v1/twilio/sms`, { From, Body }));
  expect(await text('snooze 2h')).toBe('Snoozed for 2 hours: Restart p2. It comes back then.');
  expect(await text(' ACK! ')).toBe('Acknowledged: Restart p2. 1 more wait: reply ack all.');
  expect(await text('all')).toBe('Acknowledged: Restart p1.');
  expect(await text('ack')).toBe('No page that called you waits to be acknowledged.');
  expect(await text('2')).toContain('Passed on: Restart p2.');
  expect(await text('Escalate.')).toContain('Escalated: Restart p2.');
  expect(await text('resolved')).toBe('Resolved: Restart p2.');
  for (const word of ['what?', 'x'.repeat(10_000), 'snooze 0m', 'snooze', '10'])
    expect(await text(word)).toContain(word === 'snooze' ? 'Snoozed for 30 minutes' : 'Reply ack');
  expect(await text('1', '+4930999'), 'a stranger').toBe('');
  expect(nines.done).toEqual([
    'ana snooze 120m p2', 'ana acknowledge p2', 'ana acknowledge p1', 'ana not-mine p2', 'ana escalate p2', 'ana resolve p2', 'ana snooze 30m p2',
  ]); // prettier-ignore
});

const listenText = (twiml: string): string =>
  /^<\?xml version="1.0" encoding="UTF-8"\?><Response>(?:<Message>([^<>]*)<\/Message>)?<\/Response>$/.exec(twiml)![1] ?? '';
