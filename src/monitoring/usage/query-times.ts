/** One query that was asked, and what became of it. */
export interface AskedQuery {
  readonly query: string;
  /** `web`, `grafana`, `api`, …, or `nines` itself. */
  readonly asker: string;
  /** When it was asked, milliseconds since the epoch. */
  readonly at: number;
  /** Milliseconds it waited for a place, and milliseconds that it took from there. */
  readonly queueMs: number;
  readonly evalMs: number;
  readonly samples: number;
  /** Why there was no answer. */
  readonly problem: string | undefined;
}

const HOUR_MS = 3_600_000;
const MOST_SLOW = 100;
/** The newest queries, whose times the percentiles are of. */
const MOST_TIMES = 2048;
const LONGEST_TEXT = 2000;

/** The slowest queries of the last hour, and the times of the newest. */
export class QueryTimes {
  #slow: AskedQuery[] = [];
  readonly #times = new Float64Array(MOST_TIMES);
  #count = 0;

  note(asked: AskedQuery): void {
    const took = asked.queueMs + asked.evalMs;
    this.#times[this.#count++ % MOST_TIMES] = took;
    const last = this.#slow.at(-1);
    if (last && this.#slow.length >= MOST_SLOW && took <= last.queueMs + last.evalMs && asked.at - last.at < HOUR_MS) return;
    this.#slow.push({ ...asked, query: asked.query.slice(0, LONGEST_TEXT) });
    this.#slow = this.slowest(asked.at, MOST_SLOW);
  }

  /** Of the last hour, the slowest first. */
  slowest(now: number, limit: number): AskedQuery[] {
    return this.#slow
      .filter(({ at }) => now - at <= HOUR_MS)
      .sort((a, b) => b.queueMs + b.evalMs - (a.queueMs + a.evalMs))
      .slice(0, limit);
  }

  /** Milliseconds that the share of the newest queries took at most; null before the first. */
  quantile(share: number): number | null {
    const known = this.#times.slice(0, Math.min(this.#count, MOST_TIMES)).sort();
    return known.length === 0 ? null : (known[Math.min(known.length - 1, Math.floor(share * known.length))] as number);
  }

  get count(): number {
    return this.#count;
  }
}
