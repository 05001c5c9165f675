import type { Severity } from '../catalog/contract.ts';

/** An alert that nines itself asks for, in the terms of a Prometheus rule: what an objective stands behind, or a probe. */
export interface RuleDefinition {
  readonly name: string;
  readonly expr: string;
  /** Milliseconds that the condition must hold. */
  readonly forMs: number;
  /** Milliseconds that the alert goes on firing after its condition ended. */
  readonly keepFiringForMs: number;
  readonly severity: Severity;
  readonly service: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** Templates, as in a rule file. */
  readonly annotations: Readonly<Record<string, string>>;
}
