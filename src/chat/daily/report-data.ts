import type { Resource, ServiceSpec } from '../../catalog/index.ts';
import { freezeGraph, type FrozenGraph, type QueryEngine } from '../../monitoring/index.ts';
import type { ObjectiveStatus } from '../../objectives/contract.ts';
import type { OnCallNow, Page } from '../../oncall/contract.ts';
import { errorsOf } from '../commands/graph-of.ts';
import { oneLine, type Speech } from '../speech.ts';
import type { DailyReportSpec } from './daily-report-kind.ts';

/** What a report tells. Times are milliseconds. */
export interface ReportData {
  readonly team: string;
  /** `Tuesday 24 November 2026` */
  readonly day: string;
  /** Of all times in it. */
  readonly timeZone: string;
  readonly objectives: readonly ObjectiveStatus[];
  readonly graphs: readonly FrozenGraph[];
  /** Of the last day, the newest first. */
  readonly pages: readonly { readonly time: string; readonly subject: string; readonly answered: string }[];
  readonly pagesMore: number;
  readonly onCall: readonly { readonly schedule: string; readonly who: string }[];
}

const DAY_MS = 86_400_000;
const MOST_GRAPHS = 4;
const MOST_PAGES = 8;

export async function reportData(
  speech: Speech,
  { title, spec }: Pick<Resource<DailyReportSpec>, 'title' | 'spec'>,
  query: Pick<QueryEngine, 'range'>,
  signal: AbortSignal,
): Promise<ReportData> {
  const { set, now } = speech;
  const team = set.get('Team', spec.team)?.title ?? title;
  const services = spec.services ?? set.list<ServiceSpec>('Service').filter((one) => one.spec.owner === spec.team).map(({ name }) => name); // prettier-ignore
  const all = await speech.get<{ objectives: ObjectiveStatus[] }>('/nines/v1/objectives');
  const worstFirst = (one: ObjectiveStatus): number => one.budget.remaining ?? 2;
  const objectives = all.objectives.filter(({ service }) => services.includes(service)).sort((a, b) => worstFirst(a) - worstFirst(b));
  const graphs: FrozenGraph[] = [];
  for (const one of objectives.filter(({ burnRates }) => burnRates.length > 0).slice(0, MOST_GRAPHS)) {
    const graph = { ...errorsOf(one), from: now - DAY_MS, to: now };
    const frozen = await freezeGraph(query, graph, { points: 240, mostSeries: 1, signal });
    graphs.push({ ...frozen, title: one.title, series: frozen.series.map(({ points }) => ({ name: 'share of bad events', points })) });
  }
  const pages = await lastPages(speech, (page) => page.team === spec.team || services.includes(page.service ?? ''));
  const { schedules } = await speech.get<OnCallNow>('/nines/v1/oncall/now', { team: spec.team });
  return {
    team,
    day: new Intl.DateTimeFormat('en-GB', { timeZone: speech.timeZone, dateStyle: 'full' }).format(now),
    timeZone: speech.timeZone,
    objectives: objectives.slice(0, 12),
    graphs,
    ...pages,
    onCall: schedules.map(({ schedule, primary, secondary }) => ({
      schedule,
      who: `${primary?.title ?? 'nobody'}${secondary === null ? '' : `, then ${secondary.title}`}`,
    })),
  };
}

async function lastPages(speech: Speech, isOurs: (page: Page) => boolean): Promise<Pick<ReportData, 'pages' | 'pagesMore'>> {
  const { pages } = await speech.get<{ pages: Page[] }>('/nines/v1/pages', { limit: 200 });
  const ours = pages.filter((page) => Date.parse(page.triggeredAt) >= speech.now - DAY_MS && isOurs(page));
  const time = new Intl.DateTimeFormat('en-GB', { timeZone: speech.timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const shown = ours.slice(0, MOST_PAGES).map(({ triggeredAt, subject, state, acknowledgedBy }) => ({
    time: time.format(Date.parse(triggeredAt)),
    subject: oneLine(subject, 60),
    answered: acknowledgedBy === null ? (state === 'resolved' ? 'ended by itself' : 'open') : (speech.set.get('Person', acknowledgedBy)?.title ?? acknowledgedBy), // prettier-ignore
  }));
  return { pages: shown, pagesMore: ours.length - shown.length };
}

/** The report in words: what a phone's lock screen shows, and whoever sees no pictures reads. */
export function reportText({ objectives, pages, pagesMore, onCall }: ReportData): { subject: string; text: string } {
  const spent = objectives.filter(({ state }) => state === 'exhausted');
  const burning = objectives.filter(({ state }) => state === 'burning');
  const count = pages.length + pagesMore;
  const several = (n: number, one: string, many: string): string => (n === 1 ? one : `${n} ${many}`);
  const subject =
    spent.length > 0
      ? several(spent.length, 'a budget is spent', 'budgets are spent')
      : burning.length > 0
        ? several(burning.length, 'a budget burns', 'budgets burn')
        : count > 0
          ? `${several(count, '1 page', 'pages')} since yesterday`
          : 'all is well';
  const lines = [
    ...objectives.map(({ title, budget, state }) => `${oneLine(title, 60)}: ${percentLeft(budget.remaining)}${state === 'ok' ? '' : ` (${state})`}`),
    '',
    count === 0 ? 'No page since yesterday.' : `Pages since yesterday: ${count}`,
    ...pages.map(({ time, subject, answered }) => `${time} ${subject} (${answered})`),
    ...(pagesMore > 0 ? [`and ${pagesMore} more`] : []),
    '',
    ...onCall.map(({ schedule, who }) => `On call for ${schedule}: ${who}`),
  ];
  return { subject, text: lines.join('\n').trim() };
} // prettier-ignore

export const percentLeft = (remaining: number | null): string =>
  remaining === null ? 'no data yet' : remaining < 0 ? `overspent by ${Math.round(-remaining * 100)} %` : `${Math.round(remaining * 100)} % of the budget left`; // prettier-ignore
