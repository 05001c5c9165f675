/**
 * Go's math.Pow, which Prometheus' `^` is. JavaScript's own is a digit off where it could be exact: `5 ** -4` is not `1 / 625`.
 * Source of the special cases: https://pkg.go.dev/math#Pow
 */
export function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Infinity)) return 1;
  if (base === 0 || base - base !== 0) return base ** exponent;
  if (exponent === 0.5) return Math.sqrt(base);
  if (exponent === -0.5) return 1 / Math.sqrt(base);
  const whole = Math.abs(exponent);
  return Number.isInteger(whole) && whole < 2 ** 31 ? wholePower(base, exponent, whole) : base ** exponent;
}

/** By squaring, fraction and exponent apart: nothing overflows on the way, and only the products are rounded. */
function wholePower(base: number, exponent: number, whole: number): number {
  let fraction = 1;
  let two = 0;
  let [square, squareTwo] = parts(base);
  for (let rest = whole; rest > 0; rest >>= 1) {
    if (Math.abs(squareTwo) > 4096) {
      // Far beyond what a number can be, whatever else comes.
      two += squareTwo;
      break;
    }
    if ((rest & 1) === 1) {
      fraction *= square;
      two += squareTwo;
    }
    square *= square;
    squareTwo *= 2;
    if (square < 0.5) {
      square *= 2;
      squareTwo--;
    }
  }
  return exponent < 0 ? timesTwoTo(1 / fraction, -two) : timesTwoTo(fraction, two);
}

const FLOAT = new DataView(new ArrayBuffer(8));

/** The number as a fraction of at least a half and below one, by its size, and a power of two. Finite, and not 0. */
function parts(value: number): [fraction: number, two: number] {
  FLOAT.setFloat64(0, value);
  const high = FLOAT.getUint32(0);
  const biased = (high >>> 20) & 0x7ff;
  if (biased === 0) {
    const [fraction, two] = parts(value * 2 ** 54);
    return [fraction, two - 54];
  }
  FLOAT.setUint32(0, ((high & 0x800fffff) | (1022 << 20)) >>> 0);
  return [FLOAT.getFloat64(0), biased - 1022];
}

/** Rounded once, also where the result has fewer digits than others. */
function timesTwoTo(value: number, two: number): number {
  const [fraction, own] = parts(value);
  const all = own + two;
  if (all > 1024) return fraction * Infinity;
  return all < -1021 ? fraction * 2 ** Math.max(all + 60, -1060) * 2 ** -60 : fraction * 2 * 2 ** (all - 1);
}
