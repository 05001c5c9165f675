/** What templates work with: Go's values, as far as Prometheus' templates have them. */
import { goFloat } from './decimal.ts';
import { TemplateError } from './template-error.ts';

/** A result of `query`. */
export class Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  constructor(labels: Readonly<Record<string, string>>, value: number) {
    this.labels = labels;
    this.value = value;
  }
}

/** map[string]string: what isn't there is empty. */
export class StringMap {
  readonly entries: Readonly<Record<string, string>>;
  constructor(entries: Readonly<Record<string, string>>) {
    this.entries = entries;
  }
}

/** map[string]interface {}, as `args` makes it. */
export class AnyMap {
  readonly entries: ReadonlyMap<string, Value>;
  constructor(entries: ReadonlyMap<string, Value>) {
    this.entries = entries;
  }
}

/** What `.` is in a rule: the only struct there is beside samples. */
export class Data {
  readonly fields: ReadonlyMap<string, Value>;
  constructor(fields: ReadonlyMap<string, Value>) {
    this.fields = fields;
  }
}

/** time.Time in UTC. */
export class Time {
  /** Milliseconds since the epoch. */
  readonly ms: number;
  constructor(ms: number) {
    this.ms = ms;
  }
}

/** time.Duration. */
export class Duration {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** A bigint is an int, a number a float64, an array a list of samples, null is nil. */
export type Value = string | number | bigint | boolean | null | StringMap | AnyMap | Data | Sample | Time | Duration | readonly Sample[];

export const isList = (value: Value): value is readonly Sample[] => Array.isArray(value);

/** As Go's %T. */
export function typeOf(value: Value): string {
  if (typeof value === 'string' || typeof value === 'boolean') return value === true || value === false ? 'bool' : 'string';
  if (typeof value === 'number') return 'float64';
  if (typeof value === 'bigint') return 'int';
  if (value === null) return '<nil>';
  if (value instanceof StringMap) return 'map[string]string';
  if (value instanceof AnyMap) return 'map[string]interface {}';
  if (value instanceof Sample) return '*template.sample';
  if (value instanceof Time) return '*time.Time';
  if (value instanceof Duration) return 'time.Duration';
  if (isList(value)) return 'template.queryResult';
  return 'struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }';
}

/** As Go's templates have it: false, 0, nil and what is empty are not true. */
export function truth(value: Value): boolean {
  if (typeof value === 'string') return value !== '';
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'bigint') return value !== 0n;
  if (value === null) return false;
  if (value instanceof StringMap) return Object.keys(value.entries).length > 0;
  if (value instanceof AnyMap) return value.entries.size > 0;
  if (value instanceof Duration) return value.nanos !== 0n;
  return !isList(value) || value.length > 0;
}

/** As Go's fmt prints it with %v; nil as templates print it. */
export function printValue(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return goFloat(value);
  if (value === null) return '<no value>';
  if (typeof value !== 'object') return String(value);
  if (value instanceof Time) return timeText(value);
  if (value instanceof Duration) return durationText(value.nanos);
  return compound(value, printValue);
}

type Compound = Exclude<Value, string | number | bigint | boolean | null | Time | Duration>;

/** What is made of other values, with `element` for each of them. */
export function compound(value: Compound, element: (value: Value) => string): string {
  if (value instanceof Sample) return `{${compound(new StringMap(value.labels), element)} ${element(value.value)}}`;
  if (isList(value)) return `[${value.map((sample) => compound(sample, element)).join(' ')}]`;
  if (value instanceof Data) return `{${[...value.fields.values()].map(element).join(' ')}}`;
  const entries: [string, Value][] = value instanceof StringMap ? Object.entries(value.entries) : [...value.entries];
  const pairs = entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => `${name}:${element(one)}`);
  return `map[${pairs.join(' ')}]`;
}

/** Go's Time.String in UTC: `2015-02-26 21:48:00.5 +0000 UTC`. */
export function timeText({ ms }: Time): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) throw new TemplateError(`${ms / 1000} is no time that can be written`);
  const [day, time] = date.toISOString().split('T');
  const [whole, part] = time!.slice(0, -1).split('.');
  const rest = part!.replace(/0{1,3}$/, '');
  return `${day} ${whole}${rest === '' ? '' : `.${rest}`} +0000 UTC`;
}

/** Go's Duration.String: `1h2m3.5s`, `1.5ms`, `0s`. */
export function durationText(nanos: bigint): string {
  if (nanos === 0n) return '0s';
  const size = nanos < 0n ? -nanos : nanos;
  const sign = nanos < 0n ? '-' : '';
  if (size < 1_000_000_000n) {
    const [unit, digits] = size < 1_000n ? (['ns', 0] as const) : size < 1_000_000n ? (['µs', 3] as const) : (['ms', 6] as const);
    return `${sign}${decimals(size, digits)}${unit}`;
  }
  const minutes = size / 60_000_000_000n;
  const seconds = `${decimals(size % 60_000_000_000n, 9)}s`;
  if (minutes === 0n) return sign + seconds;
  return minutes < 60n ? `${sign}${minutes}m${seconds}` : `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

/** `value` · 10^-digits without zeros at the end. */
function decimals(value: bigint, digits: number): string {
  const text = value.toString().padStart(digits + 1, '0');
  const part = text.slice(text.length - digits).replace(/0{1,9}$/, '');
  return text.slice(0, text.length - digits) + (digits === 0 || part === '' ? '' : `.${part}`);
}
