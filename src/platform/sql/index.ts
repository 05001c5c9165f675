import type { Sql } from './sql.ts';

export { openEmbedded, type OnStateFault } from './embedded.ts';
export { migrate } from './migrate.ts';
export { json, type Migration, type Queryable, type Sql, type Tx } from './sql.ts';
export { maintain } from './maintain.ts';
export { dumpTables, loadTables } from './dump-tables.ts';
export { readSnapshot } from './read-snapshot.ts';
export { storableJson } from './storable-json.ts';
export { withinSavepoint } from './within-savepoint.ts';

/** A PostgreSQL server, by URL (`NINES_POSTGRES_URL`). Its client is loaded only where there is one: the embedded database needs none of that memory. */
export const openServer = async (url: string): Promise<Sql> => (await import('./server.ts')).openServer(url);
