import type { Migration } from '../../platform/sql/index.ts';

export const heartbeatsMigrations: Migration[] = [
  {
    id: 'alerting-heartbeats',
    up: `
      create table heartbeats (name text primary key, created_at bigint not null, started_at bigint, unfinished_since bigint,
        succeeded_at bigint, failed_at bigint, heard_at bigint, exit_code int, output text, runtime_ms bigint, told text, gone_since bigint);
      create table heartbeat_signals (name text not null, at bigint not null, kind text not null, exit_code int, runtime_ms bigint);
      create index heartbeat_signals_by_name on heartbeat_signals (name, at);
      create table heartbeat_watch (one boolean primary key default true check (one), alive_at bigint not null, silent_from bigint,
        silent_to bigint);`,
  },
];
