import { LimitError } from '../../platform/problem.ts';

/** For each that may be inside, so many may wait. */
const WAITING_EACH = 10;

/** Lets so many in at a time; the others wait in line, and a line too long is turned away. */
export class Gate {
  private readonly limit: number;
  private inside = 0;
  private readonly line: (() => void)[] = [];

  constructor(limit: number) {
    this.limit = Math.max(1, limit);
  }

  /** Resolves with what to call on leaving. Rejects with the signal's reason, or `LimitError` where too many wait. */
  async enter(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.inside < this.limit) this.inside++;
    else {
      if (this.line.length >= this.limit * WAITING_EACH) {
        throw new LimitError(429, 'Too many queries are waiting.', { limit: this.limit, setting: 'query.maxConcurrency', retryAfter: 5 });
      }
      await this.wait(signal);
    }
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const next = this.line.shift();
      // The place goes straight to the next in line.
      if (next === undefined) this.inside--;
      else next();
    };
  }

  private async wait(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener('abort', give);
        resolve();
      };
      const give = (): void => {
        this.line.splice(this.line.indexOf(go), 1);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', give, { once: true });
      this.line.push(go);
    });
  }
}
