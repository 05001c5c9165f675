import { handoverMigrations } from './handover/migrations.ts';
import type { Migration } from '../platform/sql/index.ts';
import { readinessMigrations } from './readiness/migrations.ts';
import { scheduleMigrations } from './schedules/migrations.ts';

export const oncallMigrations: Migration[] = [
  {
    id: 'oncall-1',
    up: `
      create table pages (id text primary key, group_key text not null, severity text not null, service text, team text, policy text,
        state text not null, subject text not null, text text not null, step int not null, round int not null, first_round int not null,
        escalates_at bigint, began_at bigint not null, triggered_at bigint not null, acknowledged_at bigint, acknowledged_by text,
        resolved_at bigint, reason text, reopened int not null default 0, notice text);
      create unique index pages_open on pages (group_key, severity) where state <> 'resolved';
      create index pages_by_state on pages (state, id);
      create index pages_by_group on pages (group_key, severity, resolved_at);
      create table page_alerts (page text not null references pages on delete cascade, fingerprint text not null, state text not null,
        active_at bigint not null, alert jsonb not null, primary key (page, fingerprint));
      create index page_alerts_firing on page_alerts (fingerprint) where state = 'firing';
      create table page_told (page text not null references pages on delete cascade, round int not null, step int not null,
        person text not null, channel text not null, address text not null, told_at bigint not null,
        primary key (page, round, step, person));
      create table page_links (hash text primary key, page text not null references pages on delete cascade, person text not null,
        created_at bigint not null);
      create index page_links_by_page on page_links (page);`,
  },
  {
    id: 'oncall-2',
    up: `update pages set severity = 'today', group_key = regexp_replace(group_key, '/ticket$', '/today') where severity = 'ticket';`,
  },
  {
    id: 'oncall-answers',
    up: `
      alter table pages add column snoozed_until bigint, add column snoozed_by text, add column respond_by bigint, add column responded_at bigint;
      create table page_declined (page text not null references pages on delete cascade, person text not null, at bigint not null,
        primary key (page, person));`,
  },
  ...scheduleMigrations,
  {
    id: 'oncall-turns',
    up: `
      create table policy_turns (policy text not null, step int not null, person text not null, turn bigint not null,
        primary key (policy, step, person));
      alter table page_told add column calls int not null default 1;`,
  },
  { id: 'oncall-muted', up: `alter table pages add column muted_at bigint;` },
  {
    id: 'oncall-alert-history',
    up: `create index page_alerts_by_alert on page_alerts (fingerprint, page);`,
  },
  ...handoverMigrations,
  ...readinessMigrations,
];
