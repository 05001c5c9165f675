import type { Severity } from '../catalog/contract.ts';
import type { Indicator } from './indicator.ts';

/** A pair of windows and the burn rate above which both of them alert. */
export interface BurnAlert {
  readonly severity: Severity;
  readonly burnRate: number;
  readonly longMs: number;
  readonly shortMs: number;
}

/** A promise about a service, ready to be measured. */
export interface Objective {
  readonly name: string;
  readonly title: string;
  readonly service: string;
  /** Above 0 and below 1. */
  readonly target: number;
  readonly windowMs: number;
  readonly indicator: Indicator;
  readonly alerts: readonly BurnAlert[];
  /** Minutes in which the service is under maintenance count nothing. */
  readonly excludeMaintenance: boolean;
}
