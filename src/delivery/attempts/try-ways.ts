import type { Clock } from '../../platform/clock.ts';
import type { Sql } from '../../platform/sql/index.ts';
import { admit, type Provider } from '../breakers/index.ts';
import type { Channel, Outcome } from '../channels/channel.ts';
import type { Message } from '../messages/index.ts';
import { sendResolved } from './resolve-address.ts';

/** One provider's part in an attempt. */
export interface Try {
  readonly provider: Provider;
  readonly outcome: Outcome;
  readonly at: number;
  readonly tookMs: number;
  /** It was in trouble before: what came of this changes that. */
  readonly troubled: boolean;
}

/** What became of handing a message to the providers of a channel, one after the other. */
export interface Tried {
  readonly tries: readonly Try[];
  /** The first time at which a provider that was passed over may be asked again. */
  readonly waitUntil: number | undefined;
}

/**
 * Hands a message to the first provider of its channel that takes it. One whose breaker is open is passed over, one that
 * fails is followed by the next within this attempt. A refusal is final: it is about the address or the message.
 */
export async function tryWays(
  { sql, clock }: { sql: Sql; clock: Clock },
  channel: Channel,
  message: Message,
  signal: AbortSignal,
): Promise<Tried> {
  const tries: Try[] = [];
  let waitUntil: number | undefined;
  for (const way of channel.ways ?? [channel]) {
    const provider = { channel: channel.name, peer: (await way.peerOf?.(message)) ?? way.peer(message.address) };
    const admitted = await admit(sql, provider, clock.now());
    if (admitted.kind === 'wait') {
      waitUntil = Math.min(waitUntil ?? Infinity, admitted.until);
      continue;
    }
    const at = clock.now();
    const began = clock.monotonic();
    const outcome = await sendResolved(way, message, signal);
    tries.push({ provider, outcome, at, tookMs: Math.round(clock.monotonic() - began), troubled: admitted.troubled });
    if (outcome.kind !== 'failed' || signal.aborted) break;
  }
  return { tries, waitUntil };
}
