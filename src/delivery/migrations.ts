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
  {
    id: 'delivery-states',
    up: `
      alter table deliveries add column provider text, add column provider_ref text, add column link text,
        add column delivered_at bigint, add column seen_at bigint, add column acknowledged_at bigint, add column delayed_at bigint,
        add column bundle text, add column gathers text, add column gathers_until bigint;
      create index deliveries_by_person on deliveries (person, id);
      create index deliveries_by_due on deliveries (person, channel, due_at);
      create index deliveries_by_link on deliveries (link) where link is not null;
      create index deliveries_by_bundle on deliveries (bundle) where bundle is not null;
      create index deliveries_gathering on deliveries (gathers) where gathers is not null;
      alter table delivery_attempts add column provider text not null default '';
      create table delivery_breakers (provider text primary key, channel text not null, peer text not null, state text not null,
        failures int not null, opens int not null, retry_at bigint not null, error text not null, since bigint not null);
      update jobs set kind = regexp_replace(kind, '[.](page|ordinary)$', '') where kind like 'delivery.%';`,
  },
  {
    id: 'delivery-refs',
    up: 'create index deliveries_by_ref on deliveries (provider_ref) where provider_ref is not null',
  },
  {
    id: 'delivery-push',
    up: `
      create table push_subscriptions (id text primary key, person text not null, endpoint text not null unique, p256dh text not null,
        auth text not null, label text not null, created_at bigint not null, used_at bigint);
      create index push_subscriptions_by_person on push_subscriptions (person, id);
      create table push_keys (one boolean primary key default true check (one), keys jsonb not null);`,
  },
];
