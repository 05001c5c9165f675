/**
 * The Snappy block format: the size is known, and refused, before any memory is taken.
 * Source: https://github.com/google/snappy/blob/main/format_description.txt
 */
import { SNAPPY_CODE } from './snappy-code.ts';

/** The size that the block says it has when decoded, or -1 when it doesn't begin with one. */
export function snappySize(input: Uint8Array): number {
  let size = 0;
  for (let i = 0; i < 5 && i < input.length; i++) {
    const byte = input[i] as number;
    size += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) return size < 2 ** 32 ? size : -1;
  }
  return -1;
}

/** The code goes this far, at most, beyond the block that it reads and the bytes that it makes. */
const SLACK = 64;
const PAGE = 65_536;
/** Places of the block's elements, and of where they go: see snappy.wat. */
type Decode = (from: number, to: number, out: number, size: number) => number;
let compiled: WebAssembly.Module | undefined;

/** Decodes into memory of its own, of a size that stays: WebAssembly, as that copies eight bytes at a time (see snappy.wat). */
export class SnappyDecoder {
  readonly #bytes: Uint8Array;
  readonly #decode: Decode;

  /** @param room bytes for a block and what it decodes to, together */
  constructor(room: number) {
    const memory = new WebAssembly.Memory({ initial: Math.ceil((room + 2 * SLACK) / PAGE) });
    compiled ??= new WebAssembly.Module(Buffer.from(SNAPPY_CODE, 'base64'));
    const { exports } = new WebAssembly.Instance(compiled, { nines: { memory } });
    this.#decode = exports['decode'] as Decode;
    this.#bytes = new Uint8Array(memory.buffer);
  }

  /** Whether there is room for a block of so many bytes that decodes to `size`. */
  fits(block: number, size: number): boolean {
    return block + size + 2 * SLACK <= this.#bytes.length;
  }

  /** Whether the bytes are this decoder's own: the next block overwrites them. */
  owns(bytes: Uint8Array): boolean {
    return bytes.buffer === this.#bytes.buffer;
  }

  /**
   * What the block decodes to, `size` bytes, in this decoder's memory. Undefined when it is damaged or doesn't have the size that it says.
   * @throws RangeError when there is no room for it
   */
  decode(block: Uint8Array, size: number): Uint8Array | undefined {
    if (!this.fits(block.length, size)) throw new RangeError(`no room to decode ${block.length} bytes to ${size}`);
    let begin = 0;
    while (begin < block.length && (block[begin++] as number) > 127);
    this.#bytes.set(block, 0);
    const out = block.length + SLACK;
    if (this.#decode(begin, block.length, out, size) === 0) return undefined;
    return this.#bytes.subarray(out, out + size);
  }
}
