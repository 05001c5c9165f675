import { alertmanagerMigrations } from './alertmanager/group-store.ts';
import { forwardMigrations } from './alertmanager-api/forward.ts';
import type { Migration } from '../platform/sql/index.ts';
import { inboxMigrations } from './external/inbox-store.ts';
import { graphiteRulesMigrations } from './graphite-rules/migrations.ts';
import { heartbeatsMigrations } from './heartbeat/migrations.ts';
import { integrationsMigrations } from './inbound/migrations.ts';
import { mutingMigrations } from './muting/migrations.ts';
import { reviewMigrations } from './review/review-store.ts';

export const alertingMigrations: Migration[] = [
  {
    id: 'alerting-1',
    up: `
      create table alerts (fingerprint text primary key, rule_key text not null, rule text not null, "group" text not null,
        severity text not null, service text, group_key text not null, expr text not null, labels jsonb not null,
        annotations jsonb not null, value double precision not null, state text not null, active_at bigint not null,
        fired_at bigint, resolved_at bigint, keep_firing_since bigint);
      create table alerting_alive (one boolean primary key default true check (one), at bigint not null);`,
  },
  {
    id: 'alerting-2',
    up: `update alerts set severity = 'today', group_key = regexp_replace(group_key, '/ticket$', '/today') where severity = 'ticket';`,
  },
  ...alertmanagerMigrations,
  ...forwardMigrations,
  {
    id: 'alerting-external',
    up: `
      create table external_alerts (fingerprint text primary key, source text not null, key text not null, ends_at bigint,
        updated_at bigint not null, generator_url text);
      create index external_alerts_by_end on external_alerts (ends_at);`,
  },
  { id: 'alerting-external-content', up: `alter table external_alerts add column content text;` },
  ...inboxMigrations,
  ...heartbeatsMigrations,
  ...integrationsMigrations,
  ...mutingMigrations,
  ...graphiteRulesMigrations,
  ...reviewMigrations,
];
