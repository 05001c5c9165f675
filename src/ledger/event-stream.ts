import { Readable } from 'node:stream';
import type { Clock, Timer } from '../platform/clock.ts';
import type { LedgerEvent } from './contract.ts';
import type { Ledger } from './ledger.ts';
import { matchesFilter, type EventFilter } from './event-filter.ts';

/** How often a comment is sent where nothing else is, so that proxies and clients know the stream to be alive. */
const HEARTBEAT_MS = 15_000;
/** A client that has read nothing for so long, with more waiting, gives its place to another. */
const PATIENCE_MS = 60_000;
const PAGE = 500;

/**
 * Server-sent events of the feed: everything after `marker`, then what is appended, each once and in order. The table
 * is the buffer: a client that reads slowly is fed from it at its own pace, so that it costs 64 KiB and no more.
 */
export class EventStream extends Readable {
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #filter: EventFilter;
  #unsubscribe: () => void = () => undefined;
  #timer: Timer | undefined;
  /** Every event up to here was sent or did not match. */
  #seen: number | undefined;
  /** The newest that this process has heard of. */
  #heard = 0;
  #pumping = false;
  /** Since when the client has not taken what waits for it. */
  #fullSince: number | undefined;

  constructor(deps: { ledger: Ledger; clock: Clock }, filter: EventFilter, marker: number | undefined) {
    super({ highWaterMark: 64 * 1024, encoding: 'utf8' });
    this.#ledger = deps.ledger;
    this.#clock = deps.clock;
    this.#filter = filter;
    // Before anything is read, so that nothing can happen unheard in between.
    this.#unsubscribe = this.#ledger.subscribe((event) => this.#hear(event));
    this.#beat();
    void this.#begin(marker).catch((error: unknown) => this.#cut(`the feed cannot be read (${String(error)})`));
  }

  async #begin(marker: number | undefined): Promise<void> {
    this.#pumping = true;
    const newest = (await this.#ledger.read({ order: 'desc', limit: 1 })).marker;
    this.#heard = Math.max(this.#heard, newest);
    // A marker from before the feed was made anew would wait for ever.
    this.#seen = Math.min(marker ?? newest, newest);
    this.push(`retry: 2000\nid: ${this.#seen}\n: events after ${this.#seen}\n\n`);
    this.#pumping = false;
    await this.#pump();
  }

  override _read(): void {
    this.#fullSince = undefined;
    this.#wake();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#unsubscribe();
    this.#timer?.cancel();
    done(error);
  }

  /** Says why as the last thing, and ends. The client comes back with the id of the last event it got. */
  #cut(why: string): void {
    if (this.readableEnded || this.destroyed) return;
    this.#unsubscribe();
    this.#timer?.cancel();
    this.push(`: closed: ${why.replace(/\s+/g, ' ')}; connect again with Last-Event-ID\n\n`);
    this.push(null);
  }

  close(why: string): void {
    this.#cut(why);
  }

  #hear(event: LedgerEvent): void {
    this.#heard = Math.max(this.#heard, event.marker);
    // The common case without a query: the next event, nothing being read, and room for it.
    if (!this.#pumping && this.#fullSince === undefined && this.#seen !== undefined && event.marker === this.#seen + 1) this.#send(event);
    else this.#wake();
  }

  #send(event: LedgerEvent): void {
    this.#seen = event.marker;
    if (!matchesFilter(event, this.#filter)) return;
    if (!this.push(`id: ${event.marker}\ndata: ${JSON.stringify(event)}\n\n`)) this.#fullSince ??= this.#clock.monotonic();
  }

  #wake(): void {
    void this.#pump().catch((error: unknown) => this.#cut(`the feed cannot be read (${String(error)})`));
  }

  /** Sends from the table until it has caught up or the client's buffer is full. */
  async #pump(): Promise<void> {
    if (this.#pumping || this.#seen === undefined) return;
    this.#pumping = true;
    try {
      while (!this.destroyed && this.#fullSince === undefined && this.#seen < this.#heard) {
        const heard = this.#heard;
        const { events } = await this.#ledger.read({ marker: this.#seen, limit: PAGE });
        // Nothing there after all, unless something was heard of while the table was read.
        if (events.length === 0 && this.#heard === heard) this.#heard = this.#seen;
        for (const event of events) {
          if (this.#fullSince !== undefined || this.destroyed) break;
          this.#send(event);
        }
      }
    } finally {
      this.#pumping = false;
    }
  }

  #beat(): void {
    this.#timer = this.#clock.after(HEARTBEAT_MS, () => {
      if (this.destroyed || this.readableEnded) return;
      if (this.#fullSince === undefined) {
        // The id lets a client whose filter matches little resume from here and not from its last match.
        if (this.#seen !== undefined) this.push(`id: ${this.#seen}\n: heartbeat\n\n`);
        // What another process on the same database appended is heard of here.
        this.#heard = Math.max(this.#heard, (this.#seen ?? 0) + 1);
        this.#wake();
      } else if (this.#clock.monotonic() - this.#fullSince >= PATIENCE_MS) {
        this.#cut('nothing was read for a minute');
        return;
      }
      this.#beat();
    });
  }
}
