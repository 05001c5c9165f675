/** Methods and fields of values that have any: samples, and what `toTime` and `toDuration` make. */
import { TemplateError } from './template-error.ts';
import { Duration, durationText, Listing, MethodMap, offsetText, Sample, StringMap, Time, timeText, type Value, type Zone } from './values.ts'; // prettier-ignore

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']; // prettier-ignore
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const two = (value: number): string => String(value).padStart(2, '0');
const hour12 = (date: Date): number => date.getUTCHours() % 12 || 12;

/** The parts of Go's layouts, the longest first. */
const LAYOUT: readonly (readonly [string, (date: Date, zone: Zone | undefined) => string])[] = [
  ['January', (date) => MONTHS[date.getUTCMonth()]!],
  ['Jan', (date) => MONTHS[date.getUTCMonth()]!.slice(0, 3)],
  ['Monday', (date) => DAYS[date.getUTCDay()]!],
  ['Mon', (date) => DAYS[date.getUTCDay()]!.slice(0, 3)],
  ['MST', (_, zone) => zone?.name ?? 'UTC'],
  ['2006', (date) => String(date.getUTCFullYear()).padStart(4, '0')],
  ['002', (date) => String(dayOfYear(date)).padStart(3, '0')],
  ['01', (date) => two(date.getUTCMonth() + 1)],
  ['02', (date) => two(date.getUTCDate())],
  ['03', (date) => two(hour12(date))],
  ['04', (date) => two(date.getUTCMinutes())],
  ['05', (date) => two(date.getUTCSeconds())],
  ['06', (date) => two(date.getUTCFullYear() % 100)],
  ['15', (date) => two(date.getUTCHours())],
  ['PM', (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM')],
  ['pm', (date) => (date.getUTCHours() < 12 ? 'am' : 'pm')],
  ['-07:00', (_, zone) => offsetText(zone, ':')],
  ['-0700', (_, zone) => offsetText(zone, '')],
  ['-07', (_, zone) => offsetText(zone, '').slice(0, 3)],
  ['Z07:00', (_, zone) => (zone?.offsetMs ? offsetText(zone, ':') : 'Z')],
  ['Z0700', (_, zone) => (zone?.offsetMs ? offsetText(zone, '') : 'Z')],
  ['_2', (date) => String(date.getUTCDate()).padStart(2, ' ')],
  ['1', (date) => String(date.getUTCMonth() + 1)],
  ['2', (date) => String(date.getUTCDate())],
  ['3', (date) => String(hour12(date))],
  ['4', (date) => String(date.getUTCMinutes())],
  ['5', (date) => String(date.getUTCSeconds())],
];
/** Its UTC fields are what a clock in the zone shows. */
const onTheWall = ({ ms, zone }: Time): Date => new Date(ms + (zone?.offsetMs ?? 0));
const FRACTION = /^[.,](0+|9+)(?!\d)/;

const dayOfYear = (date: Date): number => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 0)) / 86_400_000);

/** Go's Time.Format. */
export function formatTime(time: Time, layout: string): string {
  const date = onTheWall(time);
  let out = '';
  for (let at = 0; at < layout.length;) {
    const rest = layout.slice(at, at + 12);
    const fraction = FRACTION.exec(rest);
    const part = LAYOUT.find(([text]) => rest.startsWith(text));
    if (fraction !== null) {
      const digits = String(date.getUTCMilliseconds()).padStart(3, '0').padEnd(fraction[1]!.length, '0').slice(0, fraction[1]!.length);
      const shown = fraction[1]!.startsWith('9') ? digits.replace(/0{1,12}$/, '') : digits;
      out += shown === '' ? '' : rest[0]! + shown;
      at += fraction[0].length;
    } else if (part === undefined) out += layout[at++]!;
    else {
      out += part[1](date, time.zone);
      at += part[0].length;
    }
  }
  return out;
}

/** Go's zero time, year 1. */
const ZERO_TIME = -62_135_596_800_000;

type Method = (value: never, ...args: Value[]) => Value;
const int = (value: number): bigint => BigInt(Math.trunc(value));
const ofDate =
  (read: (date: Date) => Value): Method =>
  (value: Time) =>
    read(onTheWall(value));
const seconds = (nanos: bigint): number => Number(nanos) / 1e9;

const TIME: Readonly<Record<string, readonly [takes: 'string' | 'int' | 'time' | undefined, method: Method]>> = {
  Format: ['string', formatTime as Method],
  String: [undefined, (time: Time) => timeText(time)],
  UTC: [undefined, (time: Time) => new Time(time.ms)],
  Local: [undefined, (time: Time) => time],
  Add: [
    'int',
    ((time: Time, nanos: bigint | Duration) =>
      new Time(time.ms + Number(typeof nanos === 'bigint' ? nanos : nanos.nanos) / 1e6, time.zone)) as Method,
  ],
  Sub: ['time', ((time: Time, other: Time) => new Duration(BigInt(Math.round((time.ms - other.ms) * 1e6)))) as Method],
  Before: ['time', ((time: Time, other: Time) => time.ms < other.ms) as Method],
  After: ['time', ((time: Time, other: Time) => time.ms > other.ms) as Method],
  IsZero: [undefined, (time: Time) => time.ms === ZERO_TIME],
  Unix: [undefined, (time: Time) => int(Math.floor(time.ms / 1000))],
  UnixMilli: [undefined, (time: Time) => int(time.ms)],
  UnixNano: [undefined, (time: Time) => int(time.ms) * 1_000_000n],
  Year: [undefined, ofDate((date) => int(date.getUTCFullYear()))],
  Month: [undefined, ofDate((date) => MONTHS[date.getUTCMonth()]!)],
  Day: [undefined, ofDate((date) => int(date.getUTCDate()))],
  Hour: [undefined, ofDate((date) => int(date.getUTCHours()))],
  Minute: [undefined, ofDate((date) => int(date.getUTCMinutes()))],
  Second: [undefined, ofDate((date) => int(date.getUTCSeconds()))],
  Weekday: [undefined, ofDate((date) => DAYS[date.getUTCDay()]!)],
  YearDay: [undefined, ofDate((date) => int(dayOfYear(date)))],
};

const DURATION: typeof TIME = {
  String: [undefined, (value: Duration) => durationText(value.nanos)],
  Hours: [undefined, (value: Duration) => seconds(value.nanos) / 3600],
  Minutes: [undefined, (value: Duration) => seconds(value.nanos) / 60],
  Seconds: [undefined, (value: Duration) => seconds(value.nanos)],
  Milliseconds: [undefined, (value: Duration) => value.nanos / 1_000_000n],
  Microseconds: [undefined, (value: Duration) => value.nanos / 1_000n],
  Nanoseconds: [undefined, (value: Duration) => value.nanos],
};

/** Undefined where the value has nothing of this name. */
export function member(value: Value, name: string, args: readonly Value[]): Value | undefined {
  if (value instanceof Sample) return name === 'Labels' ? new StringMap(value.labels) : name === 'Value' ? value.value : undefined;
  if (value instanceof MethodMap || value instanceof Listing) return ofItsType(value, name, args);
  const methods = value instanceof Time ? TIME : value instanceof Duration ? DURATION : undefined;
  const found = methods !== undefined && Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (found === undefined) return undefined;
  const [takes, method] = found;
  const wanted = takes === undefined ? 0 : 1;
  if (args.length !== wanted) throw new TemplateError(`wrong number of args for ${name}: want ${wanted} got ${args.length}`);
  const [arg] = args;
  const fits =
    takes === undefined ||
    (takes === 'string' && typeof arg === 'string') ||
    (takes === 'int' && (typeof arg === 'bigint' || arg instanceof Duration)) ||
    (takes === 'time' && arg instanceof Time);
  if (!fits) throw new TemplateError(`wrong type for value; expected ${takes}`);
  return method(value as never, ...args);
}

function ofItsType({ methods }: MethodMap | Listing, name: string, args: readonly Value[]): Value | undefined {
  const method = Object.hasOwn(methods, name) ? methods[name]! : undefined;
  if (method !== undefined && args.length !== method.length)
    throw new TemplateError(`wrong number of args for ${name}: want ${method.length} got ${args.length}`);
  return method?.(...args);
}
