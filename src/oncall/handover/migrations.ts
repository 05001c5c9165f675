import type { Migration } from '../../platform/sql/index.ts';

export const handoverMigrations: Migration[] = [
  {
    id: 'oncall-handover',
    up: `
      create table handovers (schedule text not null, at bigint not null, outgoing text not null, incoming text not null, digest text not null,
        primary key (schedule, at));
      create table handover_seen (schedule text primary key, until bigint not null);
      create table handover_notes (id text primary key, schedule text not null, author text not null, text text not null, created_at bigint not null);
      create index handover_notes_by_schedule on handover_notes (schedule, created_at);`,
  },
];
