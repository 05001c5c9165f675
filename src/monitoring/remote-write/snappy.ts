/**
 * The Snappy block format, decoded into memory that the caller provides: the size is known, and refused, before any is taken.
 * Source: https://github.com/google/snappy/blob/main/format_description.txt
 */

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

/** From here on a call into the runtime is quicker than a loop. */
const LONG = 48;
/** Copies go eight bytes at a time and may go this far beyond their end, where nothing stands yet. */
const OVERSHOOT = 8;

/**
 * Decodes the block to the start of `out`; what is beyond `size` there may be overwritten. False when it is damaged or doesn't have the
 * size that it says.
 */
export function snappyDecode(input: Uint8Array, out: Uint8Array, size: number): boolean {
  const end = input.length;
  const from = new DataView(input.buffer, input.byteOffset, input.byteLength);
  const to = new DataView(out.buffer, out.byteOffset, out.byteLength);
  const lastIn = end - OVERSHOOT;
  const lastOut = out.length - OVERSHOOT;
  let i = 0;
  let o = 0;
  while (i < end && (input[i++] as number) > 127);
  while (i < end) {
    const tag = input[i++] as number;
    const kind = tag & 3;
    let length: number;
    if (kind === 0) {
      length = (tag >> 2) + 1;
      if (length > 60) {
        const bytes = length - 60;
        if (i + bytes > end) return false;
        length = 1;
        for (let k = 0; k < bytes; k++) length += (input[i++] as number) * 2 ** (8 * k);
      }
      if (i + length > end || o + length > size) return false;
      if (length >= LONG) out.set(input.subarray(i, i + length), o);
      else if (i + length <= lastIn && o + length <= lastOut) {
        for (let k = 0; k < length; k += 8) {
          to.setInt32(o + k, from.getInt32(i + k, true), true);
          to.setInt32(o + k + 4, from.getInt32(i + k + 4, true), true);
        }
      } else for (let k = 0; k < length; k++) out[o + k] = input[i + k] as number;
      i += length;
      o += length;
      continue;
    }
    let offset: number;
    if (kind === 1) {
      length = ((tag >> 2) & 7) + 4;
      offset = ((tag >> 5) << 8) | (input[i] as number);
      i += 1;
    } else {
      length = (tag >> 2) + 1;
      offset = (input[i] as number) | ((input[i + 1] as number) << 8);
      i += 2;
      if (kind === 3) {
        offset += ((input[i] as number) | ((input[i + 1] as number) << 8)) * 65_536;
        i += 2;
      }
    }
    // Past the end of the input `offset` is made of undefined, which is 0 here.
    if (i > end || offset === 0 || offset > o || o + length > size) return false;
    const stop = o + length;
    // It may overlap what it makes: so many bytes at a time only where those are there already.
    if (offset >= 8 && stop <= lastOut) {
      for (let at = o; at < stop; at += 8) {
        const low = to.getInt32(at - offset, true);
        const high = to.getInt32(at - offset + 4, true);
        to.setInt32(at, low, true);
        to.setInt32(at + 4, high, true);
      }
    } else for (let at = o; at < stop; at++) out[at] = out[at - offset] as number;
    o = stop;
  }
  return o === size;
}
