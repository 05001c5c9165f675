import type { Migration } from '../../platform/sql/index.ts';

export const graphsMigrations: Migration[] = [
  {
    id: 'graphs-1',
    up: `
      create table shared_graphs (id text primary key, graph jsonb not null, annotations jsonb not null, public boolean not null,
        note text not null, created_at bigint not null, created_by text not null);
      create index shared_graphs_by_time on shared_graphs (created_at);`,
  },
];
