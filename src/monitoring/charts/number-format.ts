/** How numbers are read out: `ratio` as per cent, `s` in the fitting unit of time, `By` in powers of 1024, others as they are. */
export interface Scale {
  /** Divides a value before it is printed. */
  readonly divisor: number;
  /** Printed after it. */
  readonly suffix: string;
}

const KIB = 1024;
const LADDERS: Readonly<Record<string, readonly (readonly [number, string])[]>> = {
  ratio: [[0.01, ' %']],
  s: [[1e-6, ' µs'], [1e-3, ' ms'], [1, ' s'], [60, ' min'], [3600, ' h'], [86_400, ' d']],
  By: [[1, ' B'], [KIB, ' KiB'], [KIB ** 2, ' MiB'], [KIB ** 3, ' GiB'], [KIB ** 4, ' TiB'], [KIB ** 5, ' PiB']],
}; // prettier-ignore

const THOUSANDS: readonly (readonly [number, string])[] = [[1e-6, 'µ'], [1e-3, 'm'], [1, ''], [1e3, 'k'], [1e6, 'M'], [1e9, 'G'], [1e12, 'T']]; // prettier-ignore

/** One scale for a whole axis or series, chosen by its largest magnitude, so that its numbers compare at sight. */
export function scaleFor(largest: number, unit: string): Scale {
  const size = Math.abs(largest);
  // '500 m/s' would be taken for metres: rates and bare numbers have no prefix below one.
  const prefixes = unit === '' || unit.startsWith('/') ? THOUSANDS.filter(([divisor]) => divisor >= 1) : THOUSANDS;
  const ladder =
    (Object.hasOwn(LADDERS, unit) ? LADDERS[unit] : undefined) ??
    prefixes.map(([divisor, prefix]) => [divisor, unit === '' ? prefix : ` ${prefix}${unit}`] as const);
  let [divisor, suffix] = ladder.find(([one]) => one === 1) ?? ladder[0]!;
  if (size > 0 && Number.isFinite(size)) {
    for (const [one, name] of ladder) if (one === ladder[0]![0] || size >= one) [divisor, suffix] = [one, name];
  }
  return { divisor, suffix };
}

/** `digits` significant digits, never in powers of ten below a million: 1234 → 1200, 0.01234 → 0.012. */
export function significant(value: number, digits = 2): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'no data' : value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  if (size >= 1e6 || size < 1e-6) return rounded.toExponential(digits - 1).replace('-', '−');
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return rounded
    .toFixed(Math.min(20, decimals))
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')
    .replace('-', '−');
}

/** `12 ms`, `1.3 %`, `420 req/s`: two significant digits and the unit, in the scale that fits the value. */
export function quantity(value: number, unit: string, scale: Scale = scaleFor(value, unit)): string {
  if (!Number.isFinite(value)) return significant(value);
  return `${significant(value / scale.divisor)}${value === 0 && unit === '' ? '' : scale.suffix}`;
}
