const NEWLINE = 10;

/**
 * Cuts a stream of bytes into whole lines. What is left of a chunk waits for the next one; a line that is longer than allowed is
 * skipped to its end and told once, so that the lines after it are not lost.
 */
export class LineSplitter {
  readonly #maxLine: number;
  readonly #tooLong: (start: Uint8Array) => void;
  #rest: Uint8Array = new Uint8Array(0);
  #skipping = false;

  constructor(maxLine: number, tooLong: (start: Uint8Array) => void) {
    this.#maxLine = maxLine;
    this.#tooLong = tooLong;
  }

  /** Whole lines, the last with its newline, or nothing yet. The bytes may be the chunk's own. */
  push(chunk: Uint8Array): Uint8Array {
    const last = chunk.lastIndexOf(NEWLINE);
    if (last < 0) {
      this.#keep(chunk);
      return chunk.subarray(0, 0);
    }
    let whole = chunk.subarray(0, last + 1);
    if (this.#skipping) whole = whole.subarray(whole.indexOf(NEWLINE) + 1);
    this.#skipping = false;
    if (this.#rest.length > 0) whole = Buffer.concat([this.#rest, whole]);
    this.#rest = new Uint8Array(0);
    this.#keep(chunk.subarray(last + 1));
    return whole;
  }

  /** The last line of a stream that ended without a newline. */
  end(): Uint8Array {
    const rest = this.#rest;
    this.#rest = new Uint8Array(0);
    return rest;
  }

  #keep(part: Uint8Array): void {
    if (part.length === 0 || this.#skipping) return;
    if (this.#rest.length + part.length > this.#maxLine) {
      this.#tooLong(this.#rest.length > 0 ? this.#rest : part.subarray(0, this.#maxLine));
      this.#rest = new Uint8Array(0);
      this.#skipping = true;
      return;
    }
    // Its own bytes: the chunk's memory goes back to the socket.
    this.#rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, part]) : Uint8Array.from(part);
  }
}
