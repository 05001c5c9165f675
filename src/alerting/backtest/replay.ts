/** A rule over the past: what it would have fired, by the very function that decides in the present. */
import { Breath } from '../../platform/columns/index.ts';
import type { AlertState, RuleState } from '../alerts/index.ts';
import { evaluateRule, type Evaluation, type RuleSample } from '../evaluation/index.ts';
import type { AlertRule } from '../rules/index.ts';
import { Queries, type QueryAnswer } from '../template/index.ts';

/** The result of the rule's expression at a time. */
export interface Turn {
  /** The evaluation's time in milliseconds; the expression was asked at `at` minus the rule's offset. */
  readonly at: number;
  readonly vector: readonly RuleSample[];
}

export interface Firing {
  readonly alert: AlertState;
  readonly firedAt: number;
  /** Null where it still fires at the end. */
  readonly resolvedAt: number | null;
}

export interface Replay {
  /** In the order in which they fired. */
  readonly firings: readonly Firing[];
  /** Alerts at the end. */
  readonly state: RuleState;
  readonly evaluations: number;
  readonly failed: number;
  /** The first failure's words. */
  readonly failure: string | null;
  /** More fired than are listed. */
  readonly leftOut: number;
}

export interface ReplayContext {
  /** Answers queries in templates. */
  readonly answer: (expr: string, at: number) => Promise<QueryAnswer>;
  readonly externalLabels?: Readonly<Record<string, string>>;
  readonly externalUrl?: string;
  /** Told after each turn what the rule's alerts are: the next turn may depend on it. */
  readonly after?: (at: number, state: RuleState) => void;
}

/** A rule that fires more often than this in the time looked at needs no list. */
const MOST_FIRINGS = 50_000;
const ANNOTATIONS: ReadonlySet<string> = new Set(['summary']);

export async function replay(given: AlertRule, turns: AsyncIterable<Turn>, context: ReplayContext): Promise<Replay> {
  // Whatever else an alert says changes nothing about when it fires.
  const rule = { ...given, annotations: given.annotations.filter(([name]) => ANNOTATIONS.has(name)) };
  const breath = new Breath();
  const firings: { alert: AlertState; firedAt: number; resolvedAt: number | null }[] = [];
  const open = new Map<string, { resolvedAt: number | null }>();
  const tally = { evaluations: 0, failed: 0, failure: null as string | null, leftOut: 0 };
  let state: RuleState = new Map();
  for await (const turn of turns) {
    if (breath.due) await breath.take();
    tally.evaluations++;
    if (turn.vector.length > 0 || state.size > 0) {
      try {
        const outcome = await decide(rule, state, turn, context);
        state = outcome.state;
        for (const { to, alert } of outcome.transitions) note(to, alert, turn.at);
      } catch (error) {
        // As in the present: the alerts stay as they are, and the next turn has its own chance.
        tally.failed++;
        tally.failure ??= error instanceof Error ? error.message : String(error);
      }
    }
    context.after?.(turn.at, state);
  }
  return { firings, state, ...tally };

  function note(to: 'firing' | 'resolved', alert: AlertState, at: number): void {
    if (to === 'resolved') {
      const one = open.get(alert.fingerprint);
      if (one !== undefined) one.resolvedAt = at;
      open.delete(alert.fingerprint);
    } else if (firings.length < MOST_FIRINGS) {
      const one = { alert, firedAt: at, resolvedAt: null };
      firings.push(one);
      open.set(alert.fingerprint, one);
    } else tally.leftOut++;
  }
}

async function decide(rule: AlertRule, state: RuleState, { at, vector }: Turn, context: ReplayContext): Promise<Evaluation> {
  const queries = new Queries();
  const { externalLabels = context.externalLabels } = rule;
  const { externalUrl } = context;
  const input = { now: at, queries, ...(externalLabels !== undefined && { externalLabels }), ...(externalUrl !== undefined && { externalUrl }) };
  let outcome = evaluateRule(rule, state, vector, input);
  while (await queries.resolve((expr) => context.answer(expr, at))) outcome = evaluateRule(rule, state, vector, input);
  return outcome;
} // prettier-ignore
