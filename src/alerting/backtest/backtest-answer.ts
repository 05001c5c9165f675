/** From what was asked to what is answered. */
import type { z } from 'zod';
import type { ResourceSet, ServiceSpec } from '../../catalog/index.ts';
import type { QueryEngine } from '../../monitoring/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { formatDuration } from '../../platform/duration.ts';
import { badRequest } from '../../platform/problem.ts';
import type { Rule } from '../rules/index.ts';
import { candidatesOf, type Candidate } from './candidates.ts';
import type { BacktestAnswer, backtestRequest } from './contract.ts';
import { backtestMarkdown } from './markdown.ts';
import type { Called, PastIncident, Tells, WouldPage } from './outcome.ts';
import { runBacktest } from './run-backtest.ts';

/** What of the past, and of the people, others know. */
export interface BacktestPorts {
  /** Incidents that were open between two times (milliseconds), oldest first. */
  readonly incidents: (from: number, to: number) => Promise<readonly PastIncident[]>;
  /** Who would have been called for a page of the time since `from` (milliseconds), and a sentence on which documents say so. */
  readonly whoIsCalled: (from: number) => Promise<{ readonly who: (page: WouldPage) => readonly Called[]; readonly note: string }>;
}

export interface BacktestDeps extends BacktestPorts {
  readonly clock: Clock;
  readonly set: () => ResourceSet;
  readonly rules: () => readonly Rule[];
  readonly query: Pick<QueryEngine, 'instant' | 'range'>;
  /** For how long samples are kept as they came; what is older is answered from rollups. Milliseconds. */
  readonly rawRetentionMs: number;
}

type Request = z.output<typeof backtestRequest>;

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;
const MOST_DAYS = 400;

/** @throws Problem 400, 404, 422 */
export async function answerBacktest(
  { clock, set, rules, query, incidents, whoIsCalled, rawRetentionMs }: BacktestDeps,
  request: Request,
  { signal, progress }: { signal: AbortSignal; progress: (done: number) => void },
): Promise<BacktestAnswer> {
  const now = clock.now();
  const { from, to } = rangeOf(request, now);
  const candidates = candidatesOf(request, rules());
  const past = await incidents(from, to);
  const { who, note } = await whoIsCalled(from);
  const world = { query, incidents: past, tells: tellsOf(set()), who, signal, progress };
  const { results, evaluated } = await runBacktest(candidates, { from, to, evaluate: request.evaluate }, world);
  const notes = [...rollupNotes(from, to, now - rawRetentionMs), ...(await silentMetrics(candidates, query, { from, to, signal }))];
  if (results.some(({ after, before }) => after.pages > 0 || (before?.pages ?? 0) > 0)) notes.push(note);
  if (past.length === 0) notes.push('No incident is known in this time: nothing can be said of what would have been caught or missed.');
  const stepMs = Math.min(...candidates.map(({ after }) => after.intervalMs));
  const answer = { from: iso(from), to: iso(to), evaluated, stepMs, notes, results, incidents: past.length };
  return { ...answer, markdown: backtestMarkdown(answer) };
}

const iso = (time: number): string => new Date(time).toISOString();

function rangeOf({ days, from: fromText, to: toText }: Request, now: number): { from: number; to: number } {
  const to = toText === undefined ? now : Date.parse(toText);
  const from = fromText === undefined ? to - (days ?? DEFAULT_DAYS) * DAY_MS : Date.parse(fromText);
  if (to > now + 60_000) throw badRequest(`'to' is in the future (${iso(to)}): a backtest looks at the past.`);
  if (!(from < to)) throw badRequest(`'from' (${iso(from)}) has to be before 'to' (${iso(to)}).`);
  if (to - from > MOST_DAYS * DAY_MS) throw badRequest(`A backtest looks at ${MOST_DAYS} days at most, not ${Math.ceil((to - from) / DAY_MS)}.`);
  return { from, to };
} // prettier-ignore

/** An alert tells of its own service's incidents, and of those of services that need it, directly or not. */
function tellsOf(set: ResourceSet): Tells {
  const needs = new Map(set.list<ServiceSpec>('Service').map(({ name, spec }) => [name, spec.dependsOn]));
  const known = new Map<string, ReadonlySet<string>>();
  const neededBy = (service: string): ReadonlySet<string> => {
    const found = new Set(known.get(service) ?? [service]);
    if (known.has(service)) return found;
    for (let before = 0; before !== found.size;) {
      before = found.size;
      for (const [name, dependsOn] of needs) if (dependsOn.some((one) => found.has(one))) found.add(name);
    }
    known.set(service, found);
    return found;
  };
  return (service) => {
    if (service === null) return () => true;
    const about = neededBy(service);
    return (incident) => incident.services.length === 0 || incident.services.some((one) => about.has(one));
  };
}

function rollupNotes(from: number, to: number, rawFrom: number): string[] {
  if (from >= rawFrom) return [];
  const until = Math.min(to, rawFrom);
  return [
    `Samples from before ${iso(until).slice(0, 16)}Z are kept as rollups only (buckets of a minute, five minutes or an hour, the older the wider): what was shorter than a bucket can't be seen there.`,
  ];
}

/** Metrics that have no sample in all of the time: a rule about them can't fire, and should not look as if it were calm. */
async function silentMetrics(
  candidates: readonly Candidate[],
  query: Pick<QueryEngine, 'instant'>,
  { from, to, signal }: { from: number; to: number; signal: AbortSignal },
): Promise<string[]> {
  const silent: string[] = [];
  const seconds = Math.ceil((to - from) / 1000);
  for (const { after } of candidates) {
    for (const { text, metric } of after.reads.selectors.slice(0, 10)) {
      // Whether there is one at all takes no more than a look at each day.
      const step = Math.max(60, Math.ceil(seconds / 200));
      const found = await query.instant(`count_over_time((count(${text}))[${seconds}s:${step}s])`, to, { signal }).catch(() => undefined);
      if (found?.kind === 'vector' && found.samples.length === 0)
        silent.push(`${metric ?? text} has no samples in these ${formatDuration(to - from)}: ${after.name} looks at nothing there.`);
    }
  }
  return [...new Set(silent)];
}
