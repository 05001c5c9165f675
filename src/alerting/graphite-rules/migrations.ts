import type { Migration } from '../../platform/sql/index.ts';

export const graphiteRulesMigrations: Migration[] = [
  {
    id: 'alerting-graphite-rules',
    up: `
      create table graphite_rules (rule text primary key, evaluated_at bigint not null, took_ms int not null, series int not null, error text);
      create table graphite_rule_series (rule text not null, series text not null, first_seen bigint not null, last_seen bigint not null,
        value double precision not null, holding jsonb not null, primary key (rule, series));`,
  },
];
