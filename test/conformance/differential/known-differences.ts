/** Differences that are there because Prometheus 3 changed its mind; docs/decisions/promql.md says more of each. */
import type { Asked } from './random-query.ts';
import { difference, type Answer } from './difference.ts';

/** The name of what makes these answers differ on purpose; undefined where they shouldn't. */
export function knownDifference(query: string, { start, end, step }: Asked, ours: Answer, theirs: Answer): string | undefined {
  // Names are dropped at the end of a query: until then series of different metrics are not the same.
  const manyNames = /\bor\b|__name__\s*(?:=~|!)/.test(query) || /"__name__"/.test(query);
  if (manyNames && ours.status === 'success' && /same labelset/.test(theirs.error ?? '')) return 'names dropped late';
  if (
    /\b(?:minute|hour|day_of_week|day_of_month|day_of_year|days_in_month|month|year)\(/.test(query) &&
    JSON.stringify(ours).includes('"NaN"')
  )
    return 'the calendar of no number';
  if (/\btimestamp\([^()]*(?:@[^()]*|\b(?:start|end)\(\)[^()]*)offset|\btimestamp\([^()]*offset[^()]*@/.test(query))
    return 'timestamp of an offset @';
  // The same without the outer subquery is answered there, and is the same at each of its steps.
  const subqueries = query.match(/\[[^\]]*:[^\]]*\]/g)?.length ?? 0;
  if (subqueries > 1 && /\][^()]*@/.test(query) && /offset [^()]*@|@[^[\]]*offset/.test(query) && points(theirs) < points(ours))
    return 'an offset @ below an @ within a subquery';
  // Nor is it the same at each step of the outer one, as what is asked for one time must be, where an `@` is within another.
  if (subqueries > 1 && /@ [^[\]]*\)\[[^\]]*:[^\]]*\][^()[\]]*@/.test(query)) return 'an @ below an @ within a subquery';
  if (/\b(?:sum|avg)\b/.test(query) && difference(unsigned(ours), unsigned(theirs)) === undefined)
    return 'the sign of a zero that was added up';
  // What is wrong with an argument is wrong without a step as well; 2 never looked.
  if (
    ours.status === 'error' &&
    theirs.status === 'success' &&
    /\[[^\]]*:/.test(query) &&
    /invalid regular expression|invalid .* label name/.test(ours.error ?? '')
  )
    return 'refused even in a subquery without a step';
  const refusedByThem = ours.status === 'success' && theirs.status === 'error';
  // Prometheus evaluates a subquery up to the end of the query even where the last step is before.
  if (refusedByThem && step > 0 && (end - start) % step !== 0 && /\[[^\]]*:/.test(query))
    return 'refused for what comes after the last step';
  // … and what has an `@` where no step of the subquery around it is.
  if (refusedByThem && /\[[^\]]*:.*@|@.*\[[^\]]*:/.test(query)) return 'refused within a subquery without a step';
  return undefined;
}

/** Without what is left of the sign of a zero that something was divided by, or that an angle was reckoned from. */
const unsigned = (answer: Answer): Answer =>
  JSON.parse(
    JSON.stringify(answer)
      .replaceAll('"-Inf"', '"+Inf"')
      .replace(/"-?(?:3\.141592653589793|0)"/g, '"0"'),
  ) as Answer;

const points = ({ data }: Answer): number =>
  data?.resultType === 'scalar' || data === undefined
    ? 0
    : (data.result as readonly { values?: readonly unknown[]; histograms?: readonly unknown[] }[]).reduce(
        (sum, { values, histograms }) => sum + Math.max(1, (values?.length ?? 0) + (histograms?.length ?? 0)),
        0,
      );
