/**
 * The best k rows so far, the worst of them on top of a heap; NaN is worse than any number. Which of equals has to go is
 * left to the heap: it moves as Go's does, so that it is the same one as in Prometheus.
 */
export class WorstFirst {
  readonly rows: number[] = [];
  private readonly k: number;
  private readonly valueOf: (row: number) => number;

  constructor(k: number, valueOf: (row: number) => number) {
    this.k = k;
    this.valueOf = valueOf;
  }

  offer(row: number): void {
    const { rows } = this;
    if (rows.length < this.k) {
      rows.push(row);
      this.up(rows.length - 1);
      return;
    }
    const worst = this.valueOf(rows[0]!);
    const value = this.valueOf(row);
    if (!(worst < value || (worst !== worst && value === value))) return;
    rows[0] = row;
    this.down(0);
  }

  private worse(i: number, j: number): boolean {
    const a = this.valueOf(this.rows[i]!);
    return a !== a || a < this.valueOf(this.rows[j]!);
  }

  private up(from: number): void {
    for (let child = from; child > 0;) {
      const parent = (child - 1) >> 1;
      if (!this.worse(child, parent)) return;
      this.swap(child, parent);
      child = parent;
    }
  }

  private down(from: number): void {
    for (let parent = from; ;) {
      let child = 2 * parent + 1;
      if (child >= this.rows.length) return;
      if (child + 1 < this.rows.length && this.worse(child + 1, child)) child++;
      if (!this.worse(child, parent)) return;
      this.swap(child, parent);
      parent = child;
    }
  }

  private swap(i: number, j: number): void {
    const row = this.rows[i]!;
    this.rows[i] = this.rows[j]!;
    this.rows[j] = row;
  }
}
