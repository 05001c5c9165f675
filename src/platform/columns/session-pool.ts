import type { Session } from 'chdb';
import { Problem } from '../problem.ts';

interface Waiting {
  readonly take: (session: Session) => void;
  readonly timer: NodeJS.Timeout;
}

/** A session runs one statement at a time, so a statement waits for a free one, in order and not for ever. */
export class SessionPool {
  readonly #sessions: readonly Session[];
  readonly #free: Session[];
  readonly #patienceMs: number;
  #waiting: Waiting[] = [];
  #closed = false;

  constructor(sessions: readonly Session[], patienceMs: number) {
    this.#sessions = sessions;
    this.#free = [...sessions];
    this.#patienceMs = patienceMs;
  }

  /** @throws Problem 503 when no session came free in time, or what `use` throws */
  async with<T>(use: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.#take();
    try {
      return await use(session);
    } finally {
      this.#give(session);
    }
  }

  /** Waits for what runs, but no longer than this. False when something still does: its session stays open. */
  async close(withinMs: number): Promise<boolean> {
    this.#closed = true;
    for (const { timer } of this.#waiting) clearTimeout(timer);
    this.#waiting = [];
    const until = performance.now() + withinMs;
    while (this.#free.length < this.#sessions.length && performance.now() < until) await new Promise((next) => setTimeout(next, 5));
    for (const session of this.#free) session.close();
    return this.#free.length === this.#sessions.length;
  }

  #take(): Promise<Session> {
    if (this.#closed) return Promise.reject(new Problem(503, 'engine-away', 'The column store is closed.', { retryAfter: 30 }));
    const session = this.#free.pop();
    if (session) return Promise.resolve(session);
    return new Promise((take, reject) => {
      const timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter((one) => one.take !== take);
        const seconds = Math.round(this.#patienceMs / 1000);
        reject(new Problem(503, 'engine-busy', `The column store was busy with other queries for ${seconds} s.`, { retryAfter: 5 }));
      }, this.#patienceMs).unref();
      this.#waiting.push({ take, timer });
    });
  }

  #give(session: Session): void {
    const next = this.#waiting.shift();
    if (!next) {
      this.#free.push(session);
      return;
    }
    clearTimeout(next.timer);
    next.take(session);
  }
}
