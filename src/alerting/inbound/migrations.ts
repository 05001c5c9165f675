import type { Migration } from '../../platform/sql/index.ts';

export const integrationsMigrations: Migration[] = [
  {
    id: 'alerting-integrations',
    up: `
      create table integration_keys (name text primary key, hash text not null unique, created_at bigint not null);
      create table integration_seen (name text primary key, taken bigint not null default 0, refused bigint not null default 0,
        last_at bigint, last_title text, last_error_at bigint, last_error text);`,
  },
];
