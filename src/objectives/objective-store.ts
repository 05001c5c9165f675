import { json, type Sql, type Tx } from '../platform/sql/index.ts';
import type { Events } from './error-budget.ts';
import { HOUR, MINUTE, sumOf, type HourOfEvents } from './minute-history.ts';

/** Which time of an objective is counted for good: [begin, end), by the indicator of this identity. */
export interface Counted {
  readonly identity: string;
  readonly begin: number;
  readonly end: number;
}

export interface ObjectiveStore {
  counted(): Promise<Map<string, Counted>>;
  /** Hours from `minutesFrom` on with their minutes, those before it as sums. */
  load(objective: string, minutesFrom: number): Promise<{ hours: HourOfEvents[]; old: { start: number; events: Events }[] }>;
  /** `guard` may refuse within the transaction: another process has taken over. */
  save(changes: readonly Change[], guard?: (tx: Tx) => Promise<void>): Promise<void>;
  /** Events in [from, to), exact to the minute, at times that are counted for good. */
  sum(objective: string, from: number, to: number): Promise<Events>;
  /** Forgets all of an objective. */
  reset(objective: string): Promise<void>;
  prune(objective: string, before: number): Promise<void>;
}

export interface Change {
  readonly objective: string;
  readonly counted: Counted;
  /** Hours with new minutes. */
  readonly hours: readonly HourOfEvents[];
}

interface Tables {
  objective_history: { objective: string; identity: string; begin_at: number; end_at: number };
  objective_hours: { objective: string; start: number; good: number; total: number; minutes: Minutes };
}

interface Minutes {
  readonly good: readonly number[];
  readonly total: readonly number[];
}

export function createObjectiveStore(sql: Sql): ObjectiveStore {
  return {
    async counted() {
      const rows = await sql.db<Tables>().selectFrom('objective_history').selectAll().execute();
      return new Map(rows.map(({ objective, identity, begin_at, end_at }) => [objective, { identity, begin: begin_at, end: end_at }]));
    },
    async load(objective, minutesFrom) {
      const hours = sql.db<Tables>().selectFrom('objective_hours').where('objective', '=', objective);
      const recent = await hours.where('start', '>=', minutesFrom).select(['start', 'minutes']).execute();
      const old = await hours.where('start', '<', minutesFrom).select(['start', 'good', 'total']).execute();
      return { hours: recent.map(hourOf), old: old.map(({ start, good, total }) => ({ start, events: { good, total } })) };
    },
    save: (changes, guard) =>
      sql.transaction(async (tx) => {
        await guard?.(tx);
        await save(tx, changes);
      }),
    async sum(objective, from, to) {
      const rows = await sql
        .db<Tables>()
        .selectFrom('objective_hours')
        .where('objective', '=', objective)
        .where('start', '>', from - HOUR)
        .where('start', '<', to)
        .select(['start', 'minutes'])
        .execute();
      let good = 0;
      let total = 0;
      for (const hour of rows.map(hourOf)) {
        for (let i = 0; i < 60; i++) {
          const at = hour.start + i * MINUTE;
          if (at + MINUTE <= from || at >= to) continue;
          const share = (Math.min(to, at + MINUTE) - Math.max(from, at)) / MINUTE;
          good += hour.good[i]! * share;
          total += hour.total[i]! * share;
        }
      }
      return { good, total };
    },
    async reset(objective) {
      await sql.transaction(async (tx) => {
        await tx.db<Tables>().deleteFrom('objective_hours').where('objective', '=', objective).execute();
        await tx.db<Tables>().deleteFrom('objective_history').where('objective', '=', objective).execute();
      });
    },
    async prune(objective, before) {
      await sql.db<Tables>().deleteFrom('objective_hours').where('objective', '=', objective).where('start', '<', before).execute();
    },
  };
}

async function save(tx: Tx, changes: readonly Change[]): Promise<void> {
  const db = tx.db<Tables>();
  for (const { objective, counted, hours } of changes) {
    const row = { identity: counted.identity, begin_at: counted.begin, end_at: counted.end };
    await db
      .insertInto('objective_history')
      .values({ objective, ...row })
      .onConflict((conflict) => conflict.column('objective').doUpdateSet(row))
      .execute();
    if (hours.length === 0) continue;
    const rows = hours.map(({ start, good, total }) => {
      const minutes = json<Minutes>({ good: [...good], total: [...total] });
      return { objective, start, good: sumOf(good), total: sumOf(total), minutes };
    });
    await db
      .insertInto('objective_hours')
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(['objective', 'start']).doUpdateSet((row) => ({
          good: row.ref('excluded.good'),
          total: row.ref('excluded.total'),
          minutes: row.ref('excluded.minutes'),
        })),
      )
      .execute();
  }
}

const hourOf = ({ start, minutes }: { start: number; minutes: Minutes }): HourOfEvents => ({
  start,
  good: Float64Array.from(minutes.good),
  total: Float64Array.from(minutes.total),
});
