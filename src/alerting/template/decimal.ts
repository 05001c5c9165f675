/** Floating-point numbers as Go's strconv writes them: exact, halves to even. JavaScript rounds halves up. */

/** |value| as a fraction. */
function fraction(value: number): { over: bigint; under: bigint } {
  const bits = new BigUint64Array(Float64Array.of(Math.abs(value)).buffer)[0]!;
  const exponent = Number(bits >> 52n);
  const mantissa = bits & 0xfffffffffffffn;
  const whole = exponent === 0 ? mantissa : mantissa | 0x10000000000000n;
  const power = (exponent === 0 ? 1 : exponent) - 1075;
  return power >= 0 ? { over: whole << BigInt(power), under: 1n } : { over: whole, under: 1n << BigInt(-power) };
}

/** |value| · 10^scale, rounded. */
function scaled(value: number, scale: number): bigint {
  let { over, under } = fraction(value);
  if (scale >= 0) over *= 10n ** BigInt(scale);
  else under *= 10n ** BigInt(-scale);
  const whole = over / under;
  const rest = (over % under) * 2n;
  return rest > under || (rest === under && whole % 2n === 1n) ? whole + 1n : whole;
}

const minus = (value: number): string => (value < 0 || Object.is(value, -0) ? '-' : '');

/** Go's %.{digits}f of a finite number. */
export function fixed(value: number, digits: number): string {
  const text = scaled(value, digits)
    .toString()
    .padStart(digits + 1, '0');
  return minus(value) + (digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`);
}

/** Significant digits, and the power of ten of the first one. */
function significant(value: number, digits: number): { text: string; exponent: number } {
  if (value === 0) return { text: '0'.repeat(digits), exponent: 0 };
  let exponent = Number(value.toExponential(20).split('e')[1]);
  let text = scaled(value, digits - 1 - exponent).toString();
  if (text.length > digits) {
    exponent++;
    text = text.slice(0, digits);
  }
  return { text, exponent };
}

const power = (exponent: number): string => `e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;

/** Go's %.{digits}e of a finite number. */
export function exponential(value: number, digits: number): string {
  const { text, exponent } = significant(value, digits + 1);
  return `${minus(value)}${text[0]}${digits > 0 ? `.${text.slice(1)}` : ''}${power(exponent)}`;
}

/** Go's %.{precision}g, of any number. */
export function general(value: number, precision: number): string {
  if (!Number.isFinite(value)) return goFloat(value);
  const digits = Math.max(1, precision);
  const { text, exponent } = significant(value, digits);
  const strip = (decimal: string): string => {
    if (!decimal.includes('.')) return decimal;
    let end = decimal.length;
    while (decimal[end - 1] === '0') end--;
    return decimal.slice(0, decimal[end - 1] === '.' ? end - 1 : end);
  };
  if (exponent >= -4 && exponent < digits) return strip(fixed(value, digits - 1 - exponent));
  return `${minus(value)}${strip(`${text[0]}.${text.slice(1)}`)}${power(exponent)}`;
}

/** Go's %v of a float64: the shortest digits that read back, with an exponent below 1e-4 and from 1e6. */
export function goFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return minus(value) + '0';
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e6) return String(value);
  return shortestExponential(value);
}

/** Go's FormatFloat(v, 'e', -1, 64). */
export function shortestExponential(value: number): string {
  if (!Number.isFinite(value)) return goFloat(value);
  const [mantissa, exponent] = value.toExponential().split('e');
  return `${Object.is(value, -0) ? '-' : ''}${mantissa}${power(Number(exponent))}`;
}
