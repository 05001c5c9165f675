/** Makes a cluster in a directory: `node make-cluster.mjs DIRECTORY`. A process of its own, because it takes much memory, once. */
import { openPglite } from './durable-pglite.mjs';

const pg = await openPglite(process.argv[2] ?? '');
await pg.close();
