import { writeStale, type SampleSink } from '../monitoring/index.ts';
import { EvaluationError, type RuleSample } from './evaluate-rule.ts';
import type { RecordRule } from './rule.ts';

/** Series of a recording rule by their labels, as the last evaluation left them. */
export type Recorded = ReadonlyMap<string, number>;

/** Writes the result as series, and ends those that it no longer has. Throws `EvaluationError`. */
export async function recordSeries(
  sink: SampleSink,
  rule: RecordRule,
  before: Recorded,
  vector: readonly RuleSample[],
  at: number,
): Promise<Recorded> {
  const after = new Map<string, number>();
  const values: number[] = [];
  for (const sample of vector) {
    const { __name__: _, ...own } = sample.labels;
    const labels: Record<string, string> = { ...own };
    for (const [name, text] of rule.labels) labels[name] = text;
    for (const name of Object.keys(labels)) if (labels[name] === '') delete labels[name];
    labels.__name__ = rule.name;
    const key = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
    if (after.has(key)) throw new EvaluationError(`two results have the same labels once the labels of the rule are applied: ${key}`);
    after.set(key, before.get(key) ?? sink.resolve(labels));
    values.push(sample.value);
  }
  if (rule.limit > 0 && after.size > rule.limit)
    throw new EvaluationError(`${after.size} series are more than the group's limit of ${rule.limit}`);
  const gone = [...before].filter(([key]) => !after.has(key)).map(([, id]) => id);
  const ids = Uint32Array.from([...after.values(), ...gone]);
  if (ids.length === 0) return after;
  const column = new Float64Array(ids.length);
  column.set(values);
  for (let i = values.length; i < ids.length; i++) writeStale(column, i);
  await sink.append({ ids, times: new Float64Array(ids.length).fill(at), values: column });
  return after;
}
