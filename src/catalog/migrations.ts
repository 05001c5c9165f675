import type { Migration } from '../platform/sql/index.ts';

export const catalogMigrations: Migration[] = [
  {
    id: 'catalog-1',
    up: `
      create table config_versions (version bigint primary key, applied_at bigint not null, actor text not null, source text not null,
        changes jsonb not null);
      create table config_files (file text primary key, text text not null);`,
  },
];
