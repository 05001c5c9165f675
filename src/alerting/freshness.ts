import type { QueryPort } from '../objectives/index.ts';
import type { Rule } from './rule.ts';

/**
 * After a start, and after a jump of the clock, a series may only seem to be gone, or hold what it said before: nothing is
 * decided on it until its own samples have come in since. Answers whether that is so for the series that an alert's labels
 * stand for: each of them that can be seen has a sample from `since` on, and there is one.
 */
export async function freshSince(
  query: QueryPort,
  rule: Rule,
  at: number,
  since: number,
): Promise<(labels: Readonly<Record<string, string>>) => boolean> {
  const { selectors } = rule.reads;
  if (selectors.length === 0) return () => true;
  const found = await Promise.all(selectors.map((selector) => query.instant(`timestamp(${selector})`, at)));
  const series = found.flat();
  // Labels that the rule itself sets say nothing of the series.
  const own = new Set(['alertname', ...rule.labels.map(([name]) => name)]);
  return (labels) => {
    const meant = series.filter((one) =>
      Object.entries(one.labels).every(([name, value]) => own.has(name) || labels[name] === undefined || labels[name] === value),
    );
    return meant.length > 0 && meant.every(({ value }) => value * 1000 >= since);
  };
}
