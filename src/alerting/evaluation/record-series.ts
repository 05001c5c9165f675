import { EvaluationError, type RuleSample } from './evaluate-rule.ts';
import type { RecordRule } from '../rules/index.ts';
import { seriesKey, type WrittenSample } from './write-series.ts';

/** The series that a recording rule makes of its expression's result. Throws `EvaluationError`. */
export function recordSeries(rule: RecordRule, vector: readonly RuleSample[]): WrittenSample[] {
  const seen = new Set<string>();
  const samples = vector.map((sample): WrittenSample => {
    const { __name__: _, ...own } = sample.labels;
    const labels: Record<string, string> = { ...own, ...Object.fromEntries(rule.labels) };
    for (const name of Object.keys(labels)) if (labels[name] === '') delete labels[name];
    labels.__name__ = rule.name;
    const key = seriesKey(labels);
    if (seen.has(key)) throw new EvaluationError(`vector contains metrics with the same labelset after applying rule labels: ${key}`);
    seen.add(key);
    return { ...sample, labels };
  });
  if (rule.limit > 0 && samples.length > rule.limit)
    throw new EvaluationError(`exceeded limit of ${rule.limit} with ${samples.length} series`);
  return samples;
}
