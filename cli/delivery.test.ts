import { expect, test } from 'vitest';
import { FakeServer, runCli } from '../test/harness/test-cli.ts';
import { notificationDetail, notificationsAnswer, providersAnswer, testAnswer } from '../src/delivery/contract.ts';

const at = (time: string): string => `2026-03-01T${time}:00Z`;
const message = { id: 'd1', person: 'ana', channel: 'email', address: 'a@b', reason: 'page', about: 'page/p1', subject: 'Restart \u001b[31mthe cache', state: 'queued', attempts: 2, lastError: 'ECONNREFUSED', createdAt: at('11:55'), sentAt: null, deliveredAt: null, seenAt: null, acknowledgedAt: null, provider: null, bundle: null } as const; // prettier-ignore
const provider = { channel: 'email', provider: 'The mail server mail.example.org:587', state: 'open', failures: 3, error: 'ECONNREFUSED', since: at('11:50'), retryAt: at('12:00'), waiting: 7 } as const; // prettier-ignore
const attempt = { attempt: 1, at: at('11:55'), tookMs: 12, provider: provider.provider, outcome: 'failed', answer: 'ECONNREFUSED' };

const N = '/nines/v1/notifications';
const answers = {
  [`GET ${N}`]: notificationsAnswer.parse({ notifications: [message], marker: null }),
  [`GET ${N}/d1`]: notificationDetail.parse({ ...message, key: 'k', answer: null, tries: [attempt], told: [] }),
  [`GET ${N}/providers`]: providersAnswer.parse({ providers: [provider] }),
  [`POST ${N}/test`]: testAnswer.parse({ notifications: [message] }),
};

test.each([
  [['delivery'], 0, /d1 +queued +5m ago +ana +email +page +2 +Restart .*the cache +ECONNREFUSED/],
  [['delivery', 'show', 'd1'], 0, /attempt 1 .*failed after 12 ms by The mail server mail\.example\.org:587: ECONNREFUSED/],
  [['delivery', 'providers'], 1, /The mail server mail\.example\.org:587 +email +open .* 3 +7 +.*ECONNREFUSED/],
  [['delivery', 'test', 'ana'], 0, /by email to a@b: nines delivery show d1/],
])('nines %j', async (argv, code, out) => {
  await using server = await FakeServer.start(answers);
  const ran = await runCli([...argv, '--url', server.url]);
  expect(ran.err).toBe('');
  expect(ran.code).toBe(code);
  expect(ran.out).toMatch(out);
  expect(ran.out, 'what came from outside does not paint').not.toContain('\u001b[31mthe');
  expect(JSON.parse((await runCli([...argv, '--json', '--url', server.url])).out)).toBeTruthy();
});

test('filters are asked of the server; every provider well is 0', async () => {
  await using server = await FakeServer.start({ ...answers, [`GET ${N}/providers`]: { providers: [] } });
  await runCli(['delivery', 'log', '--person', 'ana', '--state', 'failed', '--limit', '5', '--url', server.url]);
  expect(Object.fromEntries(new URL(server.seen[0]!.url, server.url).searchParams)).toEqual({ person: 'ana', state: 'failed', limit: '5' });
  expect(await runCli(['delivery', 'providers', '--url', server.url])).toMatchObject({ code: 0, out: 'Every provider takes messages.\n' });
});
