import type { Worker } from 'node:worker_threads';
import { expect, test, vi } from 'vitest';
import { createTestSql } from '../../../test/harness/test-sql.ts';
import { openEmbedded } from './index.ts';

/** Every thread that was started, so that a test can end the last. */
const threads = vi.hoisted((): Worker[] => []);
vi.mock('node:worker_threads', async (original) => {
  const real = await original<{ Worker: typeof Worker }>();
  class Seen extends real.Worker {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args);
      threads.push(this);
    }
  }
  return { ...real, Worker: Seen };
});

interface Tables {
  t: { id: number };
}

test('where its thread ends it is opened again, and nothing runs outside of the transaction that was lost', async () => {
  const { sql: first, directory } = await createTestSql([{ id: 't-1', up: 'create table t (id int primary key)' }], { own: true });
  await first.close();
  const told: string[] = [];
  const sql = await openEmbedded(directory, (fault) => told.push(fault?.state ?? 'ok'));
  const insert = (id: number) => sql.db<Tables>().insertInto('t').values({ id }).execute();
  await insert(1);
  await expect(
    sql.transaction(async (tx) => {
      await tx.db<Tables>().insertInto('t').values({ id: 2 }).execute();
      await threads.at(-1)?.terminate();
      await vi.waitFor(() => expect(told).toEqual(['down', 'ok']), { timeout: 15_000 });
      await tx.db<Tables>().insertInto('t').values({ id: 3 }).execute();
    }),
  ).rejects.toMatchObject({ status: 503, slug: 'state-away' });
  await insert(4);
  expect(await sql.db<Tables>().selectFrom('t').select('id').execute()).toEqual([{ id: 1 }, { id: 4 }]);
  await sql.close();
});
