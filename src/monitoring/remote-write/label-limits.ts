import type { Labels } from '../series.ts';

export interface LabelLimits {
  readonly maxNameLength: number;
  readonly maxValueLength: number;
  readonly maxLabels: number;
}

export const DEFAULT_LABEL_LIMITS: LabelLimits = { maxNameLength: 1024, maxValueLength: 8192, maxLabels: 64 };

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/** Label names are few and come again with every series. */
const known = new Set<string>();

function isLabelName(name: string): boolean {
  if (known.has(name)) return true;
  // An object can't have a property of its own named __proto__ in the usual way.
  if (!LABEL_NAME.test(name) || name === '__proto__') return false;
  if (known.size < 10_000) known.add(name);
  return true;
}

const shown = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);

/**
 * The labels of (name, value) pairs, or what is wrong with them. Pairs may be in any order: senders should sort them, and
 * it costs nothing to take them as they are.
 */
export function checkLabels(pairs: readonly (readonly [name: string, value: string])[], limits: LabelLimits): Labels | string {
  const labels: Record<string, string> = {};
  const metric = pairs.find(([name]) => name === '__name__')?.[1];
  if (!metric) return 'a series has no metric name (label __name__)';
  if (pairs.length > limits.maxLabels)
    return `series ${shown(metric)} has ${pairs.length} labels; the most is ${limits.maxLabels} (intake.maxLabels)`;
  for (const [name, value] of pairs) {
    const wrong = labelProblem(name, value, limits) ?? (Object.hasOwn(labels, name) ? `has label ${shown(name)} twice` : undefined);
    if (wrong) return `series ${shown(metric)} ${wrong}`;
    labels[name] = value;
  }
  if (!METRIC_NAME.test(metric)) return `${shown(metric)} is no metric name`;
  return labels;
}

function labelProblem(name: string, value: string, limits: LabelLimits): string | undefined {
  if (name.length > limits.maxNameLength) {
    return `has a label name of ${name.length} characters; the most is ${limits.maxNameLength} (intake.maxLabelName)`;
  }
  if (value.length > limits.maxValueLength) {
    const most = `the most is ${limits.maxValueLength} (intake.maxLabelValue)`;
    return `has a value of ${value.length} characters for label ${shown(name)}; ${most}`;
  }
  return isLabelName(name) ? undefined : `has the label name ${shown(name)}, which is not allowed`;
}
