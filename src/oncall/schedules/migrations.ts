import type { Migration } from '../../platform/sql/index.ts';

export const scheduleMigrations: Migration[] = [
  {
    id: 'oncall-schedules',
    // `made` is the roster's version at that change: it orders overrides as they were made, whoever's clock is late.
    up: `
      create table roster_version (one boolean primary key default true check (one), version bigint not null);
      create table schedule_overrides (id text primary key, schedule text not null, layer text not null, person text not null,
        from_at bigint not null, to_at bigint not null, reason text not null, swap text, made bigint not null, created_at bigint not null,
        created_by text not null, check (from_at < to_at));
      create index schedule_overrides_by_end on schedule_overrides (to_at);
      create table shift_swaps (id text primary key, schedule text not null, layer text not null, giver text not null, taker text not null,
        from_at bigint not null, to_at bigint not null, back_from bigint, back_to bigint, note text not null, state text not null,
        created_at bigint not null, created_by text not null, answered_at bigint, check (from_at < to_at), check (back_from < back_to));
      create index shift_swaps_by_state on shift_swaps (state, id);
      create table calendar_copies (name text primary key, source text not null, body text not null, etag text, events jsonb not null,
        problem text, skipped int not null default 0, fetched_at bigint, tried_at bigint not null);
      create table announced_gaps (schedule text not null, kind text not null, person text not null, from_at bigint not null,
        to_at bigint not null, announced_at bigint not null, primary key (schedule, kind, person, from_at));
      create table calendar_links (kind text not null, name text not null, secret text not null unique, created_at bigint not null,
        primary key (kind, name));`,
  },
];
