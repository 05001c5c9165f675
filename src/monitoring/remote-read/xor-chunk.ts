/**
 * Prometheus' XOR chunks: times as differences of differences, values as what changed in their bits.
 * Source: https://github.com/prometheus/prometheus/blob/main/tsdb/chunkenc/xor.go
 */

/** As many as Prometheus puts into one. */
export const SAMPLES_PER_CHUNK = 120;

class BitWriter {
  #bytes = new Uint8Array(256);
  #at = 0;
  /** Bits free in the byte before `#at`. */
  #free = 0;

  /** The lowest `count` bits, at most 32, the highest first. */
  bits(value: number, count: number): void {
    for (let left = count; left > 0;) {
      if (this.#free === 0) {
        if (this.#at === this.#bytes.length) this.#grow();
        this.#at++;
        this.#free = 8;
      }
      const take = Math.min(left, this.#free);
      const part = (value >>> (left - take)) & ((1 << take) - 1);
      this.#bytes[this.#at - 1]! |= part << (this.#free - take);
      this.#free -= take;
      left -= take;
    }
  }

  /** The 64 bits of two's complement. */
  signed64(value: number): void {
    const high = Math.floor(value / 2 ** 32);
    this.bits(high | 0, 32);
    this.bits((value - high * 2 ** 32) | 0, 32);
  }

  /** Go's PutUvarint. */
  uvarint(value: number): void {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.bits((rest % 128) | 128, 8);
    this.bits(rest, 8);
  }

  /** Go's PutVarint: zigzag. */
  varint(value: number): void {
    this.uvarint(value < 0 ? -value * 2 - 1 : value * 2);
  }

  done(): Uint8Array {
    return this.#bytes.slice(0, this.#at);
  }

  #grow(): void {
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** Whether the number fits into so many bits as Prometheus has it: the largest positive one does, the smallest negative one doesn't. */
const fits = (value: number, bits: number): boolean => value >= -(2 ** (bits - 1) - 1) && value <= 2 ** (bits - 1);

function writeTime(out: BitWriter, change: number): void {
  if (change === 0) out.bits(0, 1);
  else if (fits(change, 14)) {
    out.bits(0b10, 2);
    out.bits(change & 0x3fff, 14);
  } else if (fits(change, 17)) {
    out.bits(0b110, 3);
    out.bits(change & 0x1ffff, 17);
  } else if (fits(change, 20)) {
    out.bits(0b1110, 4);
    out.bits(change & 0xfffff, 20);
  } else {
    out.bits(0b1111, 4);
    out.signed64(change);
  }
}

/** Writes values as the XOR with the one before. Bits are taken as words: as numbers, a stale marker could change. */
class ValueWriter {
  readonly #out: BitWriter;
  #high = 0;
  #low = 0;
  #leading = 0xff;
  #trailing = 0;

  constructor(out: BitWriter) {
    this.#out = out;
  }

  first(high: number, low: number): void {
    this.#out.bits(high, 32);
    this.#out.bits(low, 32);
    this.#high = high;
    this.#low = low;
  }

  next(high: number, low: number): void {
    const out = this.#out;
    const [changedHigh, changedLow] = [(high ^ this.#high) >>> 0, (low ^ this.#low) >>> 0];
    this.#high = high;
    this.#low = low;
    if (changedHigh === 0 && changedLow === 0) {
      out.bits(0, 1);
      return;
    }
    out.bits(1, 1);
    const leading = Math.min(31, changedHigh === 0 ? 32 + Math.clz32(changedLow) : Math.clz32(changedHigh));
    const trailing = changedLow === 0 ? 32 + trailingZeros(changedHigh) : trailingZeros(changedLow);
    if (this.#leading !== 0xff && leading >= this.#leading && trailing >= this.#trailing) {
      out.bits(0, 1);
    } else {
      this.#leading = leading;
      this.#trailing = trailing;
      out.bits(1, 1);
      out.bits(leading, 5);
      // 64 doesn't fit into six bits, and 0 can't be.
      out.bits((64 - leading - trailing) & 63, 6);
    }
    this.#middle(changedHigh, changedLow);
  }

  #middle(high: number, low: number): void {
    // `leading` is at most 31: the high word has a part always, from there to its end or to where the zeros begin.
    const end = Math.max(0, this.#trailing - 32);
    const count = 32 - this.#leading - end;
    if (count > 0) this.#out.bits(high >>> end, count);
    if (this.#trailing < 32) this.#out.bits(low >>> this.#trailing, 32 - this.#trailing);
  }
}

const trailingZeros = (word: number): number => 31 - Math.clz32(word & -word);

/** The samples from `from` to `to` (exclusive), at most 65,535, whose values are given by their words (little-endian). */
export function encodeXorChunk(times: Float64Array, words: Uint32Array, from: number, to: number): Uint8Array {
  const out = new BitWriter();
  const values = new ValueWriter(out);
  out.bits(to - from, 16);
  let delta = 0;
  for (let i = from; i < to; i++) {
    const time = times[i] as number;
    const [low, high] = [words[2 * i] as number, words[2 * i + 1] as number];
    if (i === from) {
      out.varint(time);
      values.first(high, low);
      continue;
    }
    const step = time - (times[i - 1] as number);
    if (i === from + 1) out.uvarint(step);
    else writeTime(out, step - delta);
    delta = step;
    values.next(high, low);
  }
  return out.done();
}
