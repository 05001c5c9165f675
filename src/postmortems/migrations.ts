import type { Migration } from '../platform/sql/index.ts';

export const postmortemsMigrations: Migration[] = [
  {
    id: 'postmortems-1',
    up: `
      create table postmortems (id text primary key, incident text not null unique, incident_number bigint not null, title text not null,
        services jsonb not null, state text not null, mtta_ms bigint, mttr_ms bigint, outage jsonb not null, markdown text not null,
        version bigint not null, created_at bigint not null, updated_at bigint not null, updated_by text not null);
      create index postmortems_by_number on postmortems (incident_number);
      create table postmortem_graphs (postmortem text not null references postmortems (id), number bigint not null, graph jsonb not null,
        primary key (postmortem, number));`,
  },
];
