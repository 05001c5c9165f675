import type { Kysely } from 'kysely';
import type { Migration, Queryable, Tx } from '../../platform/sql/index.ts';
import type { ReviewQuestion } from './contract.ts';

/** A kept answer. `service` is '' where the alert names none. */
export interface AnswerRow {
  week: string;
  rule: string;
  service: string;
  question: ReviewQuestion;
  answer: 'yes' | 'no' | null;
  note: string;
  answered_by: string;
  at: number;
}

interface Tables {
  alert_reviews: AnswerRow;
  alert_reviews_sent: { team: string; week: string; at: number };
}

export const reviewMigrations: Migration[] = [
  {
    id: 'alerting-review',
    up: `
      create table alert_reviews (week text not null, rule text not null, service text not null, question text not null, answer text,
        note text not null, answered_by text not null, at bigint not null, primary key (week, rule, service, question));
      create table alert_reviews_sent (team text not null, week text not null, at bigint not null, primary key (team, week));`,
  },
];

const on = (queryable: Queryable): Kysely<Tables> => queryable.db<Tables>();

export const answersOf = (queryable: Queryable, week: string): Promise<AnswerRow[]> =>
  on(queryable).selectFrom('alert_reviews').selectAll().where('week', '=', week).orderBy('question').execute();

/** Keeps an answer in place of the one before; without answer and note it is taken back. */
export async function saveAnswer(tx: Tx, row: AnswerRow): Promise<void> {
  const { week, rule, service, question, answer, note, answered_by, at } = row;
  if (answer === null && note === '') {
    await on(tx)
      .deleteFrom('alert_reviews')
      .where('week', '=', week)
      .where('rule', '=', rule)
      .where('service', '=', service)
      .where('question', '=', question)
      .execute();
    return;
  }
  await on(tx)
    .insertInto('alert_reviews')
    .values(row)
    .onConflict((conflict) => conflict.columns(['week', 'rule', 'service', 'question']).doUpdateSet({ answer, note, answered_by, at }))
    .execute();
}

export async function isSent(queryable: Queryable, team: string, week: string): Promise<boolean> {
  const select = on(queryable).selectFrom('alert_reviews_sent').select('at').where('team', '=', team).where('week', '=', week);
  return (await select.executeTakeFirst()) !== undefined;
}

/** Whether this is the first to say so: two processes may want to send the same. */
export async function markSent(tx: Tx, team: string, week: string, at: number): Promise<boolean> {
  const insert = on(tx).insertInto('alert_reviews_sent').values({ team, week, at });
  return (
    (await insert
      .onConflict((conflict) => conflict.doNothing())
      .returning('at')
      .executeTakeFirst()) !== undefined
  );
}
