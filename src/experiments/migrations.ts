import type { Migration } from '../platform/sql/index.ts';

export const experimentsMigrations: Migration[] = [
  {
    id: 'experiments-page-drills',
    up: `
      create table page_drills (id text primary key, service text not null, asked_by text not null, started_at bigint not null,
        answer_by bigint not null, page text, paged_at bigint, sent_at bigint, acknowledged_at bigint, acknowledged_by text,
        finished_at bigint, problem text);
      create index page_drills_by_service on page_drills (service, id);`,
  },
];
