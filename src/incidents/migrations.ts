import type { Migration } from '../platform/sql/index.ts';

export const incidentsMigrations: Migration[] = [
  {
    id: 'incidents-1',
    up: `
      create table incidents (id text primary key, number bigint not null unique, title text not null, state text not null,
        severity text not null, services jsonb not null, roles jsonb not null, responders jsonb not null, addresses jsonb not null,
        declared_by text not null, opened_at bigint not null, outage_began_at bigint not null, outage_ended_at bigint,
        acknowledged_at bigint, all_clear_at bigint, last_update_at bigint, help_asked_at bigint, reminded_at bigint, postmortem text);
      create index incidents_open on incidents (number) where state = 'open';
      create table incident_pages (incident text not null references incidents (id), page text not null, subject text not null,
        service text, state text not null, began_at bigint not null, triggered_at bigint not null, acknowledged_at bigint,
        acknowledged_by text, resolved_at bigint, alerts jsonb not null, primary key (incident, page));
      create index incident_pages_by_page on incident_pages (page);
      create table incident_counter (single boolean primary key default true check (single), number bigint not null);
      insert into incident_counter (number) values (0);`,
  },
];
