import type { Tx } from './sql.ts';

type Write = (tx: Tx, things: readonly unknown[]) => Promise<void>;

/** What one transaction, or one savepoint in it, has to do at its end: see `Tx`. */
export class Gathering {
  #hooks: (() => void)[] = [];
  #gathered = new Map<string, { things: unknown[]; write: Write }>();

  readonly afterCommit = (run: () => void): void => void this.#hooks.push(run);

  readonly gather = <T>(name: string, things: readonly T[], write: (tx: Tx, things: readonly T[]) => Promise<void>): void => {
    const known = this.#gathered.get(name) ?? { things: [], write: write as Write };
    for (const thing of things) known.things.push(thing);
    this.#gathered.set(name, known);
  };

  /** Writes what was gathered; and what that gathers in turn. */
  async write(tx: Tx): Promise<void> {
    while (this.#gathered.size > 0) {
      const gathered = [...this.#gathered.values()];
      this.#gathered.clear();
      for (const { things, write } of gathered) await write(tx, things);
    }
  }

  committed(): void {
    for (const run of this.#hooks) run();
  }

  /** What was within goes on with what is around it. */
  joins(tx: Tx): void {
    for (const [name, { things, write }] of this.#gathered) tx.gather(name, things, write);
    for (const run of this.#hooks) tx.afterCommit(run);
  }
}
