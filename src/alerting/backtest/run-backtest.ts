import type { QueryEngine } from '../../monitoring/index.ts';
import { formatDuration } from '../../platform/duration.ts';
import { LimitError } from '../../platform/problem.ts';
import type { AlertRule } from '../rules/index.ts';
import { Sample, type QueryAnswer } from '../template/index.ts';
import type { Candidate } from './candidates.ts';
import type { BacktestOutcome, BacktestResult } from './contract.ts';
import { callsOf, matchIncidents, pagesOf, type PastIncident, type Tells, type WhoIsCalled } from './outcome.ts';
import { replay, type Firing, type Replay } from './replay.ts';
import { thresholdOf } from './threshold.ts';
import { turnsOfArrival, turnsOfInterval, type TurnsOptions } from './turns.ts';

export interface BacktestRange {
  readonly from: number;
  readonly to: number;
  readonly evaluate: 'auto' | 'arrival' | 'interval';
}

export interface BacktestWorld {
  readonly query: Pick<QueryEngine, 'instant' | 'range'>;
  readonly incidents: readonly PastIncident[];
  readonly tells: Tells;
  readonly who: WhoIsCalled;
  readonly signal: AbortSignal;
  readonly progress: (done: number) => void;
}

/** Up to here samples are gone through one by one where nobody says otherwise. */
const AUTO_ARRIVAL_MS = 86_400_000;
/** Evaluations of one rule; with an interval of a minute, 200 days. */
const MOST_STEPS = 300_000;
const MOST_LISTED = 500;
const MOST_TEMPLATE_QUERIES = 5_000;

/** What each rule would have done, and what the one that it is compared with would have. @throws LimitError */
export async function runBacktest(candidates: readonly Candidate[], range: BacktestRange, world: BacktestWorld): Promise<{ results: BacktestResult[]; evaluated: 'arrival' | 'interval' }> {
  const rules = candidates.flatMap(({ after, before }) => (before === null ? [after] : [after, before]));
  const evaluated = range.evaluate === 'auto' ? (range.to - range.from <= AUTO_ARRIVAL_MS ? 'arrival' : 'interval') : range.evaluate;
  let done = 0;
  const outcome = async (rule: AlertRule): Promise<BacktestOutcome> => {
    const progress = (part: number): void => world.progress(Math.min(1, (done + Math.max(0, part)) / rules.length));
    const replayed = await replayOne(rule, { ...range, evaluate: evaluated }, { ...world, progress });
    done++;
    world.progress(done / rules.length);
    return outcomeOf(rule, replayed, range, world);
  };
  const results: BacktestResult[] = [];
  for (const { after, before } of candidates) {
    results.push({
      alert: after.name,
      after: await outcome(after),
      before: before === null ? null : await outcome(before),
      threshold: thresholdOf(after.expr) ?? null,
    });
  }
  return { results, evaluated };
} // prettier-ignore

async function replayOne(rule: AlertRule, { from, to, evaluate }: BacktestRange, { query, signal, progress }: BacktestWorld): Promise<Replay> {
  const stepMs = rule.intervalMs;
  // What held already before the time that is looked at has its `for` behind it.
  const begin = from - rule.forMs - rule.keepFiringForMs - stepMs;
  const steps = (to - begin) / stepMs;
  if (steps > MOST_STEPS) {
    const message = `${rule.name} would be evaluated ${Math.round(steps).toLocaleString('en')} times: take a shorter time, or a longer interval.`;
    throw new LimitError(422, message, { limit: MOST_STEPS, setting: 'from' });
  }
  const options: TurnsOptions = { query, from: begin, to, stepMs, signal, progress };
  let asked = 0;
  const answer = async (expr: string, at: number): Promise<QueryAnswer> => {
    if (++asked > MOST_TEMPLATE_QUERIES) return `a backtest answers ${MOST_TEMPLATE_QUERIES} queries of templates`;
    try {
      const result = await query.instant(expr, at, { signal });
      return result.kind === 'vector' ? result.samples.map(({ labels, value }) => new Sample(labels, value)) : [];
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
  const { turns, after } = evaluate === 'arrival' ? turnsOfArrival(rule, options) : { turns: turnsOfInterval(rule, options), after: undefined };
  const replayed = await replay(rule, turns, { answer, ...(after !== undefined && { after }) });
  return { ...replayed, firings: replayed.firings.filter(({ resolvedAt }) => resolvedAt === null || resolvedAt >= from) };
} // prettier-ignore

const iso = (time: number): string => new Date(time).toISOString();

function outcomeOf(rule: AlertRule, replayed: Replay, { to }: BacktestRange, world: BacktestWorld): BacktestOutcome {
  const { firings, leftOut } = replayed;
  const { incidentOf, caught, missed } = matchIncidents(firings, world.incidents, { tells: world.tells, own: servicesOf(rule, firings), end: to });
  const pages = pagesOf(firings, to);
  const calls = callsOf(pages, world.who);
  const lengths = firings.map(({ firedAt, resolvedAt }) => (resolvedAt ?? to) - firedAt);
  const bySeverity = Object.fromEntries(
    (['critical', 'today', 'eventually'] as const).map((one) => [one, pages.filter(({ severity }) => severity === one).length]),
  ) as BacktestOutcome['bySeverity'];
  return {
    expr: rule.expr,
    for: formatDuration(rule.forMs),
    firings: firings.slice(0, MOST_LISTED).map((firing) => firingJson(firing, incidentOf.get(firing)?.number ?? null)),
    fired: firings.length + leftOut,
    pages: pages.length,
    firingMs: lengths.reduce((sum, ms) => sum + ms, 0),
    longestMs: lengths.reduce((most, ms) => Math.max(most, ms), 0),
    called: [...calls.called],
    nobody: calls.nobody,
    bySeverity,
    caught: caught.map(({ incident, firedAt }) => incidentJson(incident, firedAt)),
    missed: missed.map((incident) => incidentJson(incident, null)),
    noise: firings.filter((firing) => !incidentOf.has(firing)).length,
    evaluations: replayed.evaluations,
    failed: replayed.failed,
    failure: replayed.failure,
  };
} // prettier-ignore

/** What the rule's alerts are about: those of its firings, and the one that it names itself. */
function servicesOf(rule: AlertRule, firings: readonly Firing[]): (string | null)[] {
  const named = rule.labels.find(([name]) => name === 'service')?.[1].text;
  const own = named === undefined || named.includes('{{') ? [] : [named];
  return [...new Set([...own, ...firings.map(({ alert }) => alert.service)])];
}

const firingJson = ({ alert, firedAt, resolvedAt }: Firing, incident: number | null): BacktestOutcome['firings'][number] => ({
  labels: { ...alert.labels },
  summary: alert.annotations.summary ?? alert.rule,
  severity: alert.severity,
  service: alert.service,
  activeAt: iso(alert.activeAt),
  firedAt: iso(firedAt),
  resolvedAt: resolvedAt === null ? null : iso(resolvedAt),
  value: Number.isFinite(alert.value) ? alert.value : null,
  incident,
});

const incidentJson = (incident: PastIncident, firedAt: number | null): BacktestOutcome['caught'][number] => ({
  number: incident.number,
  id: incident.id,
  title: incident.title,
  beganAt: iso(incident.beganAt),
  declaredAt: iso(incident.declaredAt),
  endedAt: incident.endedAt === null ? null : iso(incident.endedAt),
  firedAt: firedAt === null ? null : iso(firedAt),
  beforeDeclaredMs: firedAt === null ? null : incident.declaredAt - firedAt,
  afterBeganMs: firedAt === null ? null : firedAt - incident.beganAt,
});
