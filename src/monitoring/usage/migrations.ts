import type { Migration } from '../../platform/sql/index.ts';

export const usageMigrations: Migration[] = [
  {
    id: 'usage-1',
    up: `create table metric_queries (name text not null, asker text not null, count bigint not null, last_at bigint not null,
      primary key (name, asker));`,
  },
];
