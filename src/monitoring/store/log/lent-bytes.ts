const SMALLEST = 4096;
/** Larger pieces are rare: they are not kept. */
const LARGEST = 1024 ** 2;
const MOST_KEPT = 8 * 1024 ** 2;

/**
 * Memory for what several do at the same time and soon end, such as the records that are on their way to the disk. Asked of the system
 * each time, such pieces wait for the garbage collector by the hundred and leave the heap in fragments.
 */
export class LentBytes {
  /** By the power of two of their size. */
  readonly #free = new Map<number, ArrayBuffer[]>();
  #kept = 0;

  /** At least so many bytes, with whatever was in them. */
  take(size: number): ArrayBuffer {
    if (size > LARGEST) return new ArrayBuffer(size);
    const room = roomFor(size);
    const free = this.#free.get(room)?.pop();
    if (free === undefined) return new ArrayBuffer(room);
    this.#kept -= room;
    return free;
  }

  /** Takes back what `take` gave: nobody may read or write it from now on. */
  giveBack(bytes: ArrayBuffer): void {
    const room = bytes.byteLength;
    if (room > LARGEST || this.#kept + room > MOST_KEPT) return;
    this.#kept += room;
    const free = this.#free.get(room);
    if (free) free.push(bytes);
    else this.#free.set(room, [bytes]);
  }
}

function roomFor(size: number): number {
  let room = SMALLEST;
  while (room < size) room *= 2;
  return room;
}
