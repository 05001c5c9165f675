import type { Kysely } from 'kysely';
import type { Queryable, Tx } from '../../platform/sql/index.ts';
import type { Gap } from './gaps.ts';

export interface AnnouncedRow {
  schedule: string;
  kind: Gap['kind'];
  person: string;
  from_at: number;
  to_at: number;
  announced_at: number;
}

interface Tables {
  announced_gaps: AnnouncedRow;
}

const on = (queryable: Queryable): Kysely<Tables> => queryable.db<Tables>();

export const listAnnounced = (queryable: Queryable): Promise<AnnouncedRow[]> =>
  on(queryable).selectFrom('announced_gaps').selectAll().execute();

/** Of the same schedule, about the same, and at least partly at the same time: a gap that grows or shrinks stays the gap that it was. */
export const sameGap = (row: AnnouncedRow, gap: Gap): boolean =>
  row.schedule === gap.schedule && row.kind === gap.kind && row.person === gap.person && row.from_at < gap.to && gap.from < row.to_at;

export async function replaceAnnounced(tx: Tx, rows: readonly AnnouncedRow[]): Promise<void> {
  await on(tx).deleteFrom('announced_gaps').execute();
  for (let i = 0; i < rows.length; i += 500) {
    await on(tx)
      .insertInto('announced_gaps')
      .values(rows.slice(i, i + 500))
      .execute();
  }
}
