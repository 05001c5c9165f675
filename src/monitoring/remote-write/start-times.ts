/** Senders name a counter's start with every sample: by series, the start that was named last. */
export class StartTimes {
  #starts = new Float64Array(1024);

  /** Whether the series has not named this start the last time. */
  isNew(id: number, start: number): boolean {
    if (id >= this.#starts.length) {
      const larger = new Float64Array(Math.max(id + 1, this.#starts.length * 2));
      larger.set(this.#starts);
      this.#starts = larger;
    }
    if (this.#starts[id] === start) return false;
    this.#starts[id] = start;
    return true;
  }
}
