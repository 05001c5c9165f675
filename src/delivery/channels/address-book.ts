import type { Channel, Outcome } from './channel.ts';

/** Where something that has a name is. */
export interface BookedAddress {
  readonly address: string;
  /** A webhook's, such as `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A webhook gets the message's `data` alone: what it takes is someone else's format. */
  readonly bare?: boolean;
  /** A key of the account that sends, in place of that of the settings. */
  readonly credential?: string;
}

/**
 * Looks up what an address such as `receiver:db/webhook_configs/0` stands for when the message leaves: a secret is in no table,
 * list or log, and one that was changed meanwhile is the new one. Undefined: the address is one itself.
 */
export type AddressBook = (address: string) => Promise<BookedAddress | { readonly problem: string } | undefined>;

/** The channel, with addresses looked up. What the provider says is told without the secrets. */
export function withBook(channel: Channel, book: AddressBook): Channel {
  return {
    ...channel,
    ...(channel.ways && { ways: channel.ways.map((way) => withBook(way, book)) }),
    async send(message, signal): Promise<Outcome> {
      const found = await book(message.address);
      if (found === undefined) return channel.send(message, signal);
      if ('problem' in found) return { kind: 'unconfigured', error: found.problem };
      const outcome = await channel.send({ ...message, ...found }, signal);
      const secrets = [found.address, found.credential ?? '', ...Object.values(found.headers ?? {})].filter((one) => one.length > 3);
      const hidden = (text: string): string => secrets.reduce((told, one) => told.replaceAll(one, message.address), text);
      return outcome.kind === 'accepted' ? { ...outcome, answer: hidden(outcome.answer) } : { ...outcome, error: hidden(outcome.error) };
    },
  };
}
