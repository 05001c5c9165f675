/** Two nines as people run them, on one PostgreSQL, both checking the same shop: one pages, and when it dies the other goes on. */
import { expect, test } from 'vitest';
import { type MailServer, startMailServer } from '../harness/mail-server.ts';
import { NinesProcess, waitFor } from '../harness/nines-process.ts';
import { findPostgres, startPostgres } from '../harness/postgres-server.ts';
import { people, services, smtp } from './support/documents.ts';
import { startShops } from './support/shops.ts';

const postgres = findPostgres();

const mailsAbout = ({ mails }: MailServer, word: RegExp): string[] =>
  mails.filter(({ subject }) => word.test(subject ?? '')).map(({ messageId }) => messageId ?? '');

test.skipIf(postgres === undefined)('one of two pages, and the other goes on when it is killed', { timeout: 180_000 }, async () => {
  await using mail = await startMailServer();
  await using shops = await startShops();
  await using server = await startPostgres(postgres!);
  const options = {
    files: { 'nines.yaml': smtp(mail.port), 'people.yaml': people(), 'shops.yaml': services(['bakery', 'florist'], shops.urlOf) },
    environment: { NINES_POSTGRES_URL: server.url },
  };
  await using first = await NinesProcess.start(options);
  await using second = await NinesProcess.start(options);
  const firing = async (nines: NinesProcess, service: string): Promise<number> =>
    (await nines.ask<{ alerts: unknown[] }>('GET', `/nines/v1/alerts?state=firing&service=${service}`)).alerts.length;
  const became = (name: string, condition: () => Promise<boolean> | boolean) => waitFor(name, condition, 40);

  shops.break('bakery');
  await became('the page', () => mailsAbout(mail, /^Restore bakery/).length > 0);
  // Both say so, though one of them decided it.
  for (const nines of [first, second]) await became('the alert', async () => (await firing(nines, 'bakery')) === 1);

  await first.kill();
  shops.mend('bakery');
  await became('the all-clear by the other', () => mailsAbout(mail, /^Resolved: Restore bakery/).length > 0);
  shops.break('florist');
  await became('a page by the other', () => mailsAbout(mail, /^Restore florist/).length > 0);

  await first.start();
  await became('the alert of the other', async () => (await firing(first, 'florist')) === 1);
  await second.kill();
  shops.mend('florist');
  await became('the all-clear by the first', () => mailsAbout(mail, /^Resolved: Restore florist/).length > 0);
  for (const word of [/^Restore bakery/, /^Resolved: Restore bakery/, /^Restore florist/, /^Resolved: Restore florist/])
    expect(new Set(mailsAbout(mail, word)).size, String(word)).toBe(1);
}); // prettier-ignore
