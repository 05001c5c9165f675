import type { GraphiteRuleSpec } from './graphite-rule-kind.ts';

/** One of the values of a window; undefined where there is none. */
export function reduced(values: Float64Array, how: GraphiteRuleSpec['reduce']): number | undefined {
  const there = values.filter((value) => !Number.isNaN(value));
  if (there.length === 0) return undefined;
  switch (how) {
    case 'last':
      return there[there.length - 1];
    case 'min':
      return there.reduce((least, value) => Math.min(least, value));
    case 'max':
      return there.reduce((most, value) => Math.max(most, value));
    case 'sum':
      return there.reduce((sum, value) => sum + value, 0);
    default:
      return there.reduce((sum, value) => sum + value, 0) / there.length;
  }
}
