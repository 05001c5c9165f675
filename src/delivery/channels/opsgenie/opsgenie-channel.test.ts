/** What only Opsgenie has; what every channel promises is in channel-contract.test.ts. */
import { expect, test } from 'vitest';
import { systemClock } from '../../../platform/clock.ts';
import type { Message } from '../../messages/message.ts';
import { createOpsgenieChannel } from './opsgenie-channel.ts';
import { startOpsgenieDouble } from './opsgenie-double.ts';

const message: Message = { key: 'k', channel: 'opsgenie', address: 'team:payments', subject: 'Disk full', text: 'Of db1.', priority: 0, reason: 'alert', about: 'group/1' }; // prettier-ignore

test('an alert that is there is said anew where that is asked for', async () => {
  await using double = await startOpsgenieDouble();
  const channel = createOpsgenieChannel({ url: double.url, key: 'right' }, { clock: systemClock });
  const send = (more: Partial<Message>) => channel.send({ ...message, ...more }, new AbortController().signal);
  expect(await send({})).toMatchObject({ kind: 'accepted' });
  expect(double.shown).toHaveLength(1);
  const outcome = await send({ subject: 'Disks full', text: 'Of db1 and db2.', data: { update: true } });
  expect(outcome, double.refused.join()).toMatchObject({ kind: 'accepted', answer: expect.stringMatching(/^request /) as string });
  expect(double.shown.slice(2)).toMatchObject([
    { to: 'message', text: 'Disks full', key: 'nines/group/1' },
    { to: 'description', text: expect.stringContaining('Of db1 and db2.') as string, key: 'nines/group/1' },
  ]);
  // The end of it is its end, and no more.
  expect(await send({ reason: 'resolved', data: { update: true } })).toMatchObject({ kind: 'accepted' });
  expect(double.shown).toHaveLength(5);
});
