import type { Severity } from '../../catalog/contract.ts';
import type { ResponseTimes } from './contract.ts';
import type { PageOfWeek } from './occurrences.ts';

/** What each class promises where no policy says otherwise, in milliseconds; null where nobody waits for an answer. On-call keeps the watch. */
export const PROMISED_MS: Readonly<Record<Severity, number | null>> = { critical: 30 * 60_000, today: 24 * 3_600_000, eventually: null };

/** How long an answer took: someone acknowledged, or said that it is over. Null while nobody did. */
export function responseMs({ triggeredAt, acknowledgedAt, resolvedByHand, resolvedAt }: PageOfWeek): number | null {
  const answered = acknowledgedAt ?? (resolvedByHand ? resolvedAt : null);
  return answered === null ? null : answered - triggeredAt;
}

/** By class, those that were paged for. */
export function responseTimes(pages: readonly PageOfWeek[]): ResponseTimes[] {
  return (['critical', 'today', 'eventually'] as const).flatMap((severity) => {
    const its = pages.filter((page) => page.severity === severity);
    if (its.length === 0) return [];
    const took = its.map(responseMs).filter((ms) => ms !== null).sort((a, b) => a - b);
    return [
      {
        severity,
        promisedMs: PROMISED_MS[severity],
        pages: its.length,
        answered: took.length,
        inTime: its.filter(({ overdue }) => !overdue).length,
        medianMs: took.length === 0 ? null : took[Math.floor((took.length - 1) / 2)]!,
        longestMs: took.at(-1) ?? null,
      },
    ];
  });
} // prettier-ignore
