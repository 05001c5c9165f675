/** Choices that a seed repeats. */

/** Mulberry32: a seed, and the same numbers every time. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export class Dice {
  readonly random: () => number;

  constructor(seed: number) {
    this.random = randomFrom(seed);
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.random() * items.length)]!;
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number {
    return from + Math.floor(this.random() * (to - from + 1));
  }

  /** A few of these, in their order. */
  some<T>(items: readonly T[], most: number): T[] {
    const count = this.between(0, most);
    return items.filter(() => this.chance(0.5)).slice(0, count);
  }
}
