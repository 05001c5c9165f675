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

/** Below this a loop is quicker than a call into the runtime. */
const SHORT = 24;

/** Decodes the block to the start of `out`. False when it is damaged or doesn't have the size that it says. */
export function snappyDecode(input: Uint8Array, out: Uint8Array, size: number): boolean {
  const end = input.length;
  const view = new DataView(out.buffer, out.byteOffset, out.byteLength);
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
      if (length < SHORT) for (let k = 0; k < length; k++) out[o + k] = input[i + k] as number;
      else out.set(input.subarray(i, i + length), o);
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
    o = copyBack(out, view, o, offset, length);
  }
  return o === size;
}

/** Repeats what stands `offset` bytes before `o`. It may overlap what it makes; four bytes at a time where they are there already. */
function copyBack(out: Uint8Array, view: DataView, o: number, offset: number, length: number): number {
  const end = o + length;
  if (offset >= 4) for (; o + 4 <= end; o += 4) view.setInt32(o, view.getInt32(o - offset, true), true);
  for (; o < end; o++) out[o] = out[o - offset] as number;
  return end;
}
