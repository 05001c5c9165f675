/** What only SMTP has; what every channel promises is in channel-contract.test.ts. */
import { expect, test } from 'vitest';
import { systemClock } from '../../../platform/clock.ts';
import type { Outcome } from '../channel.ts';
import type { Message } from '../../messages/message.ts';
import { smtpPeer } from '../test-peers.ts';
import { createEmailChannel, type SmtpSettings } from './email-channel.ts';

const FAST = { connectMs: 1_500, greetingMs: 1_500, commandMs: 1_500, overallMs: 2_000 };
const message: Message = { key: 'k', channel: 'email', address: 'ana@example.org', subject: 'Restart the cache', text: 'Errors.', priority: 0, reason: 'page' }; // prettier-ignore
const send = (port: number, more: Partial<SmtpSettings> = {}): Promise<Outcome> =>
  createEmailChannel({ host: '127.0.0.1', port, from: 'nines <nines@example.org>', ...more }, { clock: systemClock, timeouts: FAST }).send(
    message,
    new AbortController().signal,
  );
const smtpError = (code: number): Error => Object.assign(new Error('no'), { responseCode: code });

test.concurrent.each<[string, Parameters<typeof smtpPeer>[0], Partial<Outcome>]>([
  ['hangs after the message', { onData: (stream) => void stream.resume() }, { kind: 'failed', channelDown: true }],
  ['has no such mailbox', { onRcptTo: (_, __, done) => done(smtpError(550)) }, { kind: 'refused' }],
  ['has no room in the mailbox now', { onRcptTo: (_, __, done) => done(smtpError(451)) }, { kind: 'failed', channelDown: false }],
  ['does not allow the sender', { onMailFrom: (_, __, done) => done(smtpError(553)) }, { kind: 'failed', channelDown: true }],
])('a server that %s', async (_, options, expected) => {
  await using peer = await smtpPeer(options);
  expect(await send(peer.port)).toMatchObject(expected);
});

test('TLS where it is required is not done without', async () => {
  await using peer = await smtpPeer({ disabledCommands: ['STARTTLS'] });
  expect(await send(peer.port, { requireTls: true })).toMatchObject({ kind: 'failed', channelDown: true });
  expect(peer.received).toEqual([]);
});

test('a wrong password is told, and waits to be mended', async () => {
  await using peer = await smtpPeer({ authOptional: false, onAuth: (_, __, done) => done(null, {}), allowInsecureAuth: true });
  const outcome = await send(peer.port, { user: 'u', password: 'p' });
  expect(outcome).toMatchObject({ kind: 'failed', channelDown: true, error: expect.stringContaining('535') as string });
});
