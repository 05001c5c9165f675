import type { Session } from 'chdb';
import { Problem } from '../problem.ts';

/** A place in the pool. What a failed statement leaves in its session comes first in the session's next answer. */
interface Place {
  session: Session;
  soiled: boolean;
}

interface Waiting {
  readonly take: (place: Place) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * A session runs one statement at a time, so a statement waits for a free one, in order and not for ever. After a statement failed its
 * session is never used again: another one takes its place.
 */
export class SessionPool {
  readonly #size: number;
  readonly #free: Place[];
  readonly #patienceMs: number;
  readonly #open: () => Session;
  #waiting: Waiting[] = [];
  #closed = false;

  /** `open` makes a session like those given; it throws when the engine won't. */
  constructor(sessions: readonly Session[], patienceMs: number, open: () => Session) {
    this.#size = sessions.length;
    this.#free = sessions.map((session) => ({ session, soiled: false }));
    this.#patienceMs = patienceMs;
    this.#open = open;
  }

  /** @throws Problem 503 when no session came free in time or a fresh one can't be had, or what `use` throws */
  async with<T>(use: (session: Session) => Promise<T>): Promise<T> {
    const place = await this.#take();
    try {
      if (place.soiled) this.#renew(place);
      return await use(place.session);
    } catch (error) {
      place.soiled = true;
      throw error;
    } finally {
      this.#give(place);
    }
  }

  /** The new one is opened first: when that fails, the place stays what it is, and who comes next tries again. */
  #renew(place: Place): void {
    let fresh: Session;
    try {
      fresh = this.#open();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message.trim() : String(cause);
      throw new Problem(503, 'engine-failed', `The column store opens no session: ${why}`, { retryAfter: 5, cause });
    }
    const old = place.session;
    place.session = fresh;
    place.soiled = false;
    old.close();
  }

  /** Waits for what runs, but no longer than this. False when something still does: its session stays open. */
  async close(withinMs: number): Promise<boolean> {
    this.#closed = true;
    for (const { timer } of this.#waiting) clearTimeout(timer);
    this.#waiting = [];
    const until = performance.now() + withinMs;
    while (this.#free.length < this.#size && performance.now() < until) await new Promise((next) => setTimeout(next, 5));
    for (const { session } of this.#free) session.close();
    return this.#free.length === this.#size;
  }

  #take(): Promise<Place> {
    if (this.#closed) return Promise.reject(new Problem(503, 'engine-away', 'The column store is closed.', { retryAfter: 30 }));
    const place = this.#free.pop();
    if (place) return Promise.resolve(place);
    return new Promise((take, reject) => {
      const timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter((one) => one.take !== take);
        const seconds = Math.round(this.#patienceMs / 1000);
        reject(new Problem(503, 'engine-busy', `The column store was busy with other queries for ${seconds} s.`, { retryAfter: 5 }));
      }, this.#patienceMs).unref();
      this.#waiting.push({ take, timer });
    });
  }

  #give(place: Place): void {
    const next = this.#waiting.shift();
    if (!next) {
      this.#free.push(place);
      return;
    }
    clearTimeout(next.timer);
    next.take(place);
  }
}
