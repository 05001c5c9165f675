/**
 * Samples that are older than what the recent window holds (a backfill, a sender that was away), from the moment they are
 * acknowledged until the engine has them. Kept by segment of the intake log, because that is how the engine gets them.
 */
interface LateSample {
  readonly time: number;
  /** The value's bits. */
  readonly low: number;
  readonly high: number;
}

export class LateSamples {
  readonly #segments = new Map<number, Map<number, LateSample[]>>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(segment: number, id: number, time: number, words: Uint32Array, i: number): void {
    let bySeries = this.#segments.get(segment);
    if (!bySeries) this.#segments.set(segment, (bySeries = new Map()));
    let samples = bySeries.get(id);
    if (!samples) bySeries.set(id, (samples = []));
    samples.push({ time, low: words[2 * i] as number, high: words[2 * i + 1] as number });
    this.#count++;
  }

  /** The engine has the segment's samples. */
  drop(segment: number): void {
    for (const samples of this.#segments.get(segment)?.values() ?? []) this.#count -= samples.length;
    this.#segments.delete(segment);
  }

  /** The series' late samples with `from <= time <= to`, oldest first, the first to arrive first where times are equal. */
  of(id: number, from: number, to: number): readonly LateSample[] {
    if (this.#count === 0) return [];
    const found: LateSample[] = [];
    for (const bySeries of this.#segments.values()) {
      for (const sample of bySeries.get(id) ?? []) if (sample.time >= from && sample.time <= to) found.push(sample);
    }
    return found.sort((a, b) => a.time - b.time);
  }
}

export type { LateSample };
