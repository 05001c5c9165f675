import type { Channel, Outcome } from '../channels/channel.ts';
import type { Message } from '../messages/index.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Sends, with an address of the form `${NAME}` read from the environment. What the provider says is told with the name
 * in its place: a secret address gets into no list, log or ledger.
 */
export async function sendResolved(
  channel: Channel,
  message: Message,
  signal: AbortSignal,
  environment: Environment = process.env,
): Promise<Outcome> {
  const name = /^\$\{(\w+)\}$/.exec(message.address)?.[1];
  if (name === undefined) return channel.send(message, signal);
  const address = environment[name];
  if (address === undefined || address === '') {
    return { kind: 'unconfigured', error: `The address is \${${name}}, which is not set in the environment of nines.` };
  }
  const outcome = await channel.send({ ...message, address }, signal);
  const hidden = (text: string): string => text.replaceAll(address, message.address);
  return outcome.kind === 'accepted' ? { ...outcome, answer: hidden(outcome.answer) } : { ...outcome, error: hidden(outcome.error) };
}
