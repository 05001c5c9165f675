import { json, type Queryable } from '../../platform/sql/index.ts';
import type { Annotation, FrozenGraph } from './frozen-graph.ts';

export interface SharedGraph {
  id: string;
  graph: FrozenGraph;
  annotations: readonly Annotation[];
  /** Whoever has the link sees it, without an account. */
  public: boolean;
  note: string;
  created_at: number;
  created_by: string;
}

interface Tables {
  shared_graphs: SharedGraph;
}

export async function insertGraph(on: Queryable, one: SharedGraph): Promise<void> {
  await on
    .db<Tables>()
    .insertInto('shared_graphs')
    .values({ ...one, graph: json(one.graph), annotations: json(one.annotations) })
    .execute();
}

export const findSharedGraph = (on: Queryable, id: string): Promise<SharedGraph | undefined> =>
  on.db<Tables>().selectFrom('shared_graphs').selectAll().where('id', '=', id).executeTakeFirst();

/** Newest first; of those before a time (milliseconds) where one is given. Without their numbers. */
export function listGraphs(on: Queryable, before: number | undefined, limit: number) {
  let select = on
    .db<Tables>()
    .selectFrom('shared_graphs')
    .select(['id', 'public', 'note', 'created_at', 'created_by'])
    .select((build) => [
      build.ref('graph', '->>').key('title').$castTo<string>().as('title'),
      build.ref('graph', '->>').key('expr').$castTo<string>().as('expr'),
    ])
    .orderBy('created_at', 'desc')
    .limit(limit);
  if (before !== undefined) select = select.where('created_at', '<', before);
  return select.execute();
}

export async function deleteGraph(on: Queryable, id: string): Promise<boolean> {
  const { numDeletedRows } = await on.db<Tables>().deleteFrom('shared_graphs').where('id', '=', id).executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}
