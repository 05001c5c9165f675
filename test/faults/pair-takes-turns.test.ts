/**
 * Two processes on one PostgreSQL, one of them killed while a storm of alerts is told: a person's bundle is told once at a time,
 * whoever tells it, and everybody's turn in a round-robin is taken once for each page.
 */
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { startMailServer } from '../harness/mail-server.ts';
import { findPostgres, startPostgres } from '../harness/postgres-server.ts';
import { unwatched } from './support/documents.ts';
import { PagerPair } from './support/pager-pair.ts';

const postgres = findPostgres();
const PEOPLE = ['ana', 'ben', 'cleo'];
const SERVICES = Array.from({ length: 30 }, (_, i) => `shop-${i}`);
const DOCUMENTS = [
  `apiVersion: nines/v1\nkind: Team\nmetadata: { name: web }\nspec: { members: [${PEOPLE.join(', ')}] }\n`,
  ...PEOPLE.map((name) => `apiVersion: nines/v1\nkind: Person\nmetadata: { name: ${name} }\nspec: { email: ${name}@example.org }\n`),
  `apiVersion: nines/v1\nkind: EscalationPolicy\nmetadata: { name: web }\nspec: { team: web, steps: [{ roundRobin: true, notify: [${PEOPLE.map((name) => `{ person: ${name} }`).join(', ')}] }] }\n`,
  unwatched(SERVICES),
].join('---\n');

test.skipIf(postgres === undefined)(
  'bundles are told once, and turns are taken once, by whichever of two',
  { timeout: 90_000 },
  async () => {
    await using mail = await startMailServer();
    await using server = await startPostgres(postgres!);
    await using pair = await PagerPair.start({ postgres: server.url, smtpPort: mail.port, documents: DOCUMENTS, bundleOver: 3 });
    const db = new Client({ connectionString: server.url });
    await db.connect();
    const alerts = SERVICES.map((service) => ({
      source: 'test',
      key: service,
      status: 'firing',
      labels: { alertname: 'Down', service, key: service, severity: 'critical' },
      annotations: { summary: `Restore ${service}` },
      startsAt: Date.now(),
      endsAt: null,
    }));
    try {
      // Each half by another of the two, which then call side by side.
      await Promise.all([0, 1, 2, 3].map((part) => pair.ask({ do: 'report', alerts: alerts.filter((_, i) => i % 4 === part) })));
      await pair.killOne(0);
      const untold = async (): Promise<number> => {
        const { rows } = await db.query<{ count: number }>(
          `select ((select count(*) from deliveries where state = 'queued') + (select count(*) from pages p where not exists (select from page_told t where t.page = p.id)))::int as count`,
        );
        return rows[0]!.count;
      };
      await expect.poll(untold, { timeout: 60_000, interval: 250 }).toBe(0);

      // Everybody has had as many turns as the others, and each page called one.
      const { rows: told } = await db.query<{ page: string; person: string }>('select page, person from page_told');
      expect(new Set(told.map(({ page }) => page)).size).toBe(SERVICES.length);
      expect(told).toHaveLength(SERVICES.length);
      expect(PEOPLE.map((name) => told.filter(({ person }) => person === name).length)).toEqual([10, 10, 10]);

      // A telling that was sent again because its process died has the Message-ID of the first.
      const mails = new Map(mail.mails.map((one) => [one.messageId, one]));
      const bundles = [...mails.values()].filter(({ subject }) => /^\d+ pages?\b/.test(subject ?? ''));
      const alone = [...mails.values()].filter((one) => !bundles.includes(one));
      expect(alone).toHaveLength(3 * PEOPLE.length);
      // Each of the rest is in one telling.
      const { rows } = await db.query<{ count: number }>('select count(*)::int as count from deliveries where bundle is not null');
      const counted = bundles.map(({ subject }) => Number(/(\d+) of them new/.exec(subject ?? '')?.[1] ?? /^\d+/.exec(subject ?? '')![0]));
      expect(rows[0]!.count).toBe(SERVICES.length - alone.length);
      expect(counted.reduce((sum, one) => sum + one, 0)).toBe(rows[0]!.count);
    } finally {
      await db.end();
    }
  },
);
