const STEP = 1024 ** 2;
/** Larger pieces are rare: they are not kept. */
const LARGEST = 32 * STEP;

/**
 * Memory of some megabytes for what is done again and again, one at a time. Given back and asked for each time, such pieces leave the
 * process's heap in fragments several times their size.
 */
export class ReusedBytes {
  #bytes = new ArrayBuffer(0);

  /** At least so many bytes, with whatever was in them. They are the caller's until the next call. */
  take(size: number): ArrayBuffer {
    if (size > LARGEST) return new ArrayBuffer(size);
    if (size > this.#bytes.byteLength) this.#bytes = new ArrayBuffer(Math.ceil(size / STEP) * STEP);
    return this.#bytes;
  }
}
