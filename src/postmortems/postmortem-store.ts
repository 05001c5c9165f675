import { json, type Queryable, type Tx } from '../platform/sql/index.ts';
import type { PostmortemDetail } from './contract.ts';
import type { FrozenGraph } from '../monitoring/index.ts';

export interface PostmortemRow {
  id: string;
  incident: string;
  incident_number: number;
  title: string;
  services: readonly string[];
  state: 'draft' | 'published';
  mtta_ms: number | null;
  mttr_ms: number | null;
  /** What the pictures mark. */
  outage: { began: number; ended: number | null };
  markdown: string;
  version: number;
  created_at: number;
  updated_at: number;
  updated_by: string;
}

interface Tables {
  postmortems: PostmortemRow;
  postmortem_graphs: { postmortem: string; number: number; graph: FrozenGraph };
}

/** False where the incident has one already. */
export async function insertPostmortem(tx: Tx, row: PostmortemRow, graphs: readonly FrozenGraph[]): Promise<boolean> {
  const { numInsertedOrUpdatedRows = 0n } = await tx
    .db<Tables>()
    .insertInto('postmortems')
    .values({ ...row, services: json(row.services), outage: json(row.outage) })
    .onConflict((conflict) => conflict.column('incident').doNothing())
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows === 0n) return false;
  if (graphs.length > 0) {
    const rows = graphs.map((graph, i) => ({ postmortem: row.id, number: i + 1, graph: json(graph) }));
    await tx.db<Tables>().insertInto('postmortem_graphs').values(rows).execute();
  }
  return true;
}

export const lockPostmortem = (tx: Tx, id: string): Promise<PostmortemRow | undefined> =>
  tx.db<Tables>().selectFrom('postmortems').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();

export async function savePostmortemRow(
  tx: Tx,
  id: string,
  change: Partial<Pick<PostmortemRow, 'markdown' | 'state' | 'version' | 'updated_at' | 'updated_by'>>,
) {
  await tx.db<Tables>().updateTable('postmortems').set(change).where('id', '=', id).execute();
}

export function findPostmortem(
  on: Queryable,
  by: { id: string } | { number: number } | { incident: string },
): Promise<PostmortemRow | undefined> {
  const select = on.db<Tables>().selectFrom('postmortems').selectAll();
  if ('number' in by) return select.where('incident_number', '=', by.number).executeTakeFirst();
  if ('incident' in by) return select.where('incident', '=', by.incident).executeTakeFirst();
  return select.where('id', '=', by.id).executeTakeFirst();
}

/** Newest incident first, those before number `before`. Without the text. */
export async function listPostmortems(on: Queryable, query: { before?: number | undefined; state?: string | undefined; limit: number }) {
  let select = on
    .db<Tables>()
    .selectFrom('postmortems')
    .select([
      'id',
      'incident',
      'incident_number',
      'title',
      'services',
      'state',
      'mtta_ms',
      'mttr_ms',
      'version',
      'created_at',
      'updated_at',
      'updated_by',
    ])
    .orderBy('incident_number', 'desc')
    .limit(query.limit);
  if (query.before !== undefined) select = select.where('incident_number', '<', query.before);
  if (query.state !== undefined) select = select.where('state', '=', query.state as PostmortemRow['state']);
  return (await select.execute()).map(toSummary);
}

export async function findGraph(on: Queryable, id: string, number: number): Promise<FrozenGraph | undefined> {
  const row = await on
    .db<Tables>()
    .selectFrom('postmortem_graphs')
    .select('graph')
    .where('postmortem', '=', id)
    .where('number', '=', number)
    .executeTakeFirst();
  return row?.graph;
}

const toSummary = (row: Omit<PostmortemRow, 'markdown' | 'outage'>) => ({
  id: row.id,
  incident: row.incident,
  incidentNumber: row.incident_number,
  title: row.title,
  services: [...row.services],
  state: row.state,
  mttaMs: row.mtta_ms,
  mttrMs: row.mttr_ms,
  createdAt: new Date(row.created_at).toISOString(),
  updatedAt: new Date(row.updated_at).toISOString(),
  updatedBy: row.updated_by,
  version: row.version,
});

export const toDetail = (row: PostmortemRow): PostmortemDetail => ({ ...toSummary(row), markdown: row.markdown });
