import type { Expr } from '../../monitoring/index.ts';
import type { Severity } from '../contract.ts';
import type { Reads } from './rule-selectors.ts';
import type { Template } from '../template/index.ts';

interface RuleBase {
  /** Names the rule across edits and restarts: alerts are kept under it. */
  readonly key: string;
  readonly name: string;
  readonly group: string;
  /** Where it comes from: a rule file's name, `objective`, `probe`, `scrape`, `host`. */
  readonly source: string;
  readonly expr: string;
  readonly parsed: Expr;
  readonly reads: Reads;
  /** How often it is evaluated when nothing arrives, in milliseconds. */
  readonly intervalMs: number;
  /** Most alerts or series; 0 is no limit. */
  readonly limit: number;
  /** Milliseconds into the past at which it is evaluated. */
  readonly offsetMs: number;
  /** `$externalLabels` of its templates; those of nines' settings by default. */
  readonly externalLabels?: Readonly<Record<string, string>>;
}

export interface AlertRule extends RuleBase {
  readonly kind: 'alert';
  readonly labels: readonly (readonly [string, Template])[];
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly annotations: readonly (readonly [string, Template])[];
  /** What a document says about the alert of these labels; overrides what labels and annotations say. */
  readonly overlay: ((labels: Readonly<Record<string, string>>, value: number) => AlertOverlay) | undefined;
}

export interface AlertOverlay {
  readonly severity?: Severity;
  readonly service?: string | null;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface RecordRule extends RuleBase {
  readonly kind: 'record';
  readonly labels: readonly (readonly [string, string])[];
}

export type Rule = AlertRule | RecordRule;

const CLASSES: Readonly<Record<string, Severity>> = {
  critical: 'critical', page: 'critical', emergency: 'critical', disaster: 'critical',
  eventually: 'eventually', info: 'eventually', information: 'eventually', notice: 'eventually', low: 'eventually', none: 'eventually',
}; // prettier-ignore

/** What people write as `severity`, in any spelling, as one of the three classes; all that isn't known is for today. */
export const severityOf = (label: string | undefined): Severity => CLASSES[label?.trim().toLowerCase() ?? ''] ?? 'today';
