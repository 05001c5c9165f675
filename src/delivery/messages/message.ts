import type { ChannelName } from '../../catalog/index.ts';

/** A message to one address by one channel. */
export interface Message {
  /** What makes it the same message: sent again with the same key, it is not sent again. Goes out as the deduplication key. */
  readonly key: string;
  readonly channel: ChannelName;
  /** In the form of its channel: an e-mail address, a URL, a room; or `${NAME}` of the environment. */
  readonly address: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  readonly attachments?: readonly Attachment[];
  /** Structured content for webhooks; in `native` what is in the provider's own format: see native.ts. */
  readonly data?: Record<string, unknown>;
  /** 0 for pages, 1 for the news of one, 5 ordinary. Pages (0 and 1) have a lane of their own, so that a pile of ordinary messages never delays one. */
  readonly priority: number;
  /** The one thing to do about it: a big button in the mail, `data.action` in the webhook. Forgotten once it is sent, like the text. */
  readonly action?: { readonly label: string; readonly url: string };
  /** Milliseconds; now by default: not sent before (quiet hours). */
  readonly notBefore?: number;
  /** As it leaves: where answers to a mail go. */
  readonly replyTo?: string;
  /** As it leaves: its id, for what a provider tells of it later. */
  readonly delivery?: string;
  /** For the ledger. */
  readonly service?: string | null;
  /** What it takes the place of, where the reader's app can do that: the same for each new telling of one thing. */
  readonly replaces?: string;
  /** Whom it is for and what about (`page/<id>`), for lists, the ledger, and as the thread that its mails belong to. */
  readonly person?: string | null;
  readonly about?: string | null;
  readonly reason: string;
  /** Of what an address book found as it left, and never kept: see channels/address-book.ts. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly bare?: boolean;
  /** A key of the account that sends, in place of that of the settings. */
  readonly credential?: string;
}

export interface Attachment {
  readonly name: string;
  readonly type: string;
  /** Base 64. */
  readonly content: string;
  /** Referred to in html as `cid:…`. */
  readonly cid?: string;
}
