/** What Alertmanager adds to Go's functions (template/template.go), up to 0.28. Those that need the time are made with it. */
import { Temporal } from 'temporal-polyfill';
import { GO_FUNCTIONS, templateFunction as on, type TemplateFunction } from './functions.ts';
import { formatTime } from './methods.ts';
import { PROMETHEUS_FUNCTIONS } from './prometheus-functions.ts';
import { TemplateError } from './template-error.ts';
import { AnyMap, Data, Duration, isList, Sample, StringMap, Time, timeText, typeOf, type Value } from './values.ts';

const { title, toUpper, toLower, match, reReplaceAll, safeHtml, humanizeDuration } = PROMETHEUS_FUNCTIONS;

const onText = (run: (text: string) => string): TemplateFunction => on(['string'], run);

function timeIn(value: Value): Time {
  if (!(value instanceof Time)) throw new TemplateError(`wrong type for value; expected time.Time; got ${typeOf(value)}`);
  return value;
}

/** What a clock in the zone shows, and the zone's short name. */
function inZone(zone: string, { ms }: Time): Time {
  try {
    const { offsetNanoseconds } = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
    const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'short' }).formatToParts(ms);
    return new Time(ms, { offsetMs: offsetNanoseconds / 1e6, name: parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone });
  } catch {
    throw new TemplateError(`unknown time zone ${zone}`);
  }
}

function unescapeUrl(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new TemplateError(`invalid URL escape in ${JSON.stringify(text.slice(0, 100))}`);
  }
}

/** As Go's encoding/json writes it. */
function plain(value: Value): unknown {
  if (value instanceof StringMap) return sorted(Object.entries(value.entries));
  if (value instanceof AnyMap) return sorted([...value.entries].map(([key, one]) => [key, plain(one)]));
  if (value instanceof Data) return Object.fromEntries([...value.fields].map(([key, one]) => [jsonName(key), plain(one)]));
  if (value instanceof Sample) return { labels: value.labels, value: value.value };
  if (value instanceof Time) return timeText(value).replace(' +0000 UTC', 'Z').replace(' ', 'T');
  if (value instanceof Duration) return Number(value.nanos);
  if (isList(value)) return Array.from(value, plain);
  return typeof value === 'bigint' ? Number(value) : value;
}
const sorted = (entries: [string, unknown][]): object => Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
const jsonName = (field: string): string => (field === 'ExternalURL' || field === 'GeneratorURL' ? field[0]!.toLowerCase() + field.slice(1) : field.charAt(0).toLowerCase() + field.slice(1)); // prettier-ignore

const join = (separator: string, list: Value): string => {
  if (!isList(list) || !list.every((one) => typeof one === 'string')) throw new TemplateError(`wrong type for value; expected []string; got ${typeOf(list)}`); // prettier-ignore
  return list.join(separator);
};

/** @param now milliseconds: what `since` counts to */
export const alertmanagerFunctions = (now: number): Readonly<Record<string, TemplateFunction>> => ({
  title: title!,
  toUpper: toUpper!,
  toLower: toLower!,
  match: match!,
  reReplaceAll: reReplaceAll!,
  safeHtml: safeHtml!,
  safeUrl: safeHtml!,
  trimSpace: onText((text) => text.trim()),
  urlUnescape: onText(unescapeUrl),
  join: on(['string', 'any'], join),
  stringSlice: on([], (...texts: Value[]) => texts, 'string'),
  date: on(['string', 'any'], (layout: string, time: Value) => formatTime(timeIn(time), layout)),
  tz: on(['string', 'any'], (zone: string, time: Value) => inZone(zone, timeIn(time))),
  since: on(['any'], (time: Value) => new Duration(BigInt(Math.round(now - timeIn(time).ms)) * 1_000_000n)),
  humanizeDuration: humanizeDuration!,
  toJson: on(['any'], (value: Value) => JSON.stringify(plain(value))),
});

const NAMES = new Set([...Object.keys(GO_FUNCTIONS), ...Object.keys(alertmanagerFunctions(0)), 'and', 'or']);
export const isAlertmanagerFunction = (name: string): boolean => NAMES.has(name);
export const alertmanagerFunctionNames: readonly string[] = [...NAMES].sort();
