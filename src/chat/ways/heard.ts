import { createHash } from 'node:crypto';
import { sql as template } from 'kysely';
import type { Clock } from '../../platform/clock.ts';
import type { Sql } from '../../platform/sql/index.ts';
import { Problem } from '../../platform/problem.ts';
import type { ChatTables } from '../migrations.ts';

/** What was heard already: a second press of a button that is sent again, or a request that someone recorded, does nothing. */
export interface Heard {
  /** Runs `work` unless the same was heard before; one that began and died is run again. True where it ran. */
  once(way: string, key: string, work: () => Promise<void>): Promise<boolean>;
  /**
   * The same for what is acknowledged once it is done: where another is at it, or died at it a moment ago, the sender must ask again.
   * @throws Problem 503
   */
  surely(way: string, key: string, work: () => Promise<void>): Promise<void>;
}

/** Longer than any command takes: whoever began it is dead. */
const DEAD_MS = 90_000;
const KEPT_MS = 86_400_000;

const hashOf = (way: string, key: string): string => `${way}:${createHash('sha256').update(key).digest('base64url')}`;

export function createHeard({ sql, clock }: { sql: Sql; clock: Clock }): Heard {
  const take = async (key: string): Promise<boolean> => {
    const now = clock.now();
    const { rows } = await template<{ key: string }>`
      insert into chat_heard (key, at) values (${key}, ${now})
      on conflict (key) do update set at = ${now} where not chat_heard.done and chat_heard.at < ${now - DEAD_MS}
      returning key`.execute(sql.db());
    return rows.length > 0;
  };
  const once: Heard['once'] = async (way, key, work) => {
    const hashed = hashOf(way, key);
    if (!(await take(hashed))) return false;
    await work();
    const db = sql.db<ChatTables>();
    await db.updateTable('chat_heard').set({ done: true }).where('key', '=', hashed).execute();
    await db
      .deleteFrom('chat_heard')
      .where('at', '<', clock.now() - KEPT_MS)
      .execute();
    return true;
  };
  return {
    once,
    async surely(way, key, work) {
      if (await once(way, key, work)) return;
      const heard = await sql
        .db<ChatTables>()
        .selectFrom('chat_heard')
        .select('done')
        .where('key', '=', hashOf(way, key))
        .executeTakeFirst();
      if (heard?.done !== true) throw new Problem(503, 'unavailable', 'This was heard a moment ago, and is not done yet. Send it again in a minute and a half.'); // prettier-ignore
    },
  };
}
