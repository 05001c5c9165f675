import type { QueryPort } from '../../objectives/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { RuleState } from '../alerts/index.ts';
import { evaluateRule, type Evaluation, type EvaluationContext } from './evaluate-rule.ts';
import { freshSeries } from './freshness.ts';
import type { AlertRule } from '../rules/index.ts';

/** For so long after a start or a jump of the clock, decisions need samples from after it. */
const SETTLE_MS = 120_000;

export type Vector = Parameters<typeof evaluateRule>[2];

/** The newest samples of what rules look at, and which of them may be believed after a start or a jump of the clock. */
export class TrustedSamples {
  readonly #clock: Clock;
  readonly #query: QueryPort;
  /** The newest sample's time of each metric. */
  readonly #newest = new Map<string, number>();
  #since = 0;
  #untilMonotonic = 0;
  /** The clock was set back from here: until it is here again, new samples stand among old ones. */
  #overlapUntil = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, query: QueryPort) {
    this.#clock = clock;
    this.#query = query;
    this.#settle();
  }

  newest(metric: string): number | undefined {
    return this.#newest.get(metric);
  }

  arrived(metric: string, newest: number): void {
    this.#newest.set(metric, newest);
  }

  /** Forgets all other metrics. */
  keep(metrics: { has(metric: string): boolean }): void {
    for (const metric of this.#newest.keys()) if (!metrics.has(metric)) this.#newest.delete(metric);
  }

  jumped(byMs: number): void {
    this.#settle();
    if (byMs < 0) this.#overlapUntil = Math.max(this.#overlapUntil, this.#clock.now() - byMs);
    for (const [metric, time] of this.#newest) this.#newest.set(metric, time + byMs);
  }

  /** What follows from the vector at `context.now`: where something is decided, by samples that may be believed alone. */
  async decide(rule: AlertRule, state: RuleState, vector: Vector, context: EvaluationContext): Promise<Evaluation> {
    const outcome = evaluateRule(rule, state, vector, context);
    const { reads, offsetMs } = rule;
    const overlaps = context.now < this.#overlapUntil + (reads.ranged ? (reads.reaches.at(-1) ?? 0) : 0);
    if (!outcome.decided || (!overlaps && this.#clock.monotonic() >= this.#untilMonotonic)) return outcome;
    // Where the clock was set back, several samples of a series are old and new ones in a jumble: nothing follows from them.
    if (overlaps && reads.ranged) return evaluateRule(rule, state, vector, { ...context, known: () => false });
    const since = (metric: string | undefined): number => (overlaps ? this.#newest.get(metric ?? '') : undefined) ?? this.#since - offsetMs;
    const known = await freshSeries(this.#query, rule, context.now - offsetMs, { since, exactly: overlaps });
    return evaluateRule(rule, state, vector, { ...context, known });
  }

  #settle(): void {
    this.#since = this.#clock.now();
    this.#untilMonotonic = this.#clock.monotonic() + SETTLE_MS;
  }
}
