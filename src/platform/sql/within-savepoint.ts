import { sql as template } from 'kysely';
import { Gathering } from './gathering.ts';
import type { Tx } from './sql.ts';

/** Runs `work` within a savepoint; where it throws, all of it is undone, and the transaction goes on. Returns what it threw. */
export async function withinSavepoint(tx: Tx, work: (inner: Tx) => Promise<void>): Promise<Error | undefined> {
  const gathering = new Gathering();
  const { gather, afterCommit } = gathering;
  await template`savepoint within`.execute(tx.db());
  try {
    await work({ db: () => tx.db(), gather, afterCommit });
    await template`release savepoint within`.execute(tx.db());
  } catch (error) {
    // Released as well: one of the same name may be around it.
    await template`rollback to savepoint within`.execute(tx.db());
    await template`release savepoint within`.execute(tx.db());
    return error instanceof Error ? error : new Error(String(error));
  }
  gathering.joins(tx);
  return undefined;
}
