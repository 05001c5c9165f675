import type { Migration } from '../../platform/sql/index.ts';

export const readinessMigrations: Migration[] = [
  {
    id: 'oncall-readiness',
    up: `
      create table contact_checks (person text not null, channel text not null, address text not null, link_hash text not null,
        code_hash text not null, tries int not null default 0, sent_at bigint not null, verified_at bigint, primary key (person, channel, address));
      create index contact_checks_by_link on contact_checks (link_hash);
      create table readiness_warned (person text not null, day text not null, primary key (person, day));`,
  },
];
