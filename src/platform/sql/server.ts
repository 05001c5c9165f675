import type { Socket } from 'node:net';
import { Kysely, PostgresDialect } from 'kysely';
import { Pool, type PoolClient, TypeOverrides, types } from 'pg';
import { createSql } from './create-sql.ts';
import type { Sql } from './sql.ts';
import { Turns } from './turns.ts';

/** Of which some are kept for what is urgent. */
const CONNECTIONS = 8;
const KEPT = 2;
/** A connection that says nothing for so long is given up, whatever it was asked. */
const SILENCE_MS = 30_000;

/** A PostgreSQL server, by URL (`NINES_POSTGRES_URL`). Rejects when it can't be reached within ten seconds. */
export async function openServer(url: string): Promise<Sql> {
  const overrides = new TypeOverrides();
  overrides.setTypeParser(types.builtins.INT8, Number);
  overrides.setTypeParser(types.builtins.NUMERIC, Number);
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS,
    types: overrides,
    connectionTimeoutMillis: 10_000,
    application_name: 'nines',
    options: '-c timezone=UTC',
  });
  // A network that goes silent says nothing: a query would wait for ever, and a lease with it.
  pool.on('connect', (client) => {
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
    stream.setTimeout(SILENCE_MS, () => void stream.destroy(new Error(`PostgreSQL did not answer for ${SILENCE_MS / 1000} s`)));
    stream.setKeepAlive(true, SILENCE_MS / 2);
  });
  // A connection that drops while idle must not end the process; the next query opens another.
  pool.on('error', () => undefined);
  await pool.query('select 1');
  const turns = new Turns(CONNECTIONS, KEPT);
  const way = (urgent: boolean): Kysely<never> =>
    new Kysely({ dialect: new PostgresDialect({ pool: { connect: () => connect(pool, turns, urgent), end: () => pool.end() } }) });
  return createSql(
    { ordinary: way(false), urgent: way(true) },
    {
      exclusive: false,
      runScript: async (script) => void (await pool.query(script)),
      onClose: () => undefined,
    },
  );
}

/** A connection of the pool when it is its turn, which ends when it is given back. */
async function connect(pool: Pool, turns: Turns, urgent: boolean): Promise<PoolClient> {
  const end = await turns.take(urgent);
  try {
    const client = await pool.connect();
    const release = client.release.bind(client);
    client.release = (error) => {
      end();
      release(error);
    };
    return client;
  } catch (error) {
    end();
    throw error;
  }
}
