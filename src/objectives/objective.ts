import type { Resource } from '../catalog/index.ts';
import { parseDuration } from '../platform/duration.ts';
import { burnAlertsFor, type BurnAlert } from './burn-alerts.ts';
import { compileIndicator, type Indicator } from './indicator.ts';
import type { SloSpec } from './slo-document.ts';

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
}

/** Reads a document that passed its check. */
export function objectiveOf({ name, title, spec }: Resource<SloSpec>): Objective {
  const { target, targetPercent } = spec.objectives[0]!;
  const windowMs = parseDuration(spec.timeWindow[0]!.duration);
  return {
    name,
    title: title === '' ? name : title,
    service: spec.service,
    target: target ?? Number((targetPercent! / 100).toPrecision(12)),
    windowMs,
    indicator: compileIndicator(spec.indicator.spec.ratioMetric),
    alerts: burnAlertsFor(windowMs),
  };
}
