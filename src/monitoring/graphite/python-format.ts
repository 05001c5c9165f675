/** How Python writes numbers: series are named by the rules of graphite-web, which is written in it. */

/** `repr(float)`: as short as tells it apart, with `.0` where it is whole. */
export function reprOf(value: number): string {
  if (value !== value) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) return exponent(value.toExponential());
  const text = String(value);
  return Number.isInteger(value) ? `${Object.is(value, -0) ? '-0' : text}.0` : text;
}

/** `%g`: six digits. */
export function general(value: number): string {
  if (!Number.isFinite(value)) return reprOf(value);
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const power = Number(value.toExponential(5).split('e')[1]);
  if (power < -4 || power >= 6) {
    const [digits = '', tail = ''] = value.toExponential(5).split('e');
    return exponent(`${trimZeros(digits)}e${tail}`);
  }
  return trimZeros(value.toFixed(5 - power));
}

const trimZeros = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
/** At least two digits after the e. */
const exponent = (text: string): string => text.replace(/e([+-])(\d)$/, 'e$10$2');

/** `round(value, digits)`: to the nearest, halves to the even one. */
export function roundTo(value: number, digits: number): number {
  if (!Number.isFinite(value) || digits > 100) return value;
  if (digits < 0) {
    const unit = 10 ** -digits;
    return roundTo(value / unit, 0) * unit;
  }
  const shifted = value * 10 ** digits;
  // Only a number of few binary places can be a half exactly.
  const half = Math.abs(shifted % 1) === 0.5 && Number.isInteger(value * 2 ** (digits + 1));
  return half ? (2 * Math.round(shifted / 2)) / 10 ** digits : Number(value.toFixed(digits));
}

type Prefixes = readonly (readonly [prefix: string, size: number])[];
const SYSTEMS: Readonly<Record<string, Prefixes>> = {
  binary: [['Pi', 2 ** 50], ['Ti', 2 ** 40], ['Gi', 2 ** 30], ['Mi', 2 ** 20], ['Ki', 2 ** 10]],
  si: [['P', 1e15], ['T', 1e12], ['G', 1e9], ['M', 1e6], ['k', 1e3]],
}; // prettier-ignore

/** A number in the largest unit that it fills, and that unit's prefix. */
export function withPrefix(value: number, system: string): readonly [number, string] {
  const found = (SYSTEMS[system] ?? []).find(([, size]) => Math.abs(value) >= size);
  const [prefix, size] = found ?? ['', 1];
  const scaled = value / size;
  return [scaled - Math.floor(scaled) < 1e-11 && value > 1 ? Math.floor(scaled) : scaled, prefix];
}
