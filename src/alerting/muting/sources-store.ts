import { sql as template, type RawBuilder } from 'kysely';
import { json, type Queryable } from '../../platform/sql/index.ts';
import type { Severity } from '../contract.ts';
import { RECOVERY_MS, type ServiceTrouble } from './dependency-stage.ts';
import type { InhibitionRule, SourceAlert } from './inhibition-stage.ts';
import { matchLabels } from './mute.ts';

interface Row {
  fingerprint: string;
  labels: Record<string, string>;
  service: string | null;
  severity: Severity;
}

/** The alerts that fire and may fit a source of these rules: those that have the values that its `=` ask for. */
export async function sourcesOf(queryable: Queryable, rules: readonly InhibitionRule[]): Promise<SourceAlert[]> {
  if (rules.length === 0) return [];
  const { rows } = await template<Row>`
    select fingerprint, labels, service, severity from alerts
    where state = 'firing' and (${template.join(rules.map(mayBeSource), template` or `)})`.execute(queryable.db());
  return rows.map((row) => ({ fingerprint: row.fingerprint, labels: matchLabels(row) }));
}

function mayBeSource({ source }: InhibitionRule): RawBuilder<boolean> {
  const exact = source.filter(({ op }) => op === '=');
  const tests = exact.map(({ name, value }) => template<boolean>`${labelValue(name)} = ${value}`);
  return tests.length === 0 ? template<boolean>`true` : template<boolean>`(${template.join(tests, template` and `)})`;
}

/** As `matchLabels` has it. */
function labelValue(name: string): RawBuilder<string> {
  if (name === 'service') return template<string>`coalesce(labels->>'service', service, '')`;
  if (name === 'severity') return template<string>`coalesce(labels->>'severity', severity)`;
  return template<string>`coalesce(labels->>${name}::text, '')`;
}

/** What the critical alerts of these services say of them; of those that recovered, only the last minute's. */
export async function troublesOf(queryable: Queryable, services: readonly string[], now: number): Promise<ServiceTrouble[]> {
  if (services.length === 0) return [];
  const { rows } = await template<{
    service: string;
    firing: boolean;
    pending: boolean;
    since: number | null;
    resolved_at: number | null;
  }>`
    select service, bool_or(state = 'firing') as firing, bool_or(state = 'pending') as pending,
      min(active_at) filter (where state <> 'resolved') as since, max(resolved_at) filter (where state = 'resolved') as resolved_at
    from alerts
    where severity = 'critical' and service in (select jsonb_array_elements_text(${json(services)}))
      and (state in ('firing', 'pending') or resolved_at > ${now - RECOVERY_MS})
    group by service`.execute(queryable.db());
  return rows.map(({ resolved_at: resolvedAt, ...rest }) => ({ ...rest, resolvedAt }));
}
