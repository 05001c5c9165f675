/**
 * Evaluates rules when their samples arrive, when time alone changes them, and on a slow tick. One rule's slowness or
 * failure is its own: it is noted as the rule's health, and the others go on. Longer than most: an evaluation, a jump of the clock
 * and an edit of the rules all change the same state, and must be seen together.
 */
import type { SampleSink } from '../../monitoring/index.ts';
import type { QueryPort } from '../../objectives/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { signature, type AlertState, type AlertTransition, type RuleState } from '../alerts/index.ts';
import { alertSeries } from './alert-series.ts';
import { ArrivalLoad } from './arrival-load.ts';
import { dueAt, EvaluationError, MAX_ALERTS, type Evaluation, type EvaluationContext } from './evaluate-rule.ts';
import { recordSeries } from './record-series.ts';
import type { AlertRule, Rule } from '../rules/index.ts';
import { RuleTurns } from './rule-turns.ts';
import { newRunningRule, type RuleStatus, type RunningRule, type Tick } from './running-rule.ts';
import { Schedule, type Next } from './schedule.ts';
import { Queries, Sample, type QueryAnswer } from '../template/index.ts';
import { Timeline } from './timeline.ts';
import { TrustedSamples, type Vector } from './trusted-samples.ts';
import { watchWork, type WorkWatch } from './work-watch.ts';
import { writeSeries } from './write-series.ts';

export interface EvaluatorDeps {
  readonly clock: Clock;
  readonly query: QueryPort;
  readonly sink: SampleSink;
  readonly runbookOf: (service: string) => string | undefined;
  /** Whether this process decides alerts. Where another does, only recording rules are evaluated, for this process's own series. */
  readonly decides: () => boolean;
  /** Where alerts of a rule are documented that say nothing of it themselves. */
  readonly docsOf?: EvaluationContext['docsOf'];
  /** Makes transitions durable, and tells of them. What throws is tried again. */
  readonly commit: (transitions: readonly AlertTransition[], at: number) => Promise<void>;
  /** The alerts of a rule changed without a transition: to be stored in a while. */
  readonly onChanged: (key: string) => void;
  readonly onEvaluated: (rule: Rule, seconds: number, error: Error | undefined) => void;
  readonly onJump: (byMs: number) => void;
  /** So many rules had not had the turn before when another came. */
  readonly onMissed: (rules: number) => void;
  /** For templates: `$externalLabels`, `$externalURL`. */
  readonly externalLabels?: Readonly<Record<string, string>>;
  readonly externalUrl?: string;
}

const CONCURRENCY = 8;
const MIN_GAP_MS = 100;
/** So long at a time may evaluation hold the thread. */
const SLICE_MS = 8;
/** A rule that takes 50 ms is evaluated at most every second: arrival must not eat the machine. */
const REST_PER_WORK = 20;
/** Rules that look at metrics of any name would run at every arrival. */
const ANY_METRIC_MS = 1_000;
const RETRY_MS = 5_000;
const COMMIT_RETRY_MS = 1_000;

class CommitError extends Error {}

export class Evaluator {
  readonly #deps: EvaluatorDeps;
  readonly #timeline: Timeline;
  readonly #schedule: Schedule;
  readonly #turns: RuleTurns;
  readonly #samples: TrustedSamples;
  readonly #load = new ArrivalLoad();
  #rules = new Map<string, RunningRule>();
  #byMetric = new Map<string, string[]>();
  #anyMetric: string[] = [];
  #sliceEnd = 0;
  /** By how much the clock has jumped since the start, all in all. */
  #jumped = 0;

  constructor(deps: EvaluatorDeps) {
    const { clock, query, onMissed } = deps;
    this.#deps = deps;
    this.#timeline = new Timeline(clock, (byMs) => this.#jump(byMs));
    this.#schedule = new Schedule({ clock, concurrency: CONCURRENCY, run: (key) => this.#run(key) });
    this.#turns = new RuleTurns({
      clock,
      now: () => this.now(),
      ruleOf: (key) => this.#rules.get(key),
      request: (key, inMs) => this.#schedule.request(key, inMs, true),
      onMissed,
    });
    this.#samples = new TrustedSamples(clock, query);
  }

  now(): number {
    return this.#timeline.now();
  }

  status(): RuleStatus[] {
    return [...this.#rules.values()];
  }

  state(key: string): RuleState | undefined {
    return this.#rules.get(key)?.state;
  }

  /**
   * Takes these rules in place of those it has. `states` are alerts that an earlier process left, by rule. Resolves with the
   * alerts of rules that are no more.
   */
  async replace(rules: readonly Rule[], states: ReadonlyMap<string, RuleState>): Promise<AlertState[]> {
    const before = this.#rules;
    const next = new Map<string, RunningRule>();
    for (const rule of rules) {
      const known = before.get(rule.key);
      if (known !== undefined && known.rule.kind === rule.kind) known.rule = rule;
      next.set(rule.key, known ?? newRunningRule(rule, states.get(rule.key)));
    }
    this.#rules = next;
    this.#index(rules);
    const gone = [...before.values()].filter(({ rule }) => !next.has(rule.key));
    for (const { rule } of gone) this.#schedule.remove(rule.key);
    // Not before what they are in the middle of is done: it may be that an alert of theirs begins to fire.
    await Promise.all(gone.map(({ inFlight }) => inFlight));
    await Promise.all(gone.map((one) => this.#end(one)));
    const added = [...next.values()].filter(({ rule }) => !before.has(rule.key));
    for (const { rule } of next.values()) if (before.has(rule.key) && rule.kind === 'alert') this.#schedule.request(rule.key, 0);
    this.#turns.replace(rules);
    this.#turns.begin(added);
    return gone.flatMap(({ state }) => [...state.values()]);
  }

  /** The alerts as another process left them, in place of what was known here: shown, and gone on from once this process decides. */
  async adopt(states: ReadonlyMap<string, RuleState>): Promise<void> {
    const alerting = [...this.#rules.values()].filter(({ rule }) => rule.kind === 'alert');
    await Promise.all(alerting.map(({ inFlight }) => inFlight));
    for (const running of alerting) running.state = states.get(running.rule.key) ?? new Map();
  }

  /** This process decides from now on: every alerting rule is looked at soon. That is a turn, and says nothing of what arrival takes. */
  takeOver(): void {
    const alerting = [...this.#rules.values()].filter(({ rule, tick }) => rule.kind === 'alert' && tick === undefined);
    this.#turns.begin(alerting);
  }

  arrived(metrics: ReadonlySet<string>, newest: number): void {
    const ahead = newest - this.#timeline.now();
    // A sender whose clock is a little ahead: its samples are seen once our clock has come so far.
    const inMs = ahead > 0 && ahead < 60_000 ? ahead : 0;
    for (const metric of metrics) {
      const keys = this.#byMetric.get(metric);
      if (keys === undefined) continue;
      this.#samples.arrived(metric, newest);
      for (const key of keys) this.#arrive(key, inMs);
    }
    for (const key of this.#anyMetric) this.#arrive(key, Math.max(inMs, ANY_METRIC_MS));
  }

  /** Where there are so many rules that arrival alone would keep the machine busy, each waits for its interval, as in Prometheus. */
  #arrive(key: string, inMs: number): void {
    const running = this.#rules.get(key);
    if (running !== undefined && this.#load.restMs < running.rule.intervalMs / 2) this.#schedule.request(key, inMs);
  }

  idle(): Promise<void> {
    return this.#schedule.idle();
  }

  async stop(): Promise<void> {
    this.#turns.stop();
    this.#schedule.stop();
    await Promise.all([...this.#rules.values()].map(({ inFlight }) => inFlight));
  }

  #index(rules: readonly Rule[]): void {
    this.#byMetric = new Map();
    this.#anyMetric = [];
    this.#load.replace(this.#rules.values());
    for (const { key, kind, reads } of rules) {
      // What a recording rule writes is a sample at each interval, as its readers expect, and not one for each arrival.
      if (kind === 'record') continue;
      if (reads.metrics === 'any') this.#anyMetric.push(key);
      else for (const metric of reads.metrics) this.#byMetric.set(metric, [...(this.#byMetric.get(metric) ?? []), key]);
    }
    this.#samples.keep(this.#byMetric);
  }

  /** The series of a rule that is no more end with it, and nobody waits for it. */
  async #end(running: RunningRule): Promise<void> {
    this.#turns.end(running);
    // What can't be written ends by itself, once it is out of sight.
    await writeSeries(this.#deps.sink, running.written, [], this.#timeline.now()).catch(() => undefined);
  }

  /** Moves every alert's times with the clock, so that what has lasted four minutes has still lasted four minutes. */
  #jump(byMs: number): void {
    this.#jumped += byMs;
    this.#samples.jumped(byMs);
    for (const running of this.#rules.values()) {
      if (running.state.size === 0) continue;
      running.state = shifted(running.state, byMs);
      this.#deps.onChanged(running.rule.key);
    }
    this.#deps.onJump(byMs);
  }

  async #run(key: string): Promise<Next> {
    const running = this.#rules.get(key);
    if (running === undefined) return { inMs: Infinity, restMs: 0 };
    const { clock, onEvaluated } = this.#deps;
    if (running.rule.kind === 'alert' && !this.#deps.decides()) {
      if (running.waits === 0) this.#turns.end(running);
      return { inMs: Infinity, restMs: 0 };
    }
    // Evaluations that never wait would hold up all else.
    if (performance.now() > this.#sliceEnd) {
      await new Promise<void>((resolve) => void setImmediate(resolve));
      this.#sliceEnd = performance.now() + SLICE_MS;
    }
    const { rule } = running;
    const tick = running.waits === 0 ? running.tick : undefined;
    if (rule.kind === 'record' && tick === undefined) return { inMs: Infinity, restMs: 0 };
    let error: Error | undefined;
    const work = watchWork(clock);
    const evaluation = this.#evaluate(running, tick, work);
    running.inFlight = evaluation.catch((reason: unknown) => {
      error = reason instanceof Error ? reason : new Error('failed without a reason', { cause: reason });
    });
    await running.inFlight;
    work.pause();
    // Without the wait for the database: a rule that has just fired must not rest before its next alert.
    const tookMs = work.tookMs();
    // What is slow once was held up by something else; a heavy rule is slow each time, and by its own doing.
    const costMs = work.costMs();
    const steadyMs = Math.min(costMs, running.costMs);
    running.costMs = costMs;
    running.evaluationTime = tookMs / 1000;
    if (tick !== undefined) this.#turns.end(running);
    this.#load.note(running, costMs, tick === undefined);
    running.health = error === undefined ? 'ok' : 'err';
    running.lastError = error?.message ?? '';
    onEvaluated(rule, tookMs / 1000, error);
    const worked = steadyMs * REST_PER_WORK;
    // A turn of its interval must not delay what arrives right after it.
    const restMs = Math.min(rule.intervalMs, tick === undefined ? Math.max(MIN_GAP_MS, worked, this.#load.restMs) : worked);
    if (rule.kind === 'record') return { inMs: Infinity, restMs: 0 };
    if (error instanceof CommitError) return { inMs: COMMIT_RETRY_MS, restMs: 0 };
    if (error !== undefined) return { inMs: Math.min(rule.intervalMs, RETRY_MS), restMs };
    return { inMs: this.#dueIn(running), restMs };
  }

  async #evaluate(running: RunningRule, tick: Tick | undefined, work: WorkWatch): Promise<void> {
    const { rule } = running;
    // An alert that was looked at since, at arrival, is not taken back to what was known then.
    const joins = tick?.at !== undefined && (rule.kind === 'record' || tick.at > (running.lastEvaluation ?? Number.NEGATIVE_INFINITY));
    const now = joins ? tick.at : this.#timeline.now();
    running.lastEvaluation = now;
    const shared = joins ? tick.shared : undefined;
    // The turn of its interval sees the errors of the whole expression; until they are gone, arrival looks for them too.
    const resultOnly = tick === undefined && running.health !== 'err';
    const vector = await this.#deps.query.instant(rule.parsed, now - rule.offsetMs, { shared, resultOnly });
    if (rule.kind === 'record') {
      const samples = recordSeries(rule, vector);
      running.written = await writeSeries(this.#deps.sink, running.written, samples, now - rule.offsetMs);
      return;
    }
    const jumped = this.#jumped;
    const queries = new Queries();
    let outcome = await this.#decide(rule, running, vector, now, queries);
    while (await queries.resolve((expr) => this.#answer(expr, now))) outcome = await this.#decide(rule, running, vector, now, queries);
    if (outcome.transitions.length > 0) {
      work.pause();
      await this.#deps.commit(outcome.transitions, now).catch((error: unknown) => {
        throw new CommitError(`could not store what changed: ${error instanceof Error ? error.message : String(error)}`);
      });
      work.resume();
    }
    const changed = differs(running.state, outcome.state);
    running.state = this.#jumped === jumped ? outcome.state : shifted(outcome.state, this.#jumped - jumped);
    if (changed) this.#deps.onChanged(rule.key);
    if (tick !== undefined || changed) {
      const samples = alertSeries(running.state);
      if (samples.length + running.written.size > 0)
        running.written = await writeSeries(this.#deps.sink, running.written, samples, now - rule.offsetMs);
    }
    if (outcome.leftOut > 0) {
      throw new EvaluationError(
        `${outcome.leftOut} results beyond ${MAX_ALERTS} are left out: aggregate the expression, as in sum by (service) (…)`,
      );
    }
  }

  /** What a query in a template finds: at the evaluation's time, whatever the group's offset. */
  async #answer(expr: string, now: number): Promise<QueryAnswer> {
    try {
      return (await this.#deps.query.instant(expr, now)).map(({ labels, value }) => new Sample(labels, value));
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #decide(rule: AlertRule, running: RunningRule, vector: Vector, now: number, queries: Queries): Promise<Evaluation> {
    const { runbookOf, docsOf, externalUrl } = this.#deps;
    const { externalLabels = this.#deps.externalLabels } = rule;
    const context: EvaluationContext = {
      now,
      runbookOf,
      queries,
      ...(docsOf !== undefined && { docsOf }),
      ...(externalLabels !== undefined && { externalLabels }),
      ...(externalUrl !== undefined && { externalUrl }),
    };
    return this.#samples.decide(rule, running.state, vector, context);
  }

  /** Milliseconds until time alone may change the result: a `for` that runs out, or samples that go out of sight. */
  #dueIn({ rule, state }: RunningRule): number {
    const now = this.#timeline.now();
    let due = Infinity;
    if (rule.kind === 'alert') {
      due = dueAt(rule, state);
      // One that is due already waits for samples to know by: they ask for the next evaluation themselves.
      // Not after a whole second: that is when samples come, and it would rest then.
      if (due <= now) due = now + MIN_GAP_MS * 9.5;
    }
    if (rule.reads.metrics !== 'any') {
      for (const metric of rule.reads.metrics) {
        const newest = this.#samples.newest(metric);
        if (newest === undefined) continue;
        for (const reach of rule.reads.reaches) if (newest + reach > now) due = Math.min(due, newest + reach);
      }
    }
    return due - now;
  }
}

function shifted(state: RuleState, byMs: number): RuleState {
  const move = (time: number | null): number | null => (time === null ? null : time + byMs);
  const moved = [...state].map(([fingerprint, alert]): [string, AlertState] => [
    fingerprint,
    {
      ...alert,
      activeAt: alert.activeAt + byMs,
      firedAt: move(alert.firedAt),
      resolvedAt: move(alert.resolvedAt),
      keepFiringSince: move(alert.keepFiringSince),
    },
  ]);
  return new Map(moved);
}

/** Whether there is anything to store: an alert's value alone is not. */
function differs(before: RuleState, after: RuleState): boolean {
  if (before.size !== after.size) return true;
  for (const [fingerprint, alert] of after) {
    const old = before.get(fingerprint);
    if (old === undefined || signature(old) !== signature(alert)) return true;
  }
  return false;
}
