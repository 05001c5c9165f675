/** What the contract test of channels needs to know of each of them. */
import type { Channel } from '../../../src/delivery/channels/channel.ts';
import type { Shown } from '../../../src/delivery/channels/provider-double.ts';
import type { Clock } from '../../../src/platform/clock.ts';

/** The other side of a channel: a real server where a free one runs, else a strict double. */
export interface OtherSide extends AsyncDisposable {
  readonly port: number;
  /** Whom it does not know. */
  readonly stranger: string;
  /** What its readers have seen, in order, as soon as there are `count`. */
  shown(count: number): Promise<readonly Shown[]>;
  /** Why it refused what it was sent. */
  readonly refused: readonly string[];
  /** How it answers what comes next, in its own words; not for a server that can't be told to. */
  mood?(mood: 'well' | 'too many' | 'broken'): void;
}

export interface Given {
  readonly port: number;
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** Of the account: `right` is. */
  readonly token: string;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

/** One row: how a channel is made and reached, and what it promises beyond what all of them do. */
export interface Terms {
  readonly start: () => Promise<OtherSide>;
  readonly make: (given: Given) => Channel;
  /** The address of whom it knows; with the token where whoever has the address may send. */
  readonly address: (url: string, token: string) => string;
  /** Where the token is: in the settings (a wrong one is mended there, and the message waits), in the address, or there is none. */
  readonly token: 'settings' | 'address' | 'none';
  /** What the answer that is kept looks like: the provider's name for the message where it gives one. */
  readonly answer: RegExp;
  /** Who takes it is whom it is for: 'sent' is 'delivered' as well. */
  readonly delivered?: true;
  /** A second copy has what the first one is known by. Otherwise the provider has nothing of the kind. */
  readonly key: boolean;
  /** Of the page's two links (the one that acknowledges, the page itself), those that it carries. */
  readonly links: 0 | 1 | 2;
  /** What its buttons send back, in the words of chat. */
  readonly answers?: readonly string[];
  /** How it says in words that it can be answered. */
  readonly invites?: string;
  /** The end of a page ends it there, too: what is shown of that. */
  readonly closes?: RegExp;
  /** There is no limit: nothing is cut. */
  readonly whole?: true;
  /** A text as its readers see it, where that differs: without what its alphabet lacks. */
  readonly reads?: (text: string) => string;
  /** Only the title is told. */
  readonly titleOnly?: true;
  /** Milliseconds that it asks for when there is too much. */
  readonly asks?: number;
  /** Any 2xx is a yes: nothing tells its receivers apart. `but no page`: what looks like a web page is none. */
  readonly anything?: 'really' | 'but no page';
  /** The address whose other side never answers, where that is no matter of a port. */
  readonly hanging?: string;
  /** Before it is sent to someone else at `port`. */
  readonly prepare?: (port: number) => Promise<void>;
  /** It speaks no HTTP: an answer in HTTP is silence to it, or nonsense. */
  readonly protocol?: 'smtp' | 'irc';
}
