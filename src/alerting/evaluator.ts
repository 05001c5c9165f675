/**
 * Evaluates rules when their samples arrive, when time alone changes them, and on a slow tick. One rule's slowness or
 * failure is its own: it is noted as the rule's health, and the others go on. Above 150 lines: it holds the state that an
 * evaluation, a jump of the clock and an edit of the rules all change, and they must be seen together.
 */
import type { SampleSink } from '../monitoring/index.ts';
import type { QueryPort } from '../objectives/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { AlertState, AlertTransition } from './alert.ts';
import {
  dueAt,
  EvaluationError,
  evaluateRule,
  MAX_ALERTS,
  signature,
  type Evaluation,
  type EvaluationContext,
  type RuleState,
} from './evaluate-rule.ts';
import { freshSeries } from './freshness.ts';
import { recordSeries } from './record-series.ts';
import type { AlertRule, Rule } from './rule.ts';
import { Schedule, type Next } from './schedule.ts';
import { Queries, Sample, type QueryAnswer } from './template/index.ts';
import { Timeline } from './timeline.ts';
import { writeSeries, type Written } from './write-series.ts';

export interface EvaluatorDeps {
  readonly clock: Clock;
  readonly query: QueryPort;
  readonly sink: SampleSink;
  readonly runbookOf: (service: string) => string | undefined;
  /** Makes transitions durable, and tells of them. What throws is tried again. */
  readonly commit: (transitions: readonly AlertTransition[], at: number) => Promise<void>;
  /** The alerts of a rule changed without a transition: to be stored in a while. */
  readonly onChanged: (key: string) => void;
  readonly onEvaluated: (rule: Rule, seconds: number, error: Error | undefined) => void;
  readonly onJump: (byMs: number) => void;
  /** For templates: `$externalLabels`, `$externalURL`. */
  readonly externalLabels?: Readonly<Record<string, string>>;
  readonly externalUrl?: string;
}

export interface RuleStatus {
  readonly rule: Rule;
  readonly state: RuleState;
  readonly health: 'ok' | 'err' | 'unknown';
  readonly lastError: string;
  /** Milliseconds since the epoch; undefined before the first time. */
  readonly lastEvaluation: number | undefined;
  /** Seconds that it took. */
  readonly evaluationTime: number;
}

interface Running extends RuleStatus {
  rule: Rule;
  state: RuleState;
  health: 'ok' | 'err' | 'unknown';
  lastError: string;
  lastEvaluation: number | undefined;
  evaluationTime: number;
  /** Its series, or those of its alerts. */
  written: Written;
  inFlight: Promise<void>;
}

const CONCURRENCY = 8;
const MIN_GAP_MS = 100;
/** A rule that takes 50 ms is evaluated at most every second: arrival must not eat the machine. */
const REST_PER_WORK = 20;
/** Rules that look at metrics of any name would run at every arrival. */
const ANY_METRIC_MS = 1_000;
const RETRY_MS = 5_000;
const COMMIT_RETRY_MS = 1_000;
/** For so long after a start or a jump of the clock, decisions need samples from after it. */
export const SETTLE_MS = 120_000;

class CommitError extends Error {}

type Vector = Parameters<typeof evaluateRule>[2];

export class Evaluator {
  readonly #deps: EvaluatorDeps;
  readonly #timeline: Timeline;
  readonly #schedule: Schedule;
  #rules = new Map<string, Running>();
  #byMetric = new Map<string, string[]>();
  #anyMetric: string[] = [];
  /** The newest sample's time of each metric that a rule looks at. */
  readonly #newest = new Map<string, number>();
  #settle: { since: number; untilMonotonic: number };
  /** The clock was set back from here: until it is here again, new samples stand among old ones. */
  #overlapUntil = Number.NEGATIVE_INFINITY;
  /** By how much the clock has jumped since the start, all in all. */
  #jumped = 0;

  constructor(deps: EvaluatorDeps) {
    this.#deps = deps;
    this.#settle = this.#settling();
    this.#timeline = new Timeline(deps.clock, (byMs) => this.#jump(byMs));
    this.#schedule = new Schedule({ clock: deps.clock, concurrency: CONCURRENCY, run: (key) => this.#run(key) });
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
    const next = new Map<string, Running>();
    for (const rule of rules) {
      const known = before.get(rule.key);
      if (known !== undefined && known.rule.kind === rule.kind) known.rule = rule;
      const fresh = { state: states.get(rule.key) ?? new Map(), health: 'unknown' as const, lastError: '', lastEvaluation: undefined };
      next.set(rule.key, known ?? { rule, ...fresh, evaluationTime: 0, written: new Map(), inFlight: Promise.resolve() });
    }
    this.#rules = next;
    this.#index(rules);
    const gone = [...before.values()].filter(({ rule }) => !next.has(rule.key));
    for (const { rule } of gone) this.#schedule.remove(rule.key);
    // Not before what they are in the middle of is done: it may be that an alert of theirs begins to fire.
    await Promise.all(gone.map(({ inFlight }) => inFlight));
    for (const { rule } of next.values()) this.#schedule.request(rule.key, before.has(rule.key) ? 0 : this.#firstTick(rule));
    return gone.flatMap(({ state }) => [...state.values()]);
  }

  arrived(metrics: ReadonlySet<string>, newest: number): void {
    const ahead = newest - this.#timeline.now();
    // A sender whose clock is a little ahead: its samples are seen once our clock has come so far.
    const inMs = ahead > 0 && ahead < 60_000 ? ahead : 0;
    for (const metric of metrics) {
      const keys = this.#byMetric.get(metric);
      if (keys === undefined) continue;
      this.#newest.set(metric, newest);
      for (const key of keys) this.#schedule.request(key, inMs);
    }
    for (const key of this.#anyMetric) this.#schedule.request(key, Math.max(inMs, ANY_METRIC_MS));
  }

  idle(): Promise<void> {
    return this.#schedule.idle();
  }

  async stop(): Promise<void> {
    this.#schedule.stop();
    await Promise.all([...this.#rules.values()].map(({ inFlight }) => inFlight));
  }

  #index(rules: readonly Rule[]): void {
    this.#byMetric = new Map();
    this.#anyMetric = [];
    for (const { key, kind, reads } of rules) {
      // What a recording rule writes is a sample at each interval, as its readers expect, and not one for each arrival.
      if (kind === 'record') continue;
      if (reads.metrics === 'any') this.#anyMetric.push(key);
      else for (const metric of reads.metrics) this.#byMetric.set(metric, [...(this.#byMetric.get(metric) ?? []), key]);
    }
    for (const metric of this.#newest.keys()) if (!this.#byMetric.has(metric)) this.#newest.delete(metric);
  }

  /** Spreads rules of an interval over it, so that a thousand of them aren't due at once. */
  #firstTick(rule: Rule): number {
    let hash = 0;
    for (let i = 0; i < rule.key.length; i++) hash = (hash * 31 + rule.key.charCodeAt(i)) >>> 0;
    return (hash % 1000) * Math.min(1, rule.intervalMs / 1000 / 10);
  }

  #settling(): { since: number; untilMonotonic: number } {
    return { since: this.#deps.clock.now(), untilMonotonic: this.#deps.clock.monotonic() + SETTLE_MS };
  }

  /** Moves every alert's times with the clock, so that what has lasted four minutes has still lasted four minutes. */
  #jump(byMs: number): void {
    this.#jumped += byMs;
    this.#settle = this.#settling();
    if (byMs < 0) this.#overlapUntil = Math.max(this.#overlapUntil, this.#deps.clock.now() - byMs);
    for (const [metric, time] of this.#newest) this.#newest.set(metric, time + byMs);
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
    const started = clock.monotonic();
    const { rule } = running;
    let error: Error | undefined;
    let storingMs = 0;
    const evaluation = this.#evaluate(running, (ms) => (storingMs = ms));
    running.inFlight = evaluation.catch((reason: unknown) => {
      error = reason instanceof Error ? reason : new Error('failed without a reason', { cause: reason });
    });
    await running.inFlight;
    // Without the wait for the database: a rule that has just fired must not rest before its next alert.
    const tookMs = clock.monotonic() - started - storingMs;
    // What is slow once was held up by something else; a heavy rule is slow each time.
    const steadyMs = Math.min(tookMs, running.evaluationTime * 1000);
    running.evaluationTime = tookMs / 1000;
    running.health = error === undefined ? 'ok' : 'err';
    running.lastError = error?.message ?? '';
    onEvaluated(rule, tookMs / 1000, error);
    const restMs = Math.min(rule.intervalMs, Math.max(MIN_GAP_MS, steadyMs * REST_PER_WORK));
    if (error instanceof CommitError) return { inMs: COMMIT_RETRY_MS, restMs: 0 };
    if (error !== undefined) return { inMs: Math.min(rule.intervalMs, RETRY_MS), restMs };
    return { inMs: Math.min(rule.intervalMs, this.#dueIn(running)), restMs };
  }

  async #evaluate(running: Running, storedFor: (ms: number) => void): Promise<void> {
    const { rule } = running;
    const now = this.#timeline.now();
    running.lastEvaluation = now;
    const vector = await this.#deps.query.instant(rule.expr, now - rule.offsetMs);
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
      const began = this.#deps.clock.monotonic();
      await this.#deps.commit(outcome.transitions, now).catch((error: unknown) => {
        throw new CommitError(`could not store what changed: ${error instanceof Error ? error.message : String(error)}`);
      });
      storedFor(this.#deps.clock.monotonic() - began);
    }
    const changed = differs(running.state, outcome.state);
    running.state = this.#jumped === jumped ? outcome.state : shifted(outcome.state, this.#jumped - jumped);
    if (changed) this.#deps.onChanged(rule.key);
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

  async #decide(rule: AlertRule, running: Running, vector: Vector, now: number, queries: Queries): Promise<Evaluation> {
    const { clock, query, runbookOf, externalLabels, externalUrl } = this.#deps;
    const context: EvaluationContext = {
      now,
      runbookOf,
      queries,
      ...(externalLabels !== undefined && { externalLabels }),
      ...(externalUrl !== undefined && { externalUrl }),
    };
    const outcome = evaluateRule(rule, running.state, vector, context);
    const { reads, offsetMs } = rule;
    const overlaps = now < this.#overlapUntil + (reads.ranged ? (reads.reaches.at(-1) ?? 0) : 0);
    if (!outcome.decided || (!overlaps && clock.monotonic() >= this.#settle.untilMonotonic)) return outcome;
    // Where the clock was set back, several samples of a series are old and new ones in a jumble: nothing follows from them.
    if (overlaps && reads.ranged) return evaluateRule(rule, running.state, vector, { ...context, known: () => false });
    const since = (metric: string | undefined): number =>
      (overlaps ? this.#newest.get(metric ?? '') : undefined) ?? this.#settle.since - offsetMs;
    const known = await freshSeries(query, rule, now - offsetMs, { since, exactly: overlaps });
    return evaluateRule(rule, running.state, vector, { ...context, known });
  }

  /** Milliseconds until time alone may change the result: a `for` that runs out, or samples that go out of sight. */
  #dueIn({ rule, state }: Running): number {
    const now = this.#timeline.now();
    let due = Infinity;
    if (rule.kind === 'alert') {
      due = dueAt(rule, state);
      // One that is due already waits for samples to know by: they ask for the next evaluation themselves.
      if (due <= now) due = now + MIN_GAP_MS * 10;
    }
    if (rule.reads.metrics !== 'any') {
      for (const metric of rule.reads.metrics) {
        const newest = this.#newest.get(metric);
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
