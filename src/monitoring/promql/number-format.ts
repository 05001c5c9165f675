/** Numbers as Prometheus writes them: Go's `strconv.FormatFloat(v, 'f', -1, 64)`, with `+Inf`, `-Inf` and `NaN`. */
export function formatFloat(value: number): string {
  const text = String(value);
  // JavaScript turns to an exponent from 1e21 and below 1e-6; the digits are the same shortest ones.
  if (text.length < 22 && !text.includes('e') && value - value === 0) return value === 0 && Object.is(value, -0) ? '-0' : text;
  if (value !== value) return 'NaN';
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return text.includes('e') ? withoutExponent(text) : text;
}

/** As in the JSON of Prometheus' answers: shortest digits, with an exponent from 1e21 and below 1e-6. */
export function formatJson(value: number): string {
  const text = String(value);
  return text.includes('e') ? twoDigits(text) : formatFloat(value);
}

/** Go's exponents have two digits at least. */
const twoDigits = (text: string): string => text.replace(/e([+-])(\d)$/, 'e$10$2');

function withoutExponent(text: string): string {
  const [, sign, whole, fraction = '', exponent] = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text)!;
  const digits = whole! + fraction;
  const point = 1 + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, '0')}`;
}

/** Go's `%g`, as in messages: an exponent from 1e21 and below 1e-4. */
export function formatG(value: number): string {
  if (value !== value || value - value !== 0 || value === 0) return formatFloat(value);
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e21) return formatFloat(value);
  return twoDigits(value.toExponential());
}

/** Milliseconds as seconds with up to three decimals, as in Prometheus' JSON. */
export function formatSeconds(ms: number): string {
  if (ms % 1000 === 0) return String(ms / 1000);
  const rounded = Math.round(ms);
  const size = Math.abs(rounded);
  return `${rounded < 0 ? '-' : ''}${Math.floor(size / 1000)}.${String(size % 1000).padStart(3, '0')}`;
}
