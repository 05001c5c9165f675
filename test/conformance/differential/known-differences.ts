/** Differences that are there because Prometheus 3 changed its mind; docs/decisions/promql.md says more of each. */
import type { Answer } from './difference.ts';

/** The name of what makes these answers differ on purpose; undefined where they shouldn't. */
export function knownDifference(query: string, ours: Answer, theirs: Answer): string | undefined {
  // Names are dropped at the end of a query: until then series of different metrics are not the same.
  const manyNames = /__name__\s*(?:=~|!)/.test(query) || /"__name__"/.test(query);
  if (manyNames && ours.status === 'success' && /same labelset/.test(theirs.error ?? '')) return 'names dropped late';
  return undefined;
}
