/**
 * `kill -9` at random moments while samples, changes, outages, acknowledgements and notes come in. Whatever nines said yes to
 * must be there afterwards, once; nobody is called twice for the same thing but under the same Message-ID; no page is lost.
 * NINES_SEED=… repeats a run's choices (not its timing).
 */
import { expect, test } from 'vitest';
import { roundsOf } from '../harness/campaigns.mjs';
import { startMailServer } from '../harness/mail-server.ts';
import { NinesProcess, waitFor } from '../harness/nines-process.ts';
import { breakShops, killAndStart, newRecord, observe, postChanges, writeSamples, type World } from './support/campaign.ts';
import { people, services, unbundled } from './support/documents.ts';
import { createRandom } from './support/random.ts';
import { startShops } from './support/shops.ts';
import { readFeed, verifyAcknowledgements, verifyAttempts, verifyFeed, verifyMails, verifyPages, verifySamples } from './support/verify.ts';

const KILLS = roundsOf('kill');
/** Three that break at a time, each its own shops in turn. */
const SHOPS = Array.from({ length: 3 }, (_, lane) =>
  Array.from({ length: Math.max(8, Math.ceil(KILLS / 7)) }, (_, i) => `shop-${lane + 3 * i}`),
);
const ESCALATION = '    - after: 3s\n      notify: [{ person: ben }]\n';

test(`nothing that was acknowledged is lost in ${KILLS} kills`, { timeout: 120_000 + KILLS * 12_000 }, async ({ annotate }) => {
  const seed = Number(process.env['NINES_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  await annotate(`seed ${seed}`);
  await using mail = await startMailServer();
  await using shops = await startShops();
  await using nines = await NinesProcess.start({
    files: {
      'nines.yaml': unbundled(mail.port),
      'people.yaml': people({ escalation: ESCALATION }),
      'shops.yaml': services(SHOPS.flat(), shops.urlOf),
    },
  });
  // A mail that was taken, and a kill before nines heard so: the case where delivery is in doubt.
  const random = createRandom(seed);
  mail.answerAfter = () => (random.chance(0.5) ? random.between(0, 400) : 0);
  const world: World = { nines, mail, shops, random, ending: false };
  const record = newRecord();
  const kills: number[] = [];
  const actors = [
    writeSamples(world, record, 'one'),
    writeSamples(world, record, 'two'),
    postChanges(world, record),
    observe(world, record),
    ...SHOPS.map((names) => breakShops(world, record, names)),
  ];
  const failed = Promise.all(actors).then(() => new Promise<never>(() => undefined));
  const campaign = async (): Promise<void> => {
    while (kills.length < KILLS) kills.push(...(await killAndStart(world)));
  };
  try {
    await Promise.race([campaign(), failed]);
    world.ending = true;
    await Promise.all(actors);
    await waitFor(
      'every message to leave',
      async () => (await nines.ask<{ notifications: unknown[] }>('GET', '/nines/v1/notifications?state=queued')).notifications.length === 0,
    );
    // What is asked for now comes from the disk.
    kills.push(performance.now());
    await nines.kill();
    await nines.start();

    const feed = await readFeed(nines);
    const data = (kind: string, name: string) => feed.filter((one) => one.kind === kind).map((one) => String(one.data[name]));
    const complaints = [
      ...(await verifySamples(nines, record)),
      ...verifyFeed(feed, record),
      ...verifyAttempts('the change', record.changes, data('change.deploy', 'version')),
      ...verifyAttempts('the note', record.notes, data('incident.noted', 'text')),
      ...verifyAcknowledgements(feed, record),
      ...verifyPages(feed, record),
      ...verifyMails(mail.mails, record, kills),
    ];
    const samples = [...record.samples.values()].reduce((sum, one) => sum + one.length, 0);
    const outages = [...record.outages.values()].reduce((sum, one) => sum + one, 0);
    const copies = mail.mails.length - new Set(mail.mails.map(({ messageId }) => messageId)).size;
    const figures =
      `seed ${seed}: ${kills.length} kills; acknowledged: ${samples} samples, ${record.changes.confirmed.size} changes, ` +
      `${outages} outages, ${record.acknowledged.length} acknowledgements, ${record.notes.confirmed.size} notes; ` +
      `${feed.length} events; ${mail.mails.length} mails, ${copies} of them second copies`;
    console.log(figures);
    expect(complaints).toEqual([]);
    expect(outages).toBeGreaterThan(KILLS / 4);
    expect(nines.output).not.toContain('a defect');
  } catch (error) {
    throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}\n${nines.output.slice(-4_000)}`, {
      cause: error,
    });
  } finally {
    world.ending = true;
  }
});

test('killed while it makes its database, it starts the next time', { timeout: 60_000 }, async () => {
  await using nines = await NinesProcess.prepare({ makesDatabase: true });
  for (const ms of [200, 900, 1_600]) {
    const starting = nines.start().catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, ms));
    await nines.kill();
    await starting;
  }
  await nines.start();
  expect(await nines.ask('GET', '/nines/v1/events')).toEqual({ events: [], marker: 0 });
});
