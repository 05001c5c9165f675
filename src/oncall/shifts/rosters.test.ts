import { expect, test } from 'vitest';
import { createTestSql } from '../../../test/harness/test-sql.ts';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { catalogKinds, checkDocuments } from '../../catalog/index.ts';
import { oncallKinds } from '../index.ts';
import { scheduleMigrations } from '../schedules/migrations.ts';
import { insertOverride } from './roster-store.ts';
import { createRosters, withRosters } from './rosters.ts';
import type { ScheduleSpec } from './schedule.ts';
import { whoIsOnCall } from './shifts.ts';

const text = `apiVersion: nines/v1
kind: Person
metadata: { name: ana }
spec: { email: ana@example.org }
---
apiVersion: nines/v1
kind: Schedule
metadata: { name: store }
spec: { timeZone: UTC, secondary: none, rotation: { people: [ana], start: '2026-01-05' } }
`;

test('what another process changes is seen by the next transaction, what is rolled back by none', async () => {
  await using database = await createTestSql(scheduleMigrations);
  const { sql } = database;
  const clock = new VirtualClock('2026-01-06T10:00:00Z');
  const { set } = checkDocuments([{ file: 'a.yaml', text }], { kinds: [...catalogKinds, ...oncallKinds], foreignKinds: [] }, clock.now());
  const catalog = { current: () => set, onChange: () => undefined };
  const [mine, theirs] = [createRosters(catalog, clock), createRosters(catalog, clock)];
  const [mySql, theirSql] = [withRosters(sql, mine), withRosters(sql, theirs)];
  const primary = (): string | null => whoIsOnCall(mine.current().get<ScheduleSpec>('Schedule', 'store')!.spec, clock.now()).primary;
  const now = clock.now();
  const row = {
    schedule: 'store',
    layer: 'primary',
    reason: '',
    swap: null,
    created_at: now,
    created_by: 'x',
    from_at: now,
    to_at: now + 3_600_000,
  } as const;

  await mySql.transaction(async () => expect(primary()).toBe('ana'));
  const undone = theirSql.transaction(async (tx) => {
    await insertOverride(tx, { ...row, id: 'a', person: 'ben' });
    throw new Error('changed my mind');
  });
  await expect(undone).rejects.toThrow('changed my mind');
  await mySql.transaction(async () => expect(primary()).toBe('ana'));
  await theirSql.transaction((tx) => insertOverride(tx, { ...row, id: 'b', person: 'cleo' }));
  // Not before somebody looks: whoever decides does so in a transaction.
  expect(primary()).toBe('ana');
  await mySql.transaction(async () => expect(primary()).toBe('cleo'));
  await theirSql.transaction((tx) => insertOverride(tx, { ...row, id: 'c', person: 'dora' }));
  await mySql.transaction(async () => expect(primary()).toBe('dora'));
  clock.jump(3_600_000);
  expect(primary()).toBe('ana');
});
