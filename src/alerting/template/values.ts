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

type Methods = Readonly<Record<string, (...args: readonly Value[]) => Value>>;

/** A map[string]string of a type with methods, which come before its keys: Alertmanager's KV. */
export class MethodMap extends StringMap {
  readonly methods: Methods;
  constructor(entries: Readonly<Record<string, string>>, methods: Methods) {
    super(entries);
    this.methods = methods;
  }
}

/** A slice of a type with methods: Alertmanager's Alerts and Pairs. */
export class Listing extends Array<Value> {
  readonly type: string;
  readonly methods: Methods;
  constructor(items: readonly Value[], type: string, methods: Methods) {
    super();
    for (const item of items) this.push(item);
    this.type = type;
    this.methods = methods;
  }
  /** Parts of it are plain lists. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
}

/** map[string]interface {}, as `args` makes it. */
export class AnyMap {
  readonly entries: ReadonlyMap<string, Value>;
  constructor(entries: ReadonlyMap<string, Value>) {
    this.entries = entries;
  }
}

/** A struct: what `.` is. */
export class Data {
  readonly fields: ReadonlyMap<string, Value>;
  readonly type: string;
  constructor(fields: ReadonlyMap<string, Value>, type = RULE_DATA) {
    this.fields = fields;
    this.type = type;
  }
}
const RULE_DATA = 'struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }';

/** Where a clock on the wall shows another time than UTC: what it is ahead, and what it is called then. */
export interface Zone {
  readonly offsetMs: number;
  readonly name: string;
}

/** time.Time. */
export class Time {
  /** Milliseconds since the epoch. */
  readonly ms: number;
  /** Undefined in UTC. */
  readonly zone: Zone | undefined;
  constructor(ms: number, zone?: Zone) {
    this.ms = ms;
    this.zone = zone;
  }
}

/** time.Duration. */
export class Duration {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** A bigint is an int, a number a float64, an array a slice (in rules: of samples), null is nil. */
export type Value = string | number | bigint | boolean | null | StringMap | AnyMap | Data | Sample | Time | Duration | Values;
export interface Values extends ReadonlyArray<Value> {}

export const isList = (value: Value): value is Values => Array.isArray(value);

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
  if (value instanceof Listing) return value.type;
  if (isList(value)) return typeof value[0] === 'string' ? '[]string' : 'template.queryResult';
  return value.type;
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
  if (isList(value)) return `[${value.map(element).join(' ')}]`;
  if (value instanceof Data) return `{${[...value.fields.values()].map(element).join(' ')}}`;
  const entries: [string, Value][] = value instanceof StringMap ? Object.entries(value.entries) : [...value.entries];
  const pairs = entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => `${name}:${element(one)}`);
  return `map[${pairs.join(' ')}]`;
}

/** The zone's offset as `+01:00`, or with another `between`. */
export function offsetText(zone: Zone | undefined, between: string): string {
  const minutes = Math.round(Math.abs(zone?.offsetMs ?? 0) / 60_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${(zone?.offsetMs ?? 0) < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${between}${two(minutes % 60)}`;
}

/** Go's Time.String: `2015-02-26 21:48:00.5 +0000 UTC`. */
export function timeText({ ms, zone }: Time): string {
  const date = new Date(ms + (zone?.offsetMs ?? 0));
  if (Number.isNaN(date.getTime())) throw new TemplateError(`${ms / 1000} is no time that can be written`);
  const [day, time] = date.toISOString().split('T');
  const [whole, part] = time!.slice(0, -1).split('.');
  const rest = part!.replace(/0{1,3}$/, '');
  return `${day} ${whole}${rest === '' ? '' : `.${rest}`} ${offsetText(zone, '')} ${zone?.name ?? 'UTC'}`;
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
