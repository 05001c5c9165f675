import type { ServiceSpec } from '../../catalog/index.ts';
import { newId } from '../../platform/id.ts';
import type { Desk } from '../desk.ts';
import type { PagedAlert } from '../pages/alert-sink.ts';
import { NOT_SNOOZED, type PageRow } from '../pages/page-store.ts';
import { subjectOf } from '../pages/subject.ts';
import { policyFor } from '../policies/escalation.ts';
import { respondBy } from './response.ts';

/** The page that the first alerts of a group make. */
export function newPage(desk: Desk, key: string, alerts: readonly PagedAlert[], policy?: string): PageRow {
  const first = alerts[0]!;
  const set = desk.catalog.current();
  const { action, summary } = first.annotations;
  return {
    ...blankPage(desk.clock.now()),
    group_key: key,
    severity: first.severity,
    respond_by: first.severity === 'critical' ? respondBy('critical', desk.clock.now()) : null,
    service: first.service,
    team: first.service === null ? null : (set.get<ServiceSpec>('Service', first.service)?.spec.owner ?? null),
    policy: policy ?? policyFor(set, first.service)?.name ?? null,
    subject: subjectOf({ action, summary, rule: first.rule, service: first.service }),
    began_at: Math.round(Math.min(...alerts.map(({ activeAt }) => activeAt))),
  };
}

/** A critical page about nothing yet. */
export function blankPage(now: number): PageRow {
  return {
    id: newId(now),
    group_key: '',
    severity: 'critical',
    service: null,
    team: null,
    policy: null,
    state: 'triggered',
    subject: '',
    text: '',
    step: -1,
    round: 0,
    first_round: 0,
    escalates_at: now,
    began_at: now,
    triggered_at: now,
    acknowledged_at: null,
    acknowledged_by: null,
    resolved_at: null,
    reason: null,
    reopened: 0,
    notice: null,
    ...NOT_SNOOZED,
    respond_by: respondBy('critical', now),
    responded_at: null,
    muted_at: null,
  };
}
