import type { ResourceSet, ServiceSpec } from '../catalog/index.ts';
import { type DeliveryRecord, toNotification } from '../delivery/index.ts';
import type { OnCallNow, Page, PageDetail, Shift } from './contract.ts';
import { personOf, titleOf } from './desk.ts';
import type { PageState } from './pages/page.ts';
import { peopleOf, policyFor } from './policies/escalation.ts';
import type { ScheduleSpec } from './shifts/schedule.ts';
import { shiftsBetween, whoIsOnCall } from './shifts/shifts.ts';

const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));

/** A page as the API tells of it. */
export function pageJson(page: PageState): Page {
  const { id, subject, severity, service, team, policy, state, text, step, incident, acknowledgedBy } = page;
  return {
    id,
    subject,
    severity,
    service,
    team,
    policy,
    state,
    text,
    alerts: page.alerts.map(({ fingerprint, rule, state, annotations, labels }) => ({
      fingerprint,
      rule,
      state,
      summary: annotations['summary'] ?? rule,
      labels,
    })),
    step: Math.max(0, step),
    escalatesAt: page.state === 'triggered' ? isoOrNull(page.escalatesAt) : null,
    mutedAt: page.state === 'resolved' ? null : isoOrNull(page.mutedAt ?? null),
    triggeredAt: iso(page.triggeredAt),
    acknowledgedAt: isoOrNull(page.acknowledgedAt),
    acknowledgedBy,
    resolvedAt: isoOrNull(page.resolvedAt),
    snoozedUntil: isoOrNull(page.snoozedUntil),
    respondBy: isoOrNull(page.respondBy),
    respondedAt: isoOrNull(page.respondedAt),
    incident,
  };
}

export interface PageFacts {
  readonly deliveries: readonly DeliveryRecord[];
  readonly declined: readonly string[];
}

export const pageDetailJson = (set: ResourceSet, page: PageState, { deliveries, declined }: PageFacts): PageDetail => ({
  ...pageJson(page),
  notifications: deliveries.map(toNotification),
  declined: declined.map((name) => ({ name, title: titleOf(set, name) })),
});

type Ref = { name: string; title: string };
const refTo = (set: ResourceSet, name: string | null): Ref | null => (name === null ? null : { name, title: titleOf(set, name) });

/** Who is on call now, in each schedule and for each service. */
export function onCallNowJson(set: ResourceSet, now: number, { service, team }: { service?: string; team?: string }): OnCallNow {
  const wanted = service === undefined ? undefined : schedulesOf(set, service);
  const schedules = set
    .list<ScheduleSpec>('Schedule')
    .filter(({ name, spec }) => (wanted === undefined || wanted.includes(name)) && (team === undefined || spec.team === team))
    .map(({ name, spec }) => {
      const { primary, secondary, shadows, until, next } = whoIsOnCall(spec, now);
      const following = { primary: refTo(set, next.primary), secondary: refTo(set, next.secondary) };
      return {
        schedule: name,
        team: spec.team ?? null,
        primary: refTo(set, primary),
        secondary: refTo(set, secondary),
        shadows: shadows.map((name) => ({ name, title: titleOf(set, name) })),
        until: iso(until),
        next: following,
      };
    });
  const services = set
    .list<ServiceSpec>('Service')
    .filter(({ name, spec }) => (service === undefined || name === service) && (team === undefined || spec.owner === team))
    .map(({ name }) => {
      const policy = policyFor(set, name);
      const steps = policy?.spec.steps.map(({ notify }) => peopleOf(set, notify, now)) ?? [];
      const first = steps.find((people) => people.length > 0) ?? [];
      return { service: name, policy: policy?.name ?? null, first: first.map((person) => ({ name: person, title: titleOf(set, person) })) };
    });
  return { at: iso(now), schedules, services };
}

const schedulesOf = (set: ResourceSet, service: string): string[] =>
  (policyFor(set, service)?.spec.steps ?? []).flatMap(({ notify }) => notify.flatMap(({ schedule }) => schedule ?? []));

export const shiftsJson = (set: ResourceSet, spec: ScheduleSpec, from: number, to: number): Shift[] =>
  shiftsBetween(spec, from, to).map((span) => ({
    from: iso(span.from),
    to: iso(span.to),
    primary: refTo(set, span.primary),
    secondary: refTo(set, span.secondary),
    shadows: span.shadows.map((name) => ({ name, title: titleOf(set, name) })),
    insteadOf: refTo(set, span.insteadOf),
    layer: span.layer,
  }));

/** In whose time zone a page is shown to a reader. */
export const zoneOf = (set: ResourceSet, person: string): string => personOf(set, person)?.timeZone ?? 'UTC';
