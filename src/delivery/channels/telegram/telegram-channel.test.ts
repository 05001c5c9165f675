/** What only Telegram has; what every channel promises is in channel-contract.test.ts. */
import { expect, test } from 'vitest';
import { systemClock } from '../../../platform/clock.ts';
import { createTelegramChannel } from './telegram-channel.ts';
import { startTelegramDouble } from './telegram-double.ts';

test('a link to a host without a dot goes in the text, for a button would be refused', async () => {
  await using double = await startTelegramDouble();
  const channel = createTelegramChannel({ url: double.url, token: '123456:right' }, { clock: systemClock });
  const action = { label: 'Acknowledge', url: 'http://localhost:9900/a/x' };
  const message = { key: 'k', channel: 'telegram', address: double.address, subject: 'Look', text: 'It is down.', priority: 0, reason: 'page', action } as const; // prettier-ignore
  expect(await channel.send(message, new AbortController().signal)).toMatchObject({ kind: 'accepted' });
  expect(double.shown[0]?.text).toContain('Acknowledge: http://localhost:9900/a/x');
});
