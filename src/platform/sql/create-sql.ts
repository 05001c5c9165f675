import { AsyncLocalStorage } from 'node:async_hooks';
import type { Kysely } from 'kysely';
import { Gathering } from './gathering.ts';
import type { Sql, Tx } from './sql.ts';

interface Engine {
  readonly exclusive: boolean;
  /** Runs several statements at once, outside any transaction. */
  runScript(script: string): Promise<void>;
  /** Copies the engine's files, where they are this process's. Nothing may be written meanwhile. */
  copyFiles?(to: string): Promise<void>;
  onClose(): void | Promise<void>;
}

/** What only migrations and snapshots need beside Sql. */
export interface SqlWithScripts extends Sql {
  runScript(script: string): Promise<void>;
  copyFiles?(to: string): Promise<void>;
}

/** The server undid it so that another could go on (deadlock, serialization failure: SQLSTATE 40P01, 40001): it is as if it had never run. */
const GAVE_WAY: ReadonlySet<string> = new Set(['40P01', '40001']);
const MOST_TRIES = 3;

/** Two ways to one database: where both wait for a connection, what is urgent has it first. */
export interface Ways {
  readonly ordinary: Kysely<never>;
  readonly urgent: Kysely<never>;
}

/** Puts transactions with hooks, and the guard against queries beside an open one, on a kysely. */
export function createSql(ways: Ways, engine: Engine): SqlWithScripts {
  const inside = new AsyncLocalStorage<{ open: boolean }>();
  const close = async (): Promise<void> => {
    await ways.ordinary.destroy();
    await engine.onClose();
  };
  const urgent: Sql = {
    ...queries(ways.urgent, inside),
    exclusive: engine.exclusive,
    close,
    get urgent() {
      return urgent;
    },
  };
  return {
    ...queries(ways.ordinary, inside),
    urgent,
    exclusive: engine.exclusive,
    runScript: (script) => engine.runScript(script),
    ...(engine.copyFiles && { copyFiles: (to: string) => engine.copyFiles!(to) }),
    close,
  };
}

function queries(kysely: Kysely<never>, inside: AsyncLocalStorage<{ open: boolean }>): Pick<Sql, 'db' | 'transaction'> {
  const guard = (): void => {
    if (inside.getStore()?.open) throw new Error('a query beside its own open transaction: use the Tx that you were given');
  };
  const transact = async <T>(run: (tx: Tx) => Promise<T>): Promise<T> => {
    guard();
    const gathering = new Gathering();
    const scope = { open: true };
    const result = await kysely.transaction().execute((transaction) =>
      inside.run(scope, async () => {
        try {
          const { afterCommit, gather } = gathering;
          const tx: Tx = { db: <Tables>() => transaction as unknown as Kysely<Tables>, afterCommit, gather };
          const value = await run(tx);
          await gathering.write(tx);
          return value;
        } finally {
          scope.open = false;
        }
      }),
    );
    gathering.committed();
    return result;
  };
  return {
    db<Tables>() {
      guard();
      return kysely as unknown as Kysely<Tables>;
    },
    async transaction<T>(run: (tx: Tx) => Promise<T>): Promise<T> {
      for (let tries = 1; ; tries += 1) {
        try {
          return await transact(run);
        } catch (error) {
          if (tries === MOST_TRIES || !GAVE_WAY.has(String((error as { code?: unknown }).code))) throw error;
        }
      }
    },
  };
}
