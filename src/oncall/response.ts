import type { Severity } from '../catalog/contract.ts';

/** What each class promises: how long after it was told of someone has answered. One that waits in the queue promises nothing. */
export const PROMISED_MS: Readonly<Record<Severity, number | null>> = { critical: 30 * 60_000, today: 24 * 3_600_000, eventually: null };

export function respondBy(severity: Severity, now: number): number | null {
  const promised = PROMISED_MS[severity];
  return promised === null ? null : now + promised;
}
