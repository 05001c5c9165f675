/**
 * Two processes on one PostgreSQL, killed and cut off at random moments while alerts come in, are acknowledged and resolve: no
 * page is missed, none is told twice but under the same Message-ID, and nobody is called for what someone has acknowledged.
 * NINES_SEED=… repeats a run's choices (not its timing).
 */
import { expect, test } from 'vitest';
import { roundsOf } from '../harness/campaigns.mjs';
import { startMailServer } from '../harness/mail-server.ts';
import { findPostgres, startPostgres } from '../harness/postgres-server.ts';
import { people, unwatched } from './support/documents.ts';
import { PagerPair } from './support/pager-pair.ts';
import { createRandom } from './support/random.ts';

const postgres = findPostgres();
const KILLS = roundsOf('pair');
const CUTS = Math.ceil(KILLS / 8);
const SERVICES = Array.from({ length: 40 }, (_, i) => `shop-${i}`);
const DOCUMENTS = `${people({ escalation: '    - after: 20s\n      notify: [{ person: ben }]\n' })}\n---\n${unwatched(SERVICES)}`;
const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

test.skipIf(postgres === undefined)(`no page is missed and none doubled in ${KILLS} kills and ${CUTS} cuts`, { timeout: 180_000 + KILLS * 5_000 }, async ({ annotate }) => {
  const seed = Number(process.env['NINES_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  await annotate(`seed ${seed}`);
  const random = createRandom(seed);
  await using mail = await startMailServer();
  mail.answerAfter = () => (random.chance(0.5) ? random.between(0, 200) : 0);
  await using server = await startPostgres(postgres!);
  await using pair = await PagerPair.start({ postgres: server.url, smtpPort: mail.port, documents: DOCUMENTS });
  const outages = new Set<string>();
  const world = { ending: false };

  /** Each lane breaks its own services in turn; says so to whichever process listens, until one has said that it is durable. */
  const breakThings = async (names: readonly string[]): Promise<void> => {
    for (let round = 0; !world.ending; round += 1) {
      const service = names[round % names.length]!;
      const key = `${service}-${round}`;
      const alert = { source: 'test', key, labels: { alertname: 'Down', service, key, severity: 'critical' }, annotations: { summary: `Restore ${key}` }, startsAt: Date.now(), endsAt: null };
      outages.add(key);
      await pair.ask({ do: 'report', alerts: [{ ...alert, status: 'firing' }] });
      await pause(random.between(0, 1_500));
      if (random.chance(0.5)) await pair.ask({ do: 'acknowledge', key, who: 'ana' });
      await pause(random.between(0, 800));
      await pair.ask({ do: 'report', alerts: [{ ...alert, status: 'resolved', endsAt: Date.now() }] });
    }
  };
  const lanes = Array.from({ length: 4 }, (_, lane) => breakThings(SERVICES.filter((_, i) => i % 4 === lane)));
  const failed = Promise.all(lanes).then(() => new Promise<never>(() => undefined));
  const campaign = async (): Promise<void> => {
    for (let i = 0; i < KILLS; i += 1) {
      await pause(random.between(0, 300));
      await pair.killOne(random.pick([0, 1]));
      if (i % Math.floor(KILLS / CUTS) === 0) await pair.cutOne(random.pick([0, 1]), random.between(200, 4_000));
    }
  };
  try {
    await Promise.race([campaign(), failed]);
    world.ending = true;
    await Promise.all(lanes);
    await expect.poll(() => pair.waiting(), { timeout: 60_000, interval: 250 }).toBe(0);
    const complaints = await pair.complaints([...outages.keys()], mail.mails);
    const ids = mail.mails.map(({ messageId }) => messageId);
    const copies = ids.length - new Set(ids).size;
    console.log(`seed ${seed}: ${pair.kills} kills, ${pair.cuts} cuts, ${outages.size} outages, ${ids.length} mails, ${copies} of them second copies`);
    expect(complaints).toEqual([]);
    expect(outages.size).toBeGreaterThan(KILLS / 2);
    // Only a process that ended between the mail server's yes and its own note of it may send again.
    expect(copies).toBeLessThanOrEqual(pair.kills + pair.cuts);
  } finally {
    world.ending = true;
  }
}); // prettier-ignore
