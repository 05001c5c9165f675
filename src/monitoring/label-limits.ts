import type { Labels } from './series.ts';

export interface LabelLimits {
  readonly maxNameLength: number;
  readonly maxValueLength: number;
  readonly maxLabels: number;
}

export const DEFAULT_LABEL_LIMITS: LabelLimits = { maxNameLength: 1024, maxValueLength: 8192, maxLabels: 64 };

/** An object can't have a property of its own named so in the usual way. */
const IMPOSSIBLE = '__proto__';

const shown = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);

/**
 * The labels of (name, value) pairs, or what is wrong with them. Names may be any text, as in Prometheus 3. Pairs may be in any order: senders should sort them, and
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
  return labels;
}

function labelProblem(name: string, value: string, limits: LabelLimits): string | undefined {
  if (name.length > limits.maxNameLength) {
    return `has a label name of ${name.length} characters; the most is ${limits.maxNameLength} (intake.maxNameLength)`;
  }
  if (value.length > limits.maxValueLength) {
    const most = `the most is ${limits.maxValueLength} (intake.maxValueLength)`;
    return `has a value of ${value.length} characters for label ${shown(name)}; ${most}`;
  }
  return name === '' || name === IMPOSSIBLE ? `has the label name ${shown(name)}, which is not allowed` : undefined;
}
