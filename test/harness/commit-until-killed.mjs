// Commits rows one after the other, printing each number once its commit was acknowledged, and kills itself with
// SIGKILL after so many milliseconds: `node commit-until-killed.mjs DIRECTORY MILLISECONDS`. Node reads the source
// by bench/typescript.mjs.
import fs from 'node:fs';
import { openEmbedded } from '../../src/platform/sql/index.ts';

const [directory, milliseconds] = process.argv.slice(2);
const sql = await openEmbedded(directory);
const { last } = await sql
  .db()
  .selectFrom('things')
  .select((select) => select.fn.coalesce(select.fn.max('id'), select.val(0)).as('last'))
  .executeTakeFirstOrThrow();
setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(milliseconds));
for (let id = Number(last) + 1; ; id++) {
  await sql.transaction((tx) => tx.db().insertInto('things').values({ id, name: 'x', data: '{}', at: 1 }).execute());
  fs.writeSync(1, `${id}\n`);
}
