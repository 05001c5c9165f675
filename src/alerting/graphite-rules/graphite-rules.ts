import type { Catalog, Resource, ServiceSpec } from '../../catalog/index.ts';
import type { Clock, Timer } from '../../platform/clock.ts';
import type { Health } from '../../platform/health.ts';
import type { Log } from '../../platform/log.ts';
import { parseDuration } from '../../platform/duration.ts';
import { LimitError, notFound } from '../../platform/problem.ts';
import type { Sql } from '../../platform/sql/index.ts';
import type { ExternalAlerts, ReportedAlert } from '../external/index.ts';
import { decideSeries, type SeriesMemory } from './decide-series.ts';
import { graphiteRuleKind, type GraphiteRuleSpec } from './graphite-rule-kind.ts';
import * as store from './graphite-rule-store.ts';
import { reduced } from './reduce-values.ts';
import { endOfSeries, reportSeries, type Reporting } from './report-series.ts';

/** Answers a Graphite target; times are seconds. The port that monitoring fills. */
export type GraphiteQuery = (target: string, from: number, until: number) => Promise<readonly { name: string; values: Float64Array }[]>;

export interface GraphiteRulesDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
  readonly health: Health;
  readonly catalog: Catalog;
  readonly external: Pick<ExternalAlerts, 'report'>;
  readonly graphite: GraphiteQuery;
  /** Whether this process, of those that share a database, decides alerts. */
  readonly decides: () => boolean;
  readonly url: string;
}

export type GraphiteRule = Resource<GraphiteRuleSpec>;

/** Graphite rules: evaluated at their intervals, remembered in PostgreSQL. */
export interface GraphiteRules {
  list(): readonly GraphiteRule[];
  find(name: string): GraphiteRule;
  /** Evaluates one now. */
  evaluate(name: string): Promise<void>;
  /** A series that is gone for good: its alerts end, and it is no longer waited for. @throws Problem 404 */
  forget(name: string, series: string): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves when nothing is being evaluated: for tests. */
  idle(): Promise<void>;
}

/** More series than this of one rule are no alerts that people can act on. */
const MOST_SERIES = 5_000;
/** A clock that went so much further than time did has jumped. */
const JUMP_MS = 5_000;
const DROP_MS = 60_000;
const COMPONENT = 'alerting.graphite';

export function createGraphiteRules(deps: GraphiteRulesDeps): GraphiteRules {
  const { sql, clock, log, health, catalog, external, decides } = deps;
  const url = deps.url.replace(/\/+$/, '');
  const timers = new Map<string, { timer: Timer; interval: string }>();
  const failing = new Map<string, string>();
  const running = new Map<string, Promise<void>>();
  const skew = (): number => clock.now() - clock.monotonic();
  let listening = { since: clock.now(), skew: skew() };
  let deciding = false;
  let stopped = true;
  let dropping: Timer | undefined;

  const list = (): readonly GraphiteRule[] => catalog.current().list<GraphiteRuleSpec>(graphiteRuleKind.kind);
  const find = (name: string): GraphiteRule => {
    const found = catalog.current().get<GraphiteRuleSpec>(graphiteRuleKind.kind, name);
    if (found === undefined) throw notFound('GraphiteRule', name);
    return found;
  };

  /** After a jump of the clock, or when another process decided until now, what seems gone may only not have been seen. */
  function listeningSince(): number {
    if (Math.abs(skew() - listening.skew) >= JUMP_MS || !deciding) listening = { since: clock.now(), skew: skew() };
    deciding = true;
    return listening.since;
  }

  const reportingOf = ({ name: rule, title, spec }: GraphiteRule): Reporting => {
    const service = spec.service === undefined ? undefined : catalog.current().get<ServiceSpec>('Service', spec.service)?.spec;
    return { rule, title, spec, url, runbook: service?.runbook, now: clock.now() };
  };

  async function evaluateOnce(rule: GraphiteRule): Promise<void> {
    const { name, spec } = rule;
    const [now, began, since] = [clock.now(), clock.monotonic(), listeningSince()];
    const until = now - parseDuration(spec.delay);
    const answered = await deps.graphite(spec.target, (until - parseDuration(spec.window)) / 1000, until / 1000);
    if (answered.length > MOST_SERIES)
      throw new LimitError(422, `The target of ${name} answers ${answered.length} series.`, { limit: MOST_SERIES, setting: 'a narrower target' }); // prettier-ignore
    const values = new Map<string, number>();
    for (const series of answered) {
      const value = reduced(series.values, spec.reduce);
      // Of several of one name (by alias) the first that has a value counts.
      const key = storable(series.name);
      if (value !== undefined && !values.has(key)) values.set(key, value);
    }
    const known = new Map((await store.listMemories(sql, name)).map((one) => [one.series, one]));
    const reporting = reportingOf(rule);
    const alerts: ReportedAlert[] = [];
    const memories: SeriesMemory[] = [];
    const forgotten: string[] = [];
    for (const series of new Set([...values.keys(), ...known.keys()])) {
      const decision = decideSeries(spec, series, known.get(series), values.get(series), now, since);
      if (decision.memory === undefined) forgotten.push(series);
      else memories.push(decision.memory);
      for (const told of decision.told) alerts.push(reportSeries(reporting, told, series, decision.memory ?? known.get(series)));
    }
    // Told first: where this process ends between the two, the next decides the same again, and it is the same alert.
    if (alerts.length > 0) await external.report(alerts, 'nines');
    await sql.transaction(async (tx) => {
      await store.saveMemories(tx, name, memories, forgotten);
      await store.saveRule(tx, { rule: name, evaluated_at: now, took_ms: Math.round(clock.monotonic() - began), series: values.size, error: null });
    });
  } // prettier-ignore

  /** One at a time of each rule. */
  function inTurn(name: string, work: () => Promise<void>): Promise<void> {
    const run = (running.get(name) ?? Promise.resolve()).then(work);
    const settled = run.catch(() => undefined);
    running.set(name, settled);
    return run.finally(() => {
      if (running.get(name) === settled) running.delete(name);
    });
  }

  /** A failure is its own. */
  function evaluate(name: string): Promise<void> {
    return inTurn(name, async () => {
      try {
        await evaluateOnce(find(name));
        failing.delete(name);
      } catch (error) {
        const problem = (error as Error).message.slice(0, 500);
        log.warn({ err: error, rule: name }, 'a Graphite rule could not be evaluated');
        failing.set(name, problem);
        const row = { rule: name, evaluated_at: clock.now(), took_ms: 0, series: 0, error: problem };
        await store.saveRule(sql, row).catch(() => undefined);
      }
      sayHealth();
    });
  }

  function sayHealth(): void {
    const [first] = failing;
    if (first === undefined) return health.report(COMPONENT, 'ok');
    const more = failing.size > 1 ? ` And ${failing.size - 1} more rules.` : '';
    health.report(COMPONENT, 'degraded', `The Graphite rule ${first[0]} can't be evaluated: ${first[1]}${more}`);
  }

  function schedule(name: string, interval: string, first = false): void {
    const ms = parseDuration(interval);
    // At multiples of the interval; the first soon, and not all in the same moment.
    const inMs = first ? Math.min(1_000, ms) * Math.random() : ms - (clock.now() % ms);
    const due = clock.now() + inMs;
    const timer = clock.after(inMs, () => {
      if (stopped) return;
      // Timers are at times a millisecond early, and the turn would come once more.
      if (!first && clock.now() < due) return schedule(name, interval);
      if (decides()) void evaluate(name);
      else deciding = false;
      schedule(name, interval);
    });
    timers.set(name, { timer, interval });
  }

  /** The alerts of what is forgotten end. */
  async function end(rule: string, memories: readonly SeriesMemory[]): Promise<void> {
    const now = clock.now();
    const alerts = memories.flatMap(({ series, holding }) =>
      Object.entries(holding)
        .filter(([, { fired }]) => fired)
        .map(([level]) => endOfSeries(rule, level, series, now)),
    );
    if (alerts.length > 0) await external.report(alerts, 'nines');
  }

  /** What is known of rules whose document is gone is forgotten. */
  async function dropGone(): Promise<void> {
    if (!decides()) return;
    const names = new Set(list().map(({ name }) => name));
    for (const rule of await store.rulesRemembered(sql)) {
      if (names.has(rule)) continue;
      await end(rule, await store.listMemories(sql, rule));
      await sql.transaction((tx) => store.forgetRule(tx, rule));
    }
  }

  /** Another process may decide now, and this one later: it looks again. */
  function keepDropping(): void {
    dropping = clock.after(DROP_MS, () => {
      dropGone()
        .catch((error: unknown) => log.warn({ err: error }, 'what is known of Graphite rules that are gone could not be forgotten'))
        .finally(() => stopped || keepDropping());
    });
  }

  async function follow(): Promise<void> {
    const wanted = new Map(list().map(({ name, spec }) => [name, spec.interval]));
    for (const [name, { timer, interval }] of timers) {
      if (wanted.get(name) === interval) continue;
      timer.cancel();
      timers.delete(name);
      failing.delete(name);
    }
    for (const [name, interval] of wanted) if (!timers.has(name)) schedule(name, interval, true);
    sayHealth();
    await dropGone();
  }

  return {
    list,
    find,
    evaluate,
    async forget(name, series) {
      find(name);
      await inTurn(name, async () => {
        const memory = (await store.listMemories(sql, name)).find((one) => one.series === series);
        if (memory === undefined) throw notFound(`series of the GraphiteRule '${name}'`, series.slice(0, 200));
        await end(name, [memory]);
        await sql.transaction((tx) => store.saveMemories(tx, name, [], [series]));
      });
    },
    async start() {
      stopped = false;
      listening = { since: clock.now(), skew: skew() };
      deciding = decides();
      catalog.onChange(() => {
        if (!stopped) void follow().catch((error: unknown) => log.error({ err: error }, 'Graphite rules could not be taken up'));
      });
      await follow();
      keepDropping();
    },
    async stop() {
      stopped = true;
      dropping?.cancel();
      for (const { timer } of timers.values()) timer.cancel();
      await Promise.all(running.values());
    },
    async idle() {
      await Promise.all(running.values());
    },
  };
}

const storable = (text: string): string => text.slice(0, 900).toWellFormed().replaceAll('\u0000', '\uFFFD');
