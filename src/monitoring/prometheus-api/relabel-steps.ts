/** What each relabelling rule of a scrape does to a target, as Prometheus' `/api/v1/targets/relabel_steps` tells it. */
import { badRequest } from '../../platform/problem.ts';
import { compileRelabel, type RelabelStep, type Scrape } from '../scrape/index.ts';
import type { Labels } from '../series.ts';

interface Step {
  readonly rule: Record<string, unknown>;
  readonly output: Labels;
  readonly keep: boolean;
}

/** @param given the labels before relabelling, as JSON; throws a 400 `Problem` where it isn't that */
export function relabelSteps({ spec: { relabel = [] } }: Scrape, given: string | null): Step[] {
  let labels = labelsOf(given);
  const steps: Step[] = [];
  for (const step of relabel) {
    const after = compileRelabel([step])(labels);
    steps.push({ rule: ruleOf(step), output: after ?? {}, keep: after !== undefined });
    // What a step drops, no later one sees.
    if (after === undefined) break;
    labels = after;
  }
  return steps;
}

function labelsOf(given: string | null): Labels {
  let labels: unknown;
  try {
    labels = JSON.parse(given ?? '');
  } catch (error) {
    throw badRequest(`invalid parameter "labels": ${(error as Error).message.slice(0, 100)}`);
  }
  const isLabels = typeof labels === 'object' && labels !== null && Object.values(labels).every((value) => typeof value === 'string');
  if (!isLabels || Array.isArray(labels)) throw badRequest('invalid parameter "labels": must be a JSON object of texts');
  return labels as Labels;
}

/** As a `relabel_config` of Prometheus. */
function ruleOf({ sourceLabels, separator, regex, modulus, targetLabel, replacement, action }: RelabelStep): Record<string, unknown> {
  return {
    ...(sourceLabels.length > 0 && { source_labels: sourceLabels }),
    separator,
    regex,
    ...(modulus !== undefined && { modulus }),
    ...(targetLabel !== undefined && { target_label: targetLabel }),
    replacement,
    action,
  };
}
