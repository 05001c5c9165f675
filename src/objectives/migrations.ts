import type { Migration } from '../platform/sql/index.ts';

/** What objectives counted: outlives the samples that it was counted from. */
export const objectivesMigrations: Migration[] = [
  {
    id: 'objectives-1',
    up: `
      create table objective_history (objective text primary key, identity text not null, begin_at bigint not null, end_at bigint not null);
      create table objective_hours (objective text not null, start bigint not null, good double precision not null,
        total double precision not null, minutes jsonb not null, primary key (objective, start));`,
  },
];
