import type { Ledger } from '../../ledger/index.ts';
import type { Matcher } from '../../monitoring/index.ts';
import type { Queryable } from '../../platform/sql/index.ts';
import type { z } from 'zod';
import type { Severity } from '../contract.ts';
import type { previewAnswer } from './contract.ts';
import { formatMatchers, labelTest, matchesEverything } from './matchers.ts';
import { matchLabels } from './mute.ts';
import { isWithin, type Recurrence } from './recurrence.ts';

const DAY_MS = 86_400_000;
/** More of the past is not looked at: what is left out is said. */
const MOST_EVENTS = 20_000;
const PAGE = 1_000;
const MOST_SHOWN = 50;

interface Asked {
  readonly matchers: readonly Matcher[];
  readonly recurring: Recurrence | null;
  readonly days: number;
}

/** What a silence would hold back now, and which alerts of the last days it would have: counted by the day they began (UTC). */
export async function previewSilence(
  { sql, ledger }: { sql: Queryable; ledger: Ledger },
  { matchers, recurring, days }: Asked,
  now: number,
): Promise<z.input<typeof previewAnswer>> {
  const fits = labelTest(matchers);
  const from = now - days * DAY_MS;
  const current = (await currentAlerts(sql, ['firing', 'pending'])).filter((alert) => fits(matchLabels(alert)));
  const past = await pastAlerts(ledger, from, now);
  const inForce = (at: number): boolean => recurring === null || isWithin({ startsAt: 0, endsAt: now + DAY_MS, recurring }, at);
  const hidden = past.alerts.filter((alert) => fits(matchLabels(alert)) && inForce(alert.at));
  return {
    now: { count: current.length, alerts: current.slice(0, MOST_SHOWN) },
    past: {
      from: new Date(from).toISOString(),
      of: past.alerts.length,
      hidden: hidden.length,
      complete: past.complete,
      days: byDay(hidden),
    },
    warnings: warningsOf(matchers),
  };
}

/** What may not be meant. */
export function warningsOf(matchers: readonly Matcher[]): string[] {
  if (!matchesEverything(matchers)) return [];
  return [
    `${formatMatchers(matchers)} fits nearly every alert: nobody is called for anything while it is in force. Name a service or an alert.`,
  ];
}

interface PastAlert {
  readonly at: number;
  readonly rule: string;
  readonly service: string | null;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
}

type CurrentAlert = Omit<PastAlert, 'at' | 'labels'> & { fingerprint: string; labels: Record<string, string> };

/** How many that fire fit: what a silence holds back that was made a moment ago. */
export async function firingThatFit(queryable: Queryable, matchers: readonly Matcher[]): Promise<number> {
  const fits = labelTest(matchers);
  return (await currentAlerts(queryable, ['firing'])).filter((alert) => fits(matchLabels(alert))).length;
}

async function currentAlerts(queryable: Queryable, states: ('firing' | 'pending')[]): Promise<CurrentAlert[]> {
  return queryable
    .db<{ alerts: CurrentAlert & { state: string; fired_at: number | null } }>()
    .selectFrom('alerts')
    .select(['fingerprint', 'rule', 'service', 'severity', 'labels'])
    .where('state', 'in', states)
    .orderBy('fired_at', 'desc')
    .orderBy('fingerprint')
    .execute();
}

async function pastAlerts(ledger: Ledger, from: number, to: number): Promise<{ alerts: PastAlert[]; complete: boolean }> {
  const alerts: PastAlert[] = [];
  let marker: number | undefined;
  while (alerts.length < MOST_EVENTS) {
    const page = await ledger.read({ kind: 'alert.firing', from, to, order: 'desc', limit: PAGE, ...(marker !== undefined && { marker }) });
    for (const { time, service, data } of page.events) {
      const { rule, severity, labels } = data as { rule?: string; severity?: Severity; labels?: Record<string, string> };
      alerts.push({ at: Date.parse(time), rule: rule ?? '', service, severity: severity ?? 'today', labels: labels ?? {} });
    }
    if (page.events.length < PAGE) return { alerts, complete: true };
    marker = page.marker;
  }
  return { alerts, complete: false };
}

function byDay(hidden: readonly PastAlert[]) {
  const days = new Map<string, Map<string, { rule: string; service: string | null; times: number }>>();
  for (const { at, rule, service } of hidden) {
    const day = new Date(at).toISOString().slice(0, 10);
    const alerts = days.get(day) ?? new Map<string, { rule: string; service: string | null; times: number }>();
    const key = JSON.stringify([rule, service]);
    const one = alerts.get(key) ?? { rule, service, times: 0 };
    one.times += 1;
    days.set(day, alerts.set(key, one));
  }
  return [...days].map(([day, alerts]) => {
    const sorted = [...alerts.values()].sort((a, b) => b.times - a.times);
    return { day, hidden: sorted.reduce((sum, { times }) => sum + times, 0), alerts: sorted.slice(0, MOST_SHOWN) };
  });
}
