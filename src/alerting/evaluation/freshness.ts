import type { QueryPort } from '../../objectives/index.ts';
import type { Rule } from '../rules/index.ts';

/** A series that had samples within this time is missed until it has one again: longer than most restarts, and than a clock's hour. */
const MISSED_MS = 2 * 3_600_000;

/** From which time on a sample says something, by its metric; `exactly` where only a sample of that very time does. */
export interface Freshness {
  since(metric: string | undefined): number;
  readonly exactly: boolean;
}

/**
 * After a start, and after a jump of the clock, a series may only seem to be gone, or hold what it said before: nothing is
 * decided on it until its own samples have come in since. Answers whether that is so for the series that an alert's labels
 * stand for: each of them that can be seen has such a sample, and there is one.
 */
export async function freshSeries(
  query: QueryPort,
  rule: Rule,
  at: number,
  { since, exactly }: Freshness,
): Promise<(labels: Readonly<Record<string, string>>) => boolean> {
  const { selectors } = rule.reads;
  if (selectors.length === 0) return () => true;
  const found = await Promise.all(
    selectors.map(async ({ text, metric }) => {
      const limit = since(metric);
      const fresh = (time: number): boolean => (exactly ? Math.abs(time - limit) < 1 : time >= limit);
      return (await query.instant(`timestamp(${text})`, at, { lookback: MISSED_MS })).map(({ labels, value }) => ({
        labels,
        fresh: fresh(value * 1000),
      }));
    }),
  );
  const series = found.flat();
  // Labels that the rule itself sets say nothing of the series.
  const own = new Set(['alertname', ...rule.labels.map(([name]) => name)]);
  return (labels) => {
    const meant = series.filter((one) =>
      Object.entries(one.labels).every(([name, value]) => own.has(name) || labels[name] === undefined || labels[name] === value),
    );
    return meant.length > 0 && meant.every(({ fresh }) => fresh);
  };
}
