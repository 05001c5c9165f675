import type { Health } from '../../platform/health.ts';
import type { Channel, Outcome } from '../channels/channel.ts';

/** More failing peers than this are not told apart. */
const MAX_PEERS = 20;

/** Ways to send that every nines has. */
const EXPECTED: ReadonlySet<Channel['name']> = new Set(['email', 'webhook']);

/**
 * Says in `delivery.<channel>` how a channel is: degraded while a peer of it (the mail server, a webhook's host) does
 * not take messages, ok again with the first message that it takes.
 */
export function createChannelHealth(
  health: Health,
  { name, unset }: Pick<Channel, 'name' | 'unset'>,
): { after(peer: string, outcome: Outcome, waiting: () => Promise<number>): Promise<void> } {
  const component = `delivery.${name}`;
  const failing = new Map<string, string>();
  // Of the others there is something to say once a message wants them.
  if (EXPECTED.has(name)) health.report(component, unset === undefined ? 'ok' : 'degraded', unset);
  return {
    async after(peer, outcome, waiting) {
      if (outcome.kind === 'unconfigured') {
        health.report(component, 'degraded', outcome.error);
        return;
      }
      const down = outcome.kind === 'failed' && outcome.channelDown;
      // A refusal is an answer too: the peer works.
      if (!down && outcome.kind !== 'failed') failing.delete(peer);
      if (down && (failing.size < MAX_PEERS || failing.has(peer))) failing.set(peer, outcome.error);
      if (failing.size === 0) return health.report(component, 'ok');
      const causes = [...failing].map(([name, error]) => `${name} does not take messages (${error}).`);
      const count = await waiting();
      const wait = count === 1 ? '1 message waits' : `${count} messages wait`;
      health.report(component, 'degraded', `${causes.join(' ')} ${wait} and will be tried again; nothing is lost.`);
    },
  };
}
