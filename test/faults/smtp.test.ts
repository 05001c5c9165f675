/** The mail server is away, silent, or takes a mail and never says so. Each time by the built program, on real SMTP. */
import { describe, expect, test } from 'vitest';
import type { HealthAnswer } from '../../src/platform/contract.ts';
import type { NotificationJson } from '../../src/delivery/contract.ts';
import { httpPeer } from '../../src/delivery/channels/test-peers.ts';
import { startMailServer } from '../harness/mail-server.ts';
import { NinesProcess, waitFor } from '../harness/nines-process.ts';
import { freePort } from '../harness/free-port.ts';
import { callsOf, keyOf, type Call } from './support/calls.ts';
import { people, services, smtp } from './support/documents.ts';
import { startShops } from './support/shops.ts';

/** Both are called at once: ana by mail, cleo by webhook. */
const cleo = (url: string): string => `---
apiVersion: nines/v1
kind: Person
metadata: { name: cleo }
spec: { email: cleo@example.org, contacts: [{ channel: webhook, address: '${url}' }] }
`;
const BOTH = people().replace('[{ person: ana }]', '[{ person: ana }, { person: cleo }]');

/** One after the other: three that make their databases at once take each other's time. */
let starting: Promise<unknown> = Promise.resolve();
function start(port: number) {
  const world = starting.then(() => startWorld(port));
  starting = world.catch(() => undefined);
  return world;
}

async function startWorld(port: number) {
  const shops = await startShops();
  const hook = await httpPeer();
  const nines = await NinesProcess.start({
    files: {
      'nines.yaml': smtp(port),
      'people.yaml': BOTH + cleo(hook.url),
      'shops.yaml': services(['one', 'two'], shops.urlOf),
    },
  });
  await waitFor('the first probes', () => shops.asked('one') > 0 && shops.asked('two') > 0);
  const health = async () =>
    (await nines.ask<HealthAnswer>('GET', '/nines/v1/health')).components.find(({ component }) => component === 'delivery.email');
  const queued = async () =>
    (await nines.ask<{ notifications: NotificationJson[] }>('GET', '/nines/v1/notifications?state=queued')).notifications;
  /** Breaks a shop; the webhook gets its page at once, whatever the mail server does. */
  const breaks = async (name: string): Promise<void> => {
    shops.break(name);
    await waitFor(`the webhook for ${name}`, () => hook.received.some(({ body }) => body.includes(`/${name}`)));
    expect(performance.now() - (shops.failedAt(name) ?? 0)).toBeLessThan(2_000);
  };
  const stop = async (): Promise<void> => {
    await nines[Symbol.asyncDispose]();
    await hook[Symbol.asyncDispose]();
    await shops[Symbol.asyncDispose]();
  };
  return { nines, hook, health, queued, breaks, [Symbol.asyncDispose]: stop };
}

describe.concurrent('the mail server', { timeout: 90_000 }, () => {
  test('is away: the webhook is not held up, health says so, and the mail comes once it is back', async () => {
    const port = await freePort();
    await using world = await start(port);
    await world.breaks('one');
    const unwell = await waitFor('health to tell', async () => {
      const email = await world.health();
      return email?.state === 'degraded' && email;
    });
    expect(unwell.problem).toContain(`127.0.0.1:${port} does not take messages`);
    expect(unwell.problem).toContain('ECONNREFUSED');
    expect((await world.queued())[0]).toMatchObject({ person: 'ana', lastError: expect.stringContaining('ECONNREFUSED') as string });

    await using mail = await startMailServer(port);
    await waitFor('the mail', () => mail.mails[0]);
    await waitFor('health to be well', async () => (await world.health())?.state === 'ok');
    expect(await world.queued()).toEqual([]);
    expect(callsOf(mail.mails)).toMatchObject([{ person: 'ana', round: 0, step: 0 }]);
    expect(world.hook.received).toHaveLength(1);
  });

  test('accepts and never greets: a pile of ordinary mails that hangs holds up no page', async () => {
    await using mail = await startMailServer();
    await using world = await start(mail.port);
    mail.mood = 'silent';
    for (let n = 0; n < 10; n += 1) await world.nines.ask('POST', '/nines/v1/notifications/test', { person: 'ana' });
    await world.breaks('one');
    // The ten hang on; one that has just been broken is told by a connection of its own.
    mail.mood = 'well';
    await world.breaks('two');
    const second = await waitFor('the page by mail', () => callsOf(mail.mails).find(({ subject }) => subject.includes('two')));
    expect(mail.mails.filter((one) => keyOf(one).startsWith('test/'))).toEqual([]);
    await waitFor('all that hung', async () => (await world.queued()).length === 0, 60);
    expect(mail.mails).toHaveLength(12);
    expect(new Set(mail.mails.map(keyOf)).size).toBe(12);
    expect(second.step).toBe(0);
    expect((await world.health())?.state).toBe('ok');
  });

  test('takes a mail and never says so: it comes again, under the same Message-ID', async () => {
    await using mail = await startMailServer();
    await using world = await start(mail.port);
    mail.mood = 'stalling';
    await world.breaks('one');
    await waitFor('the mail in doubt', () => mail.mails[0]);
    await waitFor('health to tell', async () => (await world.health())?.state === 'degraded');
    mail.mood = 'well';
    // On a busy machine a probe of the other shop may be late, and call for it too.
    const copies = (): Call[] => callsOf(mail.mails).filter(({ page }, _, [first]) => page === first?.page);
    await waitFor('the second copy', () => copies()[1]);
    await waitFor('the queue to be empty', async () => (await world.queued()).length === 0);
    const [first, second] = copies();
    expect(second).toMatchObject({ key: first?.key, messageId: first?.messageId });
    expect(copies()).toHaveLength(2);
    expect((await world.health())?.state).toBe('ok');
  });
});
