import { createTransport } from 'nodemailer';
import { expect, test } from 'vitest';
import { createTestSql } from '../../../test/harness/test-sql.ts';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { silentLog } from '../../platform/log.ts';
import type { RouteRequest } from '../../platform/http/index.ts';
import { mailboxMigrations, startMailbox } from './mailbox.ts';

test('what is sent by SMTP is kept and listed, the newest first; what is too large is refused', async () => {
  await using database = await createTestSql(mailboxMigrations);
  const clock = new VirtualClock('2026-11-21T03:00:00Z');
  const mailbox = await startMailbox({ sql: database.sql, clock, log: silentLog });
  const transport = createTransport({ host: mailbox.smtp.host, port: mailbox.smtp.port });
  const send = (subject: string, text: string) =>
    transport.sendMail({ from: 'nines@localhost', to: ['ana@example.org', 'ben@example.org'], subject, text, html: `<p>${text}</p>` });
  await send('Restore shop', 'It is down — ☠');
  await clock.advance(1_000);
  await send('Second', 'later');
  await expect(send('Big', 'x'.repeat(1_200_000))).rejects.toThrow(/552/);
  const list = mailbox.routes.find(({ path }) => path === '/nines/v1/mailbox');
  const answer = (await list?.handler({ query: { limit: 50 } } as unknown as RouteRequest<never, never, never>)) as { messages: unknown[] };
  expect(answer.messages).toMatchObject([
    { subject: 'Second', receivedAt: '2026-11-21T03:00:01.000Z' },
    {
      subject: 'Restore shop',
      text: 'It is down — ☠\n',
      to: 'ana@example.org, ben@example.org',
      from: 'nines@localhost',
      html: '<p>It is down — ☠</p>\n',
    },
  ]);
  await mailbox.stop();
});
