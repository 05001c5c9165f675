/** Growing arrays for the samples of a request. Used again and again, they cost no garbage. */
export class SampleScratch {
  ids = new Uint32Array(2048);
  times = new Float64Array(2048);
  /** The values' bits. */
  words = new Uint32Array(4096);

  reserve(samples: number): void {
    if (samples <= this.ids.length) return;
    const length = this.ids.length * 2;
    const ids = new Uint32Array(length);
    const times = new Float64Array(length);
    const words = new Uint32Array(length * 2);
    ids.set(this.ids);
    times.set(this.times);
    words.set(this.words);
    this.ids = ids;
    this.times = times;
    this.words = words;
  }
}
