import type { Matcher } from '../../monitoring/index.ts';
import { isWithin, type Times } from './recurrence.ts';

/** Nobody is told of the alerts that fit, while it is in force. Times are milliseconds; never mutated. */
export interface Silence extends Times {
  readonly id: string;
  readonly matchers: readonly Matcher[];
  /** Why: read by whoever wonders about the quiet. */
  readonly reason: string;
  /** A person's or token's name. */
  readonly createdBy: string;
  /** The Person who made it, where it is one: told before it lapses. */
  readonly person: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** When people were told that it is about to lapse; null before. */
  readonly announcedAt: number | null;
}

/** `pending`: not yet, or between two of its recurring hours. */
export type SilenceState = 'active' | 'pending' | 'expired';

export function silenceState(silence: Times, now: number): SilenceState {
  if (now >= silence.endsAt) return 'expired';
  return isWithin(silence, now) ? 'active' : 'pending';
}
