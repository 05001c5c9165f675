export { openEmbedded, type OnStateFault } from './embedded.ts';
export { openServer } from './server.ts';
export { migrate } from './migrate.ts';
export { json, type Migration, type Queryable, type Sql, type Tx } from './sql.ts';
export { maintain } from './maintain.ts';
export { dumpTables, loadTables } from './dump-tables.ts';
export { readSnapshot } from './read-snapshot.ts';
export { storableJson } from './storable-json.ts';
export { withinSavepoint } from './within-savepoint.ts';
