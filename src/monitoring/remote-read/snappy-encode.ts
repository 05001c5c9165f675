/**
 * Compresses to the Snappy block format: repetitions of four bytes and more that are at most 64 KiB back.
 * Source: https://github.com/google/snappy/blob/main/format_description.txt
 */
export function snappyEncode(input: Buffer): Buffer {
  // The format's own bound for what can't be compressed.
  const out = Buffer.allocUnsafe(32 + input.length + Math.ceil(input.length / 6));
  let at = 0;
  let rest = input.length;
  for (; rest > 127; rest = Math.floor(rest / 128)) out[at++] = (rest % 128) | 128;
  out[at++] = rest;

  const literal = (from: number, to: number): void => {
    for (let begin = from; begin < to;) {
      const length = Math.min(to - begin, 65_536);
      if (length <= 60) out[at++] = (length - 1) << 2;
      else {
        out[at++] = 61 << 2;
        out.writeUInt16LE(length - 1, at);
        at += 2;
      }
      at += input.copy(out, at, begin, begin + length);
      begin += length;
    }
  };

  /** By a hash of four bytes: where they were last, plus one. */
  const last = new Int32Array(1 << 14);
  let pending = 0;
  let i = 0;
  while (i + 4 <= input.length) {
    const word = input.readInt32LE(i);
    const slot = Math.imul(word, 0x1e35a7bd) >>> 18;
    const match = (last[slot] as number) - 1;
    last[slot] = i + 1;
    if (match < 0 || i - match > 65_535 || input.readInt32LE(match) !== word) {
      i++;
      continue;
    }
    literal(pending, i);
    let length = 4;
    while (i + length < input.length && input[match + length] === input[i + length]) length++;
    for (let left = length; left > 0;) {
      const part = Math.min(left, 64);
      out[at++] = ((part - 1) << 2) | 2;
      out.writeUInt16LE(i - match, at);
      at += 2;
      left -= part;
    }
    i += length;
    pending = i;
  }
  literal(pending, input.length);
  return out.subarray(0, at);
}
