/** Values of templates, printed as Go prints them: `fmt` verbs, and the humanize functions of Prometheus (template/template.go). */

export type TemplateValue = string | number | boolean | Readonly<Record<string, string>>;

/** Go's %v of a float64: the shortest digits that read back, with an exponent below 1e-4 and from 1e6. */
export function goFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  return magnitude < 1e-4 || magnitude >= 1e6 ? goExponent(value.toExponential()) : String(value);
}

/** Go writes at least two digits of an exponent: 1e-05. */
const goExponent = (text: string): string => text.replace(/e([+-])(\d)$/, 'e$10$2');

/** Go's %.{precision}g. */
export function general(value: number, precision: number): string {
  if (!Number.isFinite(value)) return goFloat(value);
  if (value === 0) return '0';
  const digits = Math.max(1, precision);
  const exponent = Number(value.toExponential(digits - 1).split('e')[1]);
  const strip = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
  if (exponent >= -4 && exponent < digits) return strip(value.toFixed(Math.max(0, digits - 1 - exponent)));
  const [mantissa, power] = value.toExponential(digits - 1).split('e');
  return goExponent(`${strip(mantissa!)}e${power}`);
}

export function printValue(value: TemplateValue): string {
  if (typeof value === 'number') return goFloat(value);
  if (typeof value === 'object') {
    const pairs = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `map[${pairs.map(([name, text]) => `${name}:${text}`).join(' ')}]`;
  }
  return String(value);
}

/** Go's Sprintf, for the verbs that alerts are written with. A verb that doesn't fit its value is written as Go does: `%!d(string=x)`. */
export function printf(format: string, args: readonly TemplateValue[]): string {
  let next = 0;
  const text = format.replaceAll(/%([-+ 0#]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g, (_, flags: string, width, precision, verb: string) => {
    if (verb === '%') return '%';
    if (next >= args.length) return `%!${verb}(MISSING)`;
    const value = args[next++]!;
    const body = formatVerb(verb, value, precision === undefined ? undefined : Math.min(100, Number(precision)), flags);
    const size = Math.min(1000, Number(width ?? 0));
    if (flags.includes('-')) return body.padEnd(size);
    if (!flags.includes('0') || typeof value !== 'number') return body.padStart(size);
    const sign = /^[+-]/.exec(body)?.[0] ?? '';
    return sign + body.slice(sign.length).padStart(size - sign.length, '0');
  });
  return next < args.length ? `${text}%!(EXTRA ${args.slice(next).map(describe).join(', ')})` : text;
}

const describe = (value: TemplateValue): string => `${typeof value === 'number' ? 'float64' : typeof value}=${printValue(value)}`;

function formatVerb(verb: string, value: TemplateValue, precision: number | undefined, flags: string): string {
  const wrong = `%!${verb}(${describe(value)})`;
  if (verb === 'v') return printValue(value);
  if (verb === 't') return typeof value === 'boolean' ? String(value) : wrong;
  if (verb === 's' || verb === 'q') {
    if (typeof value !== 'string') return wrong;
    const text = precision === undefined ? value : Array.from(value).slice(0, precision).join('');
    return verb === 'q' ? JSON.stringify(text) : text;
  }
  if (typeof value !== 'number') return wrong;
  const sign = flags.includes('+') && value >= 0 ? '+' : '';
  if (!Number.isFinite(value)) return goFloat(value);
  if (verb === 'f' || verb === 'F') return sign + value.toFixed(precision ?? 6);
  if (verb === 'e') return sign + goExponent(value.toExponential(precision ?? 6));
  if (verb === 'g') return sign + (precision === undefined ? goFloat(value) : general(value, precision));
  return wrong;
}

const scaled = (value: number, base: number, units: readonly string[], suffix = ''): string => {
  let prefix = '';
  let rest = value;
  for (const unit of units) {
    if (base > 1 ? Math.abs(rest) < base : Math.abs(rest) >= 1) break;
    prefix = unit;
    rest /= base;
  }
  return `${general(rest, 4)}${prefix}${suffix}`;
};

const UP = ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'] as const;
const DOWN = ['m', 'u', 'n', 'p', 'f', 'a', 'z', 'y'] as const;
const BINARY = ['ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi'] as const;
const plain = (value: number): boolean => value === 0 || !Number.isFinite(value);

export function humanize(value: number): string {
  if (plain(value)) return general(value, 4);
  return Math.abs(value) >= 1 ? scaled(value, 1000, UP) : scaled(value, 1 / 1000, DOWN);
}

export function humanize1024(value: number): string {
  return Math.abs(value) <= 1 || plain(value) ? general(value, 4) : scaled(value, 1024, BINARY);
}

/** Seconds as `1d 2h 3m 4s`. */
export function humanizeDuration(value: number): string {
  if (!Number.isFinite(value)) return general(value, 4);
  if (value === 0) return '0s';
  if (Math.abs(value) < 1) return scaled(value, 1 / 1000, DOWN, 's');
  const sign = value < 0 ? '-' : '';
  const whole = Math.trunc(Math.abs(value));
  const [days, hours, minutes, seconds] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  if (days > 0) return `${sign}${days}d ${hours}h ${minutes}m ${seconds}s`;
  if (hours > 0) return `${sign}${hours}h ${minutes}m ${seconds}s`;
  if (minutes > 0) return `${sign}${minutes}m ${seconds}s`;
  return `${sign}${general(Math.abs(value), 4)}s`;
}

export const humanizePercentage = (value: number): string => `${general(value * 100, 4)}%`;

/** Seconds since the epoch as Go prints a UTC time: `2015-02-26 21:48:00 +0000 UTC`. */
export function humanizeTimestamp(value: number): string {
  const date = new Date(Math.round(value * 1000));
  if (!Number.isFinite(value) || Number.isNaN(date.getTime())) return general(value, 4);
  const [day, time] = date.toISOString().split('T');
  const clean = time!.replace(/\.?0*Z$/, '');
  return `${day} ${clean.length < 8 ? time!.slice(0, 8) : clean} +0000 UTC`;
}
