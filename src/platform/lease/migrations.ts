import type { Migration } from '../sql/index.ts';

export const leaseMigrations: Migration[] = [
  {
    id: 'lease-1',
    up: `create table leases (name text primary key, owner text not null, until timestamptz not null);`,
  },
];
