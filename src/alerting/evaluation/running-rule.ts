import type { RuleState } from '../alerts/index.ts';
import type { SharedResults } from '../../monitoring/index.ts';
import type { Rule } from '../rules/index.ts';
import type { Written } from './write-series.ts';

/** A rule in force, and how its last evaluation went. */
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

/** The turn of an interval: what has the same interval shares its time and parts of its work. */
export interface Tick {
  /** Undefined: whenever it comes to its turn. */
  readonly at: number | undefined;
  readonly shared: SharedResults | undefined;
}

/** A rule as its evaluator has it. */
export interface RunningRule extends RuleStatus {
  rule: Rule;
  state: RuleState;
  health: 'ok' | 'err' | 'unknown';
  lastError: string;
  lastEvaluation: number | undefined;
  evaluationTime: number;
  /** What it cost, in milliseconds: see WorkWatch. */
  costMs: number;
  /** What an evaluation at arrival took of late, in milliseconds. */
  arrivalMs: number;
  /** Its series, or those of its alerts. */
  written: Written;
  inFlight: Promise<void>;
  /** The turn that it is to take. */
  tick: Tick | undefined;
  /** Rules of its group that take their turn before it, as long as they have not. */
  waits: number;
  /** Those that wait for it. */
  followers: RunningRule[];
}

export function newRunningRule(rule: Rule, state: RuleState = new Map()): RunningRule {
  return {
    rule,
    state,
    health: 'unknown',
    lastError: '',
    lastEvaluation: undefined,
    evaluationTime: 0,
    costMs: 0,
    arrivalMs: 0,
    written: new Map(),
    inFlight: Promise.resolve(),
    tick: undefined,
    waits: 0,
    followers: [],
  };
}
