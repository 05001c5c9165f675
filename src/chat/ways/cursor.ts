import type { Sql } from '../../platform/sql/index.ts';
import type { ChatTables } from '../migrations.ts';
import type { Cursor } from './matrix/matrix-way.ts';

/** How far a way in was read, kept in the database. */
export const createCursor = (sql: Sql, way: string): Cursor => ({
  load: async () => (await sql.db<ChatTables>().selectFrom('chat_cursors').select('cursor').where('way', '=', way).executeTakeFirst())?.cursor, // prettier-ignore
  async save(cursor) {
    await sql
      .db<ChatTables>()
      .insertInto('chat_cursors')
      .values({ way, cursor })
      .onConflict((on) => on.column('way').doUpdateSet({ cursor }))
      .execute();
  },
});
