import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemClock } from '../../../platform/clock.ts';
import type { Channel } from '../channel.ts';
import type { Message } from '../../messages/message.ts';
import { smsText } from './sms-text.ts';
import { createSmsChannel, createVoiceChannel, type TwilioSettings } from './twilio-channel.ts';
import { startTwilioDouble } from './twilio-double.ts';

const LINK = 'https://nines.example.org/a/secret_-x';
const message = (channel: Channel, address: string, more: Partial<Message> = {}): Message => ({
  key: 'k', channel: channel.name, address, subject: 'Restart the cache', text: `Errors at 4.2 %.\n\nAcknowledge: ${LINK}`, priority: 0, reason: 'page',
  action: { label: 'Acknowledge', url: LINK }, ...more,
}); // prettier-ignore
const settings = (url: string, more: Partial<TwilioSettings> = {}): TwilioSettings => ({
  url, accountSid: 'AC0123456789abcdef0123456789abcdef', authToken: 'right', from: '+15005550006', ...more,
}); // prettier-ignore
const deps = { clock: systemClock, timeoutMs: 1_000 };
const ways = [
  ['sms', 'Messages', createSmsChannel],
  ['voice', 'Calls', createVoiceChannel],
] as const;

test.each(ways)('%s: what Twilio says of the number, the account and the sender is told in its words', async (_, resource, create) => {
  await using double = await startTwilioDouble(resource);
  const send = (address: string, more: Partial<TwilioSettings> = {}) => {
    const channel = create(settings(double.url, more), deps);
    return channel.send(message(channel, address), new AbortController().signal);
  };
  expect(await send(double.stranger)).toMatchObject({ kind: 'refused', error: expect.stringContaining('21211') as string });
  expect(await send(double.address, { authToken: 'wrong' })).toMatchObject({ kind: 'failed', error: '20003: Authenticate' });
  expect(await send(double.address, { from: '+15005550007' })).toMatchObject({
    kind: 'failed',
    error: expect.stringContaining('21606') as string,
  });
});

test('what no XML can hold is not said in a call', async () => {
  await using double = await startTwilioDouble('Calls');
  const channel = createVoiceChannel(settings(double.url), deps);
  const odd = { subject: '<Hangup/> & "co"\u0000\uFFFE' };
  expect(await channel.send(message(channel, double.address, odd), new AbortController().signal)).toMatchObject({ kind: 'accepted' });
  expect(double.shown[0]?.text).toContain('<Hangup/> & "co"');
});

const parts = (title: string, body: string) => ({ title, body, links: [{ label: 'Acknowledge', url: LINK }] });

test.each([
  ['fits', parts('Restart', 'Errors.'), `Restart\nErrors.\nAcknowledge: ${LINK}`],
  ['is in GSM-7 where a likeness will do', parts('It’s “down” – now…', ''), `It's "down" - now...\nAcknowledge: ${LINK}`],
  ['keeps what only UCS-2 has', parts('Down 🔥', 'x'), `Down 🔥\nx\nAcknowledge: ${LINK}`],
])('an SMS that %s', (_, given, expected) => {
  expect(smsText(given)).toBe(expected);
});

test('an SMS has at most four parts, keeps its link, and breaks no character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 500 }), fc.string({ unit: 'grapheme', maxLength: 3_000 }), (title, body) => {
      const text = smsText(parts(title.toWellFormed(), body.toWellFormed()));
      expect(text.length).toBeLessThanOrEqual(612);
      if (/[^\n -\u024f\u0391-\u03c9\u20ac]/.test(text)) expect(text.length).toBeLessThanOrEqual(268);
      expect(text.endsWith(LINK) && text.isWellFormed()).toBe(true);
    }),
  );
});
