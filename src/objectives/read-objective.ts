import type { Resource } from '../catalog/index.ts';
import { parseDuration } from '../platform/duration.ts';
import { burnAlertsFor } from './burn-alerts.ts';
import { compileIndicator } from './indicator.ts';
import type { Objective } from './objective.ts';
import type { SloSpec } from './slo-spec.ts';

/** Reads a document that passed its check. */
export function objectiveOf({ name, title, spec }: Resource<SloSpec>): Objective {
  const { target, targetPercent } = spec.objectives[0]!;
  const windowMs = parseDuration(spec.timeWindow[0]!.duration);
  const { excludeMaintenance } = spec;
  const indicator = compileIndicator(spec.indicator.spec.ratioMetric);
  // What was counted with maintenance can't be mixed with what is counted without.
  const identity = excludeMaintenance ? `${indicator.identity} without maintenance` : indicator.identity;
  return {
    name,
    title: title === '' ? name : title,
    service: spec.service,
    target: target ?? Number((targetPercent! / 100).toPrecision(12)),
    windowMs,
    indicator: { ...indicator, identity },
    excludeMaintenance,
    alerts: burnAlertsFor(windowMs),
  };
}
