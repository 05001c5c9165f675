/** Powers of ten that a double has exactly. */
const TEN = Float64Array.from({ length: 23 }, (_, i) => 10 ** i);
const EXACT = 2 ** 53;

const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,5})?$/;
const LONGEST = 400;

/**
 * The decimal number that stands in the bytes from `from` to `to`: sign, digits, fraction, exponent. NaN where none does;
 * `nan` and `inf` are none. What is short, as nearly all are, costs no text: a mantissa below 2^53 divided by an exact power
 * of ten is rounded once, so it is what `Number` would say.
 */
export function parseNumber(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  let negative = false;
  const sign = bytes[i];
  if (sign === 45 || sign === 43) {
    negative = sign === 45;
    i++;
  }
  let mantissa = 0;
  let fraction = -1;
  let digits = 0;
  for (; i < to; i++) {
    const byte = bytes[i] as number;
    if (byte >= 48 && byte <= 57) {
      mantissa = mantissa * 10 + (byte - 48);
      digits++;
    } else if (byte === 46 && fraction < 0) fraction = digits;
    else return slowly(bytes, from, to);
  }
  if (digits === 0) return NaN;
  const places = fraction < 0 ? 0 : digits - fraction;
  if (mantissa >= EXACT || places > 22) return slowly(bytes, from, to);
  const value = mantissa / (TEN[places] as number);
  return negative ? -value : value;
}

function slowly(bytes: Uint8Array, from: number, to: number): number {
  if (to - from > LONGEST) return NaN;
  const text = latin1(bytes, from, to);
  return DECIMAL.test(text) ? Number(text) : NaN;
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}
