import type { Outcome } from '../channels/channel.ts';

/**
 * What is known of a provider's health (a circuit breaker). `closed`: messages go to it. `open`: none does before
 * `retryAt`. `half-open`: one message is with it to see whether it works again; `retryAt` is when that one counts as lost.
 */
export interface Breaker {
  readonly state: 'closed' | 'open' | 'half-open';
  /** Failures in a row. */
  readonly failures: number;
  /** How often it has opened without working in between. */
  readonly opens: number;
  readonly retryAt: number;
  /** What went wrong the last time. */
  readonly error: string;
  /** Since when it is in trouble: the first of the failures in a row. */
  readonly since: number;
}

export const CLOSED: Breaker = { state: 'closed', failures: 0, opens: 0, retryAt: 0, error: '', since: 0 };

const FAILURES_TO_OPEN = 3;
/** The first pause, and the longest: a provider that is back is noticed within half a minute. */
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 30_000;
/** A provider may ask for more patience than that (429 with Retry-After), up to this. */
const LONGEST_ASKED_MS = 300_000;
/** A probe that has said nothing for so long died with its process. */
export const PROBE_MS = 60_000;
/** How long the others wait for a probe before they look again. */
const AWAIT_PROBE_MS = 2_000;

/** Whether a message may go to the provider now; as its probe; or not before a time. */
export type Admission = { readonly kind: 'yes' } | { readonly kind: 'probe' } | { readonly kind: 'wait'; readonly until: number };

export function admission(breaker: Breaker, now: number): Admission {
  if (breaker.state === 'closed') return { kind: 'yes' };
  if (now >= breaker.retryAt) return { kind: 'probe' };
  const until = breaker.state === 'open' ? breaker.retryAt : Math.min(breaker.retryAt, now + AWAIT_PROBE_MS);
  return { kind: 'wait', until };
}

/** While a message probes. */
export const probing = (breaker: Breaker, now: number): Breaker => ({ ...breaker, state: 'half-open', retryAt: now + PROBE_MS });

/**
 * After a message was with the provider. Three failures in a row open it, a failed probe too, and so does a provider
 * that asks for patience. A refusal is an answer: it works.
 */
export function afterTry(breaker: Breaker, outcome: Outcome, now: number): Breaker {
  if (outcome.kind === 'unconfigured') return breaker;
  if (outcome.kind !== 'failed' || !outcome.channelDown) return CLOSED;
  const failures = breaker.failures + 1;
  const failed = { ...breaker, failures, error: outcome.error.slice(0, 500), since: breaker.since || now };
  // It began before the breaker opened, and says nothing new.
  if (breaker.state === 'open') return failed;
  const asked = Math.min(LONGEST_ASKED_MS, outcome.retryAfterMs ?? 0);
  if (breaker.state === 'closed' && failures < FAILURES_TO_OPEN && asked === 0) return failed;
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** breaker.opens);
  return { ...failed, state: 'open', opens: breaker.opens + 1, retryAt: now + Math.max(pause, asked) };
}
