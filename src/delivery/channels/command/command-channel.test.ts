import { expect, test } from 'vitest';
import type { Message } from '../../messages/message.ts';
import { createCommandChannel } from './command-channel.ts';

const message: Message = {
  key: 'page:01h', channel: 'command', address: 'siren', subject: 'Restart $(touch /tmp/x); the "cache"', text: 'Errors: 4.2 %.', priority: 0, reason: 'page',
  person: 'ana', action: { label: 'Acknowledge', url: 'https://n.example.org/a/x' },
}; // prettier-ignore
const run = (script: string, more: Partial<Message> = {}, args: string[] = []) =>
  createCommandChannel({ siren: ['/bin/sh', '-c', script, ...args] }, { timeoutMs: 1_000, environment: { ...process.env, NINES_ADMIN_TOKEN: 'secret' } }).send(
    { ...message, ...more },
    new AbortController().signal,
  ); // prettier-ignore

test.each<[string, string, unknown]>([
  ['reads the message', 'cat', { kind: 'accepted', answer: 'exit 0: Restart $(touch /tmp/x); the "cache"\n\nErrors: 4.2 %.' }],
  ['has it in the environment, and the link that it prints is not kept', 'echo "$NINES_SUBJECT|$NINES_PERSON|$NINES_URGENT|$NINES_LINK|$NINES_KEY"', { answer: 'exit 0: Restart $(touch /tmp/x); the "cache"|ana|1|***|page:01h' }],
  ['gets no secret of nines', 'echo "[$NINES_ADMIN_TOKEN]"', { answer: 'exit 0: []' }],
  ['does not read', 'exit 0', { kind: 'accepted', answer: 'exit 0' }],
  ['fails', 'echo no siren here >&2; exit 1', { kind: 'failed', channelDown: true, error: 'exit 1: no siren here' }],
  ['knows nobody of that name', 'exit 67', { kind: 'refused', error: 'exit 67' }],
  ['hangs', 'sleep 60 & sleep 60', { kind: 'failed', error: 'not done within 1 s, so it was ended' }],
  ['leaves something behind that holds its output', 'sleep 5 & echo loud', { kind: 'accepted', answer: 'exit 0: loud' }],
  ['never stops talking', 'yes', { kind: 'failed', error: 'not done within 1 s, so it was ended' }],
  ['is killed', 'kill -9 $$', { kind: 'failed', error: 'exit SIGKILL' }],
])('a command that %s', async (_, script, expected) => {
  expect(await run(script)).toMatchObject(expected as object);
}); // prettier-ignore

test('a text as large as can be, with what no variable may hold', async () => {
  expect(await run('printf %s "$NINES_TEXT" | wc -c', { text: `\0${'x'.repeat(64 * 1024)}` })).toMatchObject({ answer: 'exit 0: 32768' });
});

test('a program that is not there, a name that is not set, nothing set', async () => {
  const never = new AbortController().signal;
  expect(await createCommandChannel({ siren: ['/nowhere/siren'] }).send(message, never)).toMatchObject({ kind: 'failed', error: expect.stringContaining('ENOENT') as string });
  expect(await createCommandChannel({ siren: ['/bin/true'] }).send({ ...message, address: 'constructor' }, never)).toMatchObject({ kind: 'unconfigured', error: expect.stringContaining('command.constructor') as string });
  expect(await createCommandChannel(undefined).send(message, never)).toMatchObject({ kind: 'unconfigured', error: expect.stringContaining('Set command in nines.yaml') as string });
}); // prettier-ignore
