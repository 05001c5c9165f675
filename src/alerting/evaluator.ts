/**
 * Evaluates rules when their samples arrive, when time alone changes them, and on a slow tick. One rule's slowness or
 * failure is its own: it is noted as the rule's health, and the others go on. Above 150 lines: it holds the state that an
 * evaluation, a jump of the clock and an edit of the rules all change, and they must be seen together.
 */
import { SharedResults, sharedParts, type SampleSink } from '../monitoring/index.ts';
import type { QueryPort } from '../objectives/index.ts';
import type { Clock, Timer } from '../platform/clock.ts';
import type { AlertState, AlertTransition } from './alert.ts';
import { alertSeries } from './alert-series.ts';
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
import { rulesBefore } from './rule-order.ts';
import { Schedule, type Next } from './schedule.ts';
import { Queries, Sample, type QueryAnswer } from './template/index.ts';
import { Timeline } from './timeline.ts';
import { watchWork, type WorkWatch } from './work-watch.ts';
import { writeSeries, type Written } from './write-series.ts';

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
  /** What it cost, in milliseconds: see WorkWatch. */
  costMs: number;
  /** Its series, or those of its alerts. */
  written: Written;
  inFlight: Promise<void>;
  /** The turn of its interval that it is to take: what has the same interval shares its time and parts of its work. */
  tick: Tick | undefined;
  /** Rules of its group that take their turn before it, as long as they have not. */
  waits: number;
  /** Those that wait for it. */
  followers: Running[];
  /** What an evaluation at arrival took of late, in milliseconds. */
  arrivalMs: number;
}

interface Tick {
  /** Undefined: whenever it comes to its turn. */
  readonly at: number | undefined;
  readonly shared: SharedResults | undefined;
}

/** The rules of an interval. */
interface Beat {
  readonly keys: string[];
  readonly parts: ReadonlySet<string>;
  timer: Timer | undefined;
}

const CONCURRENCY = 8;
const MIN_GAP_MS = 100;
/** So long at a time may evaluation hold the thread. */
const SLICE_MS = 8;
/** A rule that takes 50 ms is evaluated at most every second: arrival must not eat the machine. */
const REST_PER_WORK = 20;
/** All rules together: a pass over those that arrival concerns is followed by so many times its work in rest, and more where it is long. */
const REST_PER_PASS = 4;
const LONG_PASS_MS = 500;
/** The most that a rule's first evaluation at arrival counts. */
const FIRST_ARRIVAL_MS = 1;
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
  #beats = new Map<number, Beat>();
  #before = new Map<string, readonly string[]>();
  /** What all rules together take at arrival, in milliseconds. */
  #passMs = 0;
  #sliceEnd = 0;
  #stopped = false;
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
      const idle = { inFlight: Promise.resolve(), tick: undefined, waits: 0, followers: [], arrivalMs: 0 };
      next.set(rule.key, known ?? { rule, ...fresh, evaluationTime: 0, costMs: 0, written: new Map(), ...idle });
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
    this.#begin(added, { at: undefined, shared: undefined });
    this.#beat();
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
    this.#begin(alerting, { at: undefined, shared: undefined });
  }

  arrived(metrics: ReadonlySet<string>, newest: number): void {
    const ahead = newest - this.#timeline.now();
    // A sender whose clock is a little ahead: its samples are seen once our clock has come so far.
    const inMs = ahead > 0 && ahead < 60_000 ? ahead : 0;
    for (const metric of metrics) {
      const keys = this.#byMetric.get(metric);
      if (keys === undefined) continue;
      this.#newest.set(metric, newest);
      for (const key of keys) this.#arrive(key, inMs);
    }
    for (const key of this.#anyMetric) this.#arrive(key, Math.max(inMs, ANY_METRIC_MS));
  }

  /** Where there are so many rules that arrival alone would keep the machine busy, each waits for its interval, as in Prometheus. */
  #arrive(key: string, inMs: number): void {
    const running = this.#rules.get(key);
    if (running !== undefined && this.#passRestMs < running.rule.intervalMs / 2) this.#schedule.request(key, inMs);
  }

  get #passRestMs(): number {
    return this.#passMs * (this.#passMs > LONG_PASS_MS ? REST_PER_WORK : REST_PER_PASS);
  }

  idle(): Promise<void> {
    return this.#schedule.idle();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { timer } of this.#beats.values()) timer?.cancel();
    this.#schedule.stop();
    await Promise.all([...this.#rules.values()].map(({ inFlight }) => inFlight));
  }

  #index(rules: readonly Rule[]): void {
    this.#byMetric = new Map();
    this.#anyMetric = [];
    this.#passMs = [...this.#rules.values()].reduce((sum, { arrivalMs }) => sum + arrivalMs, 0);
    this.#before = new Map();
    const groups = grouped(rules, ({ source, group }) => `${source}\u0000${group}`);
    for (const group of groups.values()) for (const [key, before] of rulesBefore(group)) this.#before.set(key, before);
    for (const { key, kind, reads } of rules) {
      // What a recording rule writes is a sample at each interval, as its readers expect, and not one for each arrival.
      if (kind === 'record') continue;
      if (reads.metrics === 'any') this.#anyMetric.push(key);
      else for (const metric of reads.metrics) this.#byMetric.set(metric, [...(this.#byMetric.get(metric) ?? []), key]);
    }
    for (const metric of this.#newest.keys()) if (!this.#byMetric.has(metric)) this.#newest.delete(metric);
  }

  /** One timer an interval; its turns stand at multiples of it, so that samples of recording rules are evenly spaced. */
  #beat(): void {
    for (const { timer } of this.#beats.values()) timer?.cancel();
    this.#beats = new Map();
    const byInterval = grouped(this.#rules.values(), ({ rule }) => rule.intervalMs);
    for (const [intervalMs, running] of byInterval) {
      const beat: Beat = {
        keys: running.map(({ rule }) => rule.key),
        parts: sharedParts(running.map(({ rule }) => rule.parsed)),
        timer: undefined,
      };
      this.#beats.set(intervalMs, beat);
      this.#next(intervalMs, beat);
    }
  }

  #next(intervalMs: number, beat: Beat): void {
    if (this.#stopped) return;
    const now = this.#timeline.now();
    beat.timer = this.#deps.clock.after(intervalMs - (now % intervalMs), () => {
      const at = Math.floor(this.#timeline.now() / intervalMs) * intervalMs;
      const running = beat.keys.map((key) => this.#rules.get(key)).filter((one) => one !== undefined);
      this.#begin(running, { at, shared: new SharedResults(beat.parts) });
      this.#next(intervalMs, beat);
    });
  }

  /** A turn for all of these. Who has not yet had the one before misses this one. */
  #begin(rules: readonly Running[], tick: Tick): void {
    const taking = rules.filter((running) => running.tick === undefined);
    for (const running of taking) {
      running.tick = tick;
      running.waits = 0;
      for (const key of this.#before.get(running.rule.key) ?? []) {
        const earlier = this.#rules.get(key);
        if (earlier?.tick === undefined) continue;
        earlier.followers.push(running);
        running.waits++;
      }
    }
    if (taking.length < rules.length) this.#deps.onMissed(rules.length - taking.length);
    for (const running of taking) if (running.waits === 0) this.#turn(running);
  }

  #turn({ rule, tick }: Running): void {
    this.#schedule.request(rule.key, tick?.at === undefined ? this.#firstTick(rule) : 0, true);
  }

  /** Its turn is over: those that waited for it may have theirs. */
  #over(running: Running): void {
    running.tick = undefined;
    const { followers } = running;
    running.followers = [];
    for (const follower of followers) if (--follower.waits === 0) this.#turn(follower);
  }

  /** The series of a rule that is no more end with it, and nobody waits for it. */
  async #end(running: Running): Promise<void> {
    this.#over(running);
    // What can't be written ends by itself, once it is out of sight.
    await writeSeries(this.#deps.sink, running.written, [], this.#timeline.now()).catch(() => undefined);
  }

  /** Spreads new rules over a second, so that a thousand of them aren't due at once. */
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
    if (running.rule.kind === 'alert' && !this.#deps.decides()) {
      if (running.waits === 0) this.#over(running);
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
    // Without the wait for the database: a rule that has just fired must not rest before its next alert.
    const tookMs = work.tookMs();
    // What is slow once was held up by something else; a heavy rule is slow each time, and by its own doing.
    const costMs = work.costMs();
    const steadyMs = Math.min(costMs, running.costMs);
    running.costMs = costMs;
    running.evaluationTime = tookMs / 1000;
    if (tick !== undefined) this.#over(running);
    this.#reckon(running, costMs, tick === undefined);
    running.health = error === undefined ? 'ok' : 'err';
    running.lastError = error?.message ?? '';
    onEvaluated(rule, tookMs / 1000, error);
    const worked = steadyMs * REST_PER_WORK;
    // A turn of its interval must not delay what arrives right after it.
    const restMs = Math.min(rule.intervalMs, tick === undefined ? Math.max(MIN_GAP_MS, worked, this.#passRestMs) : worked);
    if (rule.kind === 'record') return { inMs: Infinity, restMs: 0 };
    if (error instanceof CommitError) return { inMs: COMMIT_RETRY_MS, restMs: 0 };
    if (error !== undefined) return { inMs: Math.min(rule.intervalMs, RETRY_MS), restMs };
    return { inMs: this.#dueIn(running), restMs };
  }

  /** What arrival takes. After a busy moment it is believed to be less with each turn: else alerts would wait for their interval for ever. */
  #reckon(running: Running, tookMs: number, atArrival: boolean): void {
    const before = running.arrivalMs;
    // What is slow once was held up by something else, and the first time says little.
    if (atArrival) running.arrivalMs = Math.min(tookMs, before === 0 ? FIRST_ARRIVAL_MS : before * 1.5);
    else if (tookMs < before) running.arrivalMs = Math.max(tookMs, before / 2);
    this.#passMs += running.arrivalMs - before;
  }

  async #evaluate(running: Running, tick: Tick | undefined, work: WorkWatch): Promise<void> {
    const { rule } = running;
    // An alert that was looked at since, at arrival, is not taken back to what was known then.
    const joins = tick?.at !== undefined && (rule.kind === 'record' || tick.at > (running.lastEvaluation ?? Number.NEGATIVE_INFINITY));
    const now = joins ? tick.at : this.#timeline.now();
    running.lastEvaluation = now;
    const shared = joins ? tick.shared : undefined;
    const vector = await this.#deps.query.instant(rule.parsed, now - rule.offsetMs, shared && { shared });
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

  async #decide(rule: AlertRule, running: Running, vector: Vector, now: number, queries: Queries): Promise<Evaluation> {
    const { clock, query, runbookOf, docsOf, externalUrl } = this.#deps;
    const { externalLabels = this.#deps.externalLabels } = rule;
    const context: EvaluationContext = {
      now,
      runbookOf,
      queries,
      ...(docsOf !== undefined && { docsOf }),
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
      // Not after a whole second: that is when samples come, and it would rest then.
      if (due <= now) due = now + MIN_GAP_MS * 9.5;
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

function grouped<T, K>(all: Iterable<T>, keyOf: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  }
  return groups;
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
