import type { Outcome } from '../channels/channel.ts';

export interface Attempted {
  readonly outcome: Outcome;
  /** Attempts so far, this one included. */
  readonly attempts: number;
  /** When it was first due, and the time now, in milliseconds. */
  readonly dueAt: number;
  readonly now: number;
  readonly urgent: boolean;
}

export type Next = { readonly state: 'sent' | 'failed' | 'dropped' } | { readonly state: 'queued'; readonly at: number };

/** A day outlives most outages of a mail server; a message older than that only confuses. */
const GIVE_UP_AFTER = 24 * 3_600_000;
/** Nor before this many attempts: a machine that was off, or a clock that jumped, has tried nothing in the time that passed. */
const GIVE_UP_ATTEMPTS = 20;
const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = { urgent: 60_000, ordinary: 300_000 };
/** A provider may ask for patience, but not take a page out of the night. */
const LONGEST_ASKED = { urgent: 300_000, ordinary: 3_600_000 };
const UNCONFIGURED_PAUSE = 60_000;

/** What to do after an attempt: pauses grow from 5 s, to a minute for pages and five for the rest, for a day. */
export function afterAttempt({ outcome, attempts, dueAt, now, urgent }: Attempted): Next {
  if (outcome.kind === 'accepted') return { state: 'sent' };
  if (outcome.kind === 'refused') return { state: 'failed' };
  const lane = urgent ? 'urgent' : 'ordinary';
  if (outcome.kind === 'unconfigured')
    return now - dueAt >= GIVE_UP_AFTER ? { state: 'dropped' } : { state: 'queued', at: now + UNCONFIGURED_PAUSE };
  const pause = Math.min(LONGEST_PAUSE[lane], FIRST_PAUSE * 2 ** (attempts - 1));
  const asked = Math.min(LONGEST_ASKED[lane], outcome.retryAfterMs ?? 0);
  const over = now - dueAt >= GIVE_UP_AFTER && attempts >= GIVE_UP_ATTEMPTS;
  return over ? { state: 'failed' } : { state: 'queued', at: now + Math.max(pause, asked) };
}
