import type { Migration } from '../../platform/sql/index.ts';

export const mutingMigrations: Migration[] = [
  {
    id: 'alerting-silences',
    up: `
      create table silences (id text primary key, matchers jsonb not null, starts_at bigint not null, ends_at bigint not null,
        recurring jsonb, reason text not null, created_by text not null, person text, created_at bigint not null,
        updated_at bigint not null, announced_at bigint);
      create index silences_by_end on silences (ends_at);`,
  },
  {
    id: 'alerting-notices',
    // What fires while this comes into force has been told of already.
    up: `
      create table alert_notices (fingerprint text primary key, service text, state text not null, alert jsonb not null,
        group_key text not null, told boolean not null, held boolean not null, mute jsonb, changes jsonb not null,
        flapping_since bigint, last_change bigint not null);
      create index alert_notices_open on alert_notices (fingerprint) where state = 'firing' or told or held or flapping_since is not null;
      create index alert_notices_muted on alert_notices (fingerprint) where mute is not null;
      create index alert_notices_by_change on alert_notices (last_change);
      create index alerts_by_service on alerts (service) where severity = 'critical';
      insert into alert_notices (fingerprint, service, state, alert, group_key, told, held, changes, last_change)
        select fingerprint, service, 'firing', jsonb_build_object('fingerprint', fingerprint, 'ruleKey', rule_key, 'rule', rule,
          'group', "group", 'severity', severity, 'service', service, 'groupKey', group_key, 'expr', expr, 'labels', labels,
          'annotations', annotations, 'value', case when value in ('NaN', 'Infinity', '-Infinity') then null else value end,
          'state', state, 'activeAt', active_at, 'firedAt', fired_at, 'resolvedAt', null, 'keepFiringSince', keep_firing_since),
          group_key, true, false, '[]', coalesce(fired_at, active_at) from alerts where state = 'firing';`,
  },
  {
    id: 'alerting-maintenance',
    up: `
      create table maintenance_windows (id text primary key, services jsonb not null, starts_at bigint not null, ends_at bigint not null,
        recurring jsonb, reason text not null, created_by text not null, created_at bigint not null);
      create index maintenance_windows_by_end on maintenance_windows (ends_at);`,
  },
];
