import { expect, test } from 'vitest';
import { createTestSql } from '../../test/harness/test-sql.ts';
import { VirtualClock } from '../../test/harness/virtual-clock.ts';
import { createLedger, ledgerMigrations } from '../ledger/index.ts';
import { recordDamage } from './record-damage.ts';

test('what was lost of the intake log is in the feed; nothing is where nothing was', async () => {
  await using database = await createTestSql(ledgerMigrations);
  const { sql } = database;
  const ledger = createLedger({ sql, clock: new VirtualClock(1_000) });
  const log = { error: () => expect.unreachable() };
  const losses = { damage: { missing: 2, checksum: 1 }, damagedBytes: 700, nameless: 3 };
  await recordDamage({ store: { losses: undefined }, sql, ledger, log });
  await recordDamage({ store: { losses }, sql, ledger, log });
  expect((await ledger.read({})).events).toMatchObject([
    { kind: 'telemetry.lost', actor: 'nines', data: { damage: losses.damage, damagedBytes: 700, namelessSamples: 3 } },
  ]);
});

test('a feed that takes nothing keeps nobody from starting', async () => {
  const said: object[] = [];
  const sql = { transaction: () => Promise.reject(new Error('away')) } as never;
  const store = { losses: { damage: { empty: 1 }, damagedBytes: 0, nameless: 0 } };
  await recordDamage({ store, sql, ledger: undefined as never, log: { error: (fields: object) => void said.push(fields) } as never });
  expect(said).toMatchObject([{ damage: { empty: 1 } }]);
});
