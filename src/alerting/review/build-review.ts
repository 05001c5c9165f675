import type { PersonSpec, ResourceSet, ServiceSpec, TeamSpec } from '../../catalog/index.ts';
import type { Ledger, LedgerEvent } from '../../ledger/index.ts';
import type { Queryable } from '../../platform/sql/index.ts';
import { QUESTIONS, type Review, type ReviewedAlert } from './contract.ts';
import { occurrencesOf, type Occurrence } from './occurrences.ts';
import { responseTimes } from './response-times.ts';
import { type AnswerRow, answersOf } from './review-store.ts';
import { type AlertOfWeek, pagesOf, suggestionsFor } from './suggestions.ts';
import { isNight, weekAfter, weekBefore, type Week } from './week.ts';

export interface ReviewDeps {
  readonly sql: Queryable;
  readonly ledger: Pick<Ledger, 'read'>;
}

/** Answers to the week's last pages come for a while after it. */
const AFTERWARDS_MS = 48 * 3_600_000;
const PAGE = 1_000;
const MOST_EVENTS = 50_000;
const MOST_OCCURRENCES = 50;

/** The zone of the team's schedule, else that of most of its people; UTC for all teams together. */
export function zoneOf(set: ResourceSet, team: string | undefined): string {
  if (team === undefined) return 'UTC';
  const schedule = set.list<{ team?: string; timeZone: string }>('Schedule').find(({ spec }) => spec.team === team);
  if (schedule !== undefined) return schedule.spec.timeZone;
  const zones = (set.get<TeamSpec>('Team', team)?.spec.members ?? []).flatMap((name) => set.get<PersonSpec>('Person', name)?.spec.timeZone ?? []); // prettier-ignore
  const count = (zone: string): number => zones.filter((one) => one === zone).length;
  return [...zones].sort((a, b) => count(b) - count(a) || a.localeCompare(b))[0] ?? 'UTC';
}

export async function buildReview(
  { sql, ledger }: ReviewDeps,
  set: ResourceSet,
  { week, team, now }: { week: Week; team: string | undefined; now: number },
): Promise<Review> {
  const timeZone = zoneOf(set, team);
  const { events, partial } = await readWeek(ledger, week, now);
  const { occurrences, pages } = occurrencesOf(events);
  const within = occurrences.filter(({ firedAt }) => firedAt >= week.from && firedAt < week.to);
  const mine = groupsOf(within).filter((one) => team === undefined || teamOf(set, one) === team);
  const answers = await answersOf(sql, week.name);
  const alerts = mine.map((one) => reviewed(one, { set, answers, others: mine, timeZone, now })).sort(byWeight);
  const own = pages.filter(({ service, triggeredAt }) => triggeredAt >= week.from && triggeredAt < week.to && (team === undefined || ownerOf(set, service) === team)); // prettier-ignore
  const next = weekAfter(week, timeZone);
  return {
    week: week.name,
    from: iso(week.from),
    to: iso(week.to),
    team: team ?? null,
    timeZone,
    previous: weekBefore(week, timeZone).name,
    next: next.from > now ? null : next.name,
    alerts,
    responses: responseTimes(own),
    reviewed: alerts.filter(({ answers: its }) => its.length === Object.keys(QUESTIONS).length).length,
    partial,
  };
}

const iso = (time: number): string => new Date(time).toISOString();

async function readWeek(ledger: Pick<Ledger, 'read'>, { from, to }: Week, now: number): Promise<{ events: LedgerEvent[]; partial: boolean }> {
  const events: LedgerEvent[] = [];
  let marker: number | undefined;
  for (;;) {
    const query = { kind: 'alert.*,page.*', from, to: Math.min(now, to + AFTERWARDS_MS), limit: PAGE, ...(marker !== undefined && { marker }) };
    const page = await ledger.read(query);
    events.push(...page.events);
    if (page.events.length < PAGE) return { events, partial: false };
    if (events.length >= MOST_EVENTS) return { events, partial: true };
    ({ marker } = page);
  }
} // prettier-ignore

function groupsOf(occurrences: readonly Occurrence[]): AlertOfWeek[] {
  const groups = new Map<string, { rule: string; service: string | null; occurrences: Occurrence[] }>();
  for (const one of occurrences) {
    const key = `${one.rule}\u0000${one.service ?? ''}`;
    const group = groups.get(key) ?? { rule: one.rule, service: one.service, occurrences: [] };
    group.occurrences.push(one);
    groups.set(key, group);
  }
  return [...groups.values()];
}

const ownerOf = (set: ResourceSet, service: string | null): string | null =>
  (service === null ? undefined : set.get<ServiceSpec>('Service', service)?.spec.owner) ?? null;
const teamOf = (set: ResourceSet, { service, occurrences }: AlertOfWeek): string | null =>
  ownerOf(set, service) ?? occurrences[0]?.labels['team'] ?? occurrences[0]?.labels['owner'] ?? null;

interface Context {
  readonly set: ResourceSet;
  readonly answers: readonly AnswerRow[];
  readonly others: readonly AlertOfWeek[];
  readonly timeZone: string;
  readonly now: number;
}

function reviewed(alert: AlertOfWeek, { set, answers, others, timeZone, now }: Context): ReviewedAlert {
  const { rule, service, occurrences } = alert;
  const night = (at: number): boolean => isNight(at, timeZone);
  const pages = pagesOf(alert);
  const newest = occurrences.at(-1)!;
  return {
    rule,
    service,
    team: teamOf(set, alert),
    severity: newest.severity,
    summary: newest.summary,
    fired: occurrences.length,
    pages: pages.length,
    acknowledged: pages.filter(({ acknowledgedAt }) => acknowledgedAt !== null).length,
    nights: occurrences.filter(({ firedAt }) => night(firedAt)).length,
    firingMs: occurrences.reduce((sum, one) => sum + (one.resolvedAt ?? now) - one.firedAt, 0),
    occurrences: occurrences
      .slice(-MOST_OCCURRENCES)
      .reverse()
      .map(({ fingerprint, firedAt, resolvedAt, page }) => ({
        fingerprint,
        firedAt: iso(firedAt),
        resolvedAt: resolvedAt === null ? null : iso(resolvedAt),
        page: page?.id ?? null,
        acknowledgedAt: page?.acknowledgedAt == null ? null : iso(page.acknowledgedAt),
        acknowledgedBy: page?.acknowledgedBy ?? null,
        night: night(firedAt),
      })),
    suggestions: suggestionsFor(alert, { isNight: night, others }),
    answers: answers
      .filter((one) => one.rule === rule && one.service === (service ?? ''))
      .map(({ question, answer, note, answered_by, at }) => ({ question, answer, note, by: answered_by, at: iso(at) })),
  };
}

const RANK = { critical: 0, today: 1, eventually: 2 } as const;
/** Who was woken first: then what there was most of. */
const byWeight = (a: ReviewedAlert, b: ReviewedAlert): number =>
  RANK[a.severity] - RANK[b.severity] || b.nights - a.nights || b.fired - a.fired || a.rule.localeCompare(b.rule);
