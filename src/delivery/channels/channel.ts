import type { Message } from '../messages/index.ts';

/** What is known after one attempt to hand a message to a channel's provider. */
export type Outcome =
  /**
   * The provider has it: `answer` is what it said, and `ref` what it calls the message when it tells more of it later.
   * `delivered`: who took it is whom it was for, and no one on the way.
   */
  | { readonly kind: 'accepted'; readonly answer: string; readonly ref?: string; readonly delivered?: true }
  /** It may work later. `channelDown`: the channel itself is unwell, and not only this address. */
  | { readonly kind: 'failed'; readonly error: string; readonly channelDown: boolean; readonly retryAfterMs?: number }
  /** It will never work: this address or this message was turned down. */
  | { readonly kind: 'refused'; readonly error: string }
  /** There is nothing to send it with: `error` says what to set. */
  | { readonly kind: 'unconfigured'; readonly error: string };

/** nines itself stopped while it was being sent: that says nothing of the other side. */
export const STOPPED = { kind: 'failed', error: 'nines stopped before it was done', channelDown: false } as const satisfies Outcome;

/** What came of it: where nines stopped, that, and not what it looked like. */
export const unlessStopped = (signal: AbortSignal, outcome: Outcome): Outcome =>
  signal.aborted && outcome.kind === 'failed' ? STOPPED : outcome;

/** One way to reach a person. `send` never throws, is done within 20 seconds whatever the other side does, and at once when `signal` aborts. */
export interface Channel {
  readonly name: Message['channel'];
  /** Why it can't send at all, and what to set; undefined where it can. */
  readonly unset?: string;
  send(message: Message, signal: AbortSignal): Promise<Outcome>;
  /** What health calls the other side of `address`: the mail server, or the host of a webhook. */
  peer(address: string): string;
  /** The other side of this very message, where its address doesn't say: what fails there is no fault of the others. */
  peerOf?(message: Message): Promise<string>;
  /** Where there are several providers: each of them, in the order in which they are tried. */
  readonly ways?: readonly Channel[];
  /** Every address is a server of its own, such as a webhook's: none of them may take all the places. */
  readonly manyPeers?: true;
}

/** One channel of several providers: each message goes to the first that takes it. */
export function withAlternates(ways: readonly [Channel, ...Channel[]]): Channel {
  const [first] = ways;
  if (ways.length === 1) return first;
  return { ...first, ways, peer: (address) => ways.map((way) => way.peer(address)).join(', ') };
}

/** A channel without its settings: its messages wait, and are told so. Nothing to worry about until one does. */
export function unconfigured(name: Channel['name'], error: string): Channel {
  return { name, peer: () => name, send: () => Promise.resolve({ kind: 'unconfigured', error }) };
}
