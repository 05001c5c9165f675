import type { Severity } from '../../catalog/contract.ts';
import type { ResponseTimes } from './contract.ts';
import type { PageOfWeek } from './occurrences.ts';

/** What each class promises where no policy says otherwise, in milliseconds; null where nobody waits for an answer. On-call keeps the watch. */
const USUAL_MS: Readonly<Record<Severity, number | null>> = { critical: 30 * 60_000, today: 24 * 3_600_000, eventually: null };

/** What this page was promised, from its beginning: its policy may say longer, and a page for today may be told of on Monday. */
export const promisedMs = ({ severity, promisedBy, triggeredAt }: PageOfWeek): number | null =>
  promisedBy === null ? USUAL_MS[severity] : promisedBy - triggeredAt;

/** How long an answer took: someone acknowledged, or said that it is over. Null while nobody did. */
export function responseMs({ triggeredAt, respondedAt, acknowledgedAt, resolvedByHand, resolvedAt }: PageOfWeek): number | null {
  const answered = respondedAt ?? acknowledgedAt ?? (resolvedByHand ? resolvedAt : null);
  return answered === null ? null : answered - triggeredAt;
}

/** On-call said so as the promise ended; or the answer came later than promised, while no process was there to say so. */
export const isLate = ({ overdue, respondedAt, promisedBy }: PageOfWeek): boolean =>
  overdue || (respondedAt !== null && promisedBy !== null && respondedAt > promisedBy);

/** By class, those that were paged for. */
export function responseTimes(pages: readonly PageOfWeek[]): ResponseTimes[] {
  return (['critical', 'today', 'eventually'] as const).flatMap((severity) => {
    const its = pages.filter((page) => page.severity === severity);
    if (its.length === 0) return [];
    const took = its.map(responseMs).filter((ms) => ms !== null).sort((a, b) => a - b);
    const promised = its.map(promisedMs).filter((ms) => ms !== null);
    return [
      {
        severity,
        promisedMs: promised.length === 0 ? null : Math.min(...promised),
        promisedUpToMs: promised.length === 0 ? null : Math.max(...promised),
        pages: its.length,
        answered: took.length,
        inTime: its.filter((page) => !isLate(page)).length,
        medianMs: took.length === 0 ? null : took[Math.floor((took.length - 1) / 2)]!,
        longestMs: took.at(-1) ?? null,
      },
    ];
  });
} // prettier-ignore
