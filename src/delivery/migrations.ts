import type { Migration } from '../platform/sql/index.ts';

export const deliveryMigrations: Migration[] = [
  {
    id: 'delivery-1',
    up: `
      create table deliveries (id text primary key, key text not null unique, channel text not null, address text not null, person text,
        about text, service text, reason text not null, subject text not null, content jsonb, priority int not null, state text not null,
        attempts int not null default 0, last_error text, answer text, created_at bigint not null, due_at bigint not null, sent_at bigint,
        withdrawn boolean not null default false);
      create index deliveries_by_about on deliveries (about, id);
      create index deliveries_queued on deliveries (channel) where state = 'queued';
      create table delivery_attempts (delivery text not null references deliveries on delete cascade, attempt int not null,
        at bigint not null, took_ms int not null, outcome text not null, answer text not null, primary key (delivery, attempt));`,
  },
];
