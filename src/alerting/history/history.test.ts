import { expect, test } from 'vitest';
import { createTestSql } from '../../../test/harness/test-sql.ts';
import { createLedger, ledgerMigrations } from '../../ledger/index.ts';
import { systemClock } from '../../platform/clock.ts';
import type { AlertHistory } from './contract.ts';
import { historyRoutes } from './history-routes.ts';

test('an alert that fired twice, its page, and who was told', async () => {
  await using database = await createTestSql(ledgerMigrations);
  const { sql } = database;
  const ledger = createLedger({ sql, clock: systemClock });
  const alert = (kind: string, time: number) => ({
    kind: `alert.${kind}`, time, title: 'Restart the shop', actor: 'nines', service: 'shop', subject: 'alert/f1',
    data: { rule: 'Down', severity: 'critical', labels: { job: 'shop' }, annotations: { summary: 'Restart it' }, value: 0 },
  }); // prettier-ignore
  const page = { kind: 'page.triggered', title: 'Page: Restart it', actor: 'nines', service: 'shop', subject: 'page/p1', data: { pageSubject: 'Restart it' } }; // prettier-ignore
  await sql.transaction((tx) =>
    ledger.append(tx, [
      alert('firing', 1_000),
      page,
      { ...page, kind: 'page.acknowledged', actor: 'person:ana' },
      alert('resolved', 2_000),
      { ...alert('silenced', 2_500) },
      alert('firing', 3_000),
    ]),
  );
  const record = { id: 'd1', key: 'k', channel: 'email', address: 'a@b', person: 'ana', about: 'page/p1', reason: 'page', subject: 's', state: 'sent', attempts: 1, lastError: null, answer: null, createdAt: 1, sentAt: 2, deliveredAt: null, seenAt: null, acknowledgedAt: null, provider: null, bundle: null } as const; // prettier-ignore
  const [route] = historyRoutes({
    ledger,
    delivery: { about: async (about) => (about === 'page/p1' ? [record] : []) },
    pagesOfAlert: async () => ['p1'],
  });
  const get = (fingerprint: string): Promise<AlertHistory> => route!.handler({ params: { fingerprint } } as never) as Promise<AlertHistory>;
  expect(await get('f1')).toMatchObject({
    rule: 'Down',
    service: 'shop',
    severity: 'critical',
    labels: { job: 'shop' },
    firings: [
      { firedAt: '1970-01-01T00:00:03.000Z', resolvedAt: null, value: 0 },
      { firedAt: '1970-01-01T00:00:01.000Z', resolvedAt: '1970-01-01T00:00:02.000Z', summary: 'Restart it' },
    ],
    pages: [
      {
        id: 'p1',
        subject: 'Restart it',
        events: [{ kind: 'page.triggered' }, { actor: 'person:ana' }],
        notifications: [{ person: 'ana', channel: 'email', state: 'sent' }],
      },
    ],
  });
  await expect(get('f2')).rejects.toThrow("There is no alert that ever fired 'f2'");
});
