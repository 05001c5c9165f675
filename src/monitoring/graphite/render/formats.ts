import { reprOf } from '../python-format.ts';
import type { SeriesList, TimeSeries } from '../time-series.ts';
import { zoneOffset } from '../time/zone.ts';
import { consolidate } from './consolidate.ts';

/** A number of JSON; what has none is null, and what is endless is written as graphite-web does: JSON.parse reads it so. */
export const jsonNumber = (value: number): string => {
  if (value !== value) return 'null';
  return Number.isFinite(value) ? String(value) : value > 0 ? '1e9999' : '-1e9999';
};

export interface JsonOptions {
  readonly maxDataPoints: number | undefined;
  readonly noNullPoints: boolean;
}

/** `[{"target": …, "tags": {…}, "datapoints": [[value, time], …]}, …]`, a series at a time. */
export function* toJson(list: SeriesList, { maxDataPoints, noNullPoints }: JsonOptions): Generator<string> {
  let before = '[';
  for (const { name, tags, start, step, values } of consolidate(list, maxDataPoints)) {
    const points: string[] = [];
    for (const [i, value] of values.entries()) {
      if (noNullPoints && value !== value) continue;
      points.push(`[${jsonNumber(value)}, ${start + i * step}]`);
    }
    if (noNullPoints && points.length === 0) continue;
    yield `${before}{"target": ${JSON.stringify(name)}, "tags": ${JSON.stringify(tags)}, "datapoints": [${points.join(', ')}]}`;
    before = ', ';
  }
  yield before === '[' ? '[]' : ']';
}

/** `2026-05-17 10:00:00` in the zone. Clocks are put forward or back at whole quarters of an hour: between them the offset stays. */
function wallOf(zone: string): (seconds: number) => string {
  let [quarter, offset] = [NaN, 0];
  return (seconds) => {
    if (Math.floor(seconds / 900) !== quarter) {
      quarter = Math.floor(seconds / 900);
      offset = zoneOffset(seconds, zone);
    }
    return new Date((seconds + offset) * 1000).toISOString().slice(0, 19).replace('T', ' ');
  };
}

const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** `name,2026-05-17 10:00:00,value` lines, in the time of the zone. */
export function* toCsv(list: SeriesList, zone: string): Generator<string> {
  const wall = wallOf(zone);
  for (const { name, start, step, values } of list) {
    const lines = Array.from(values, (value, i) => `${field(name)},${wall(start + i * step)},${value === value ? reprOf(value) : ''}\r\n`);
    yield lines.join('');
  }
}

/** `name,start,end,step|value,value,…` lines. */
export function* toRaw(list: SeriesList): Generator<string> {
  for (const { name, start, end, step, values } of list) {
    const written = Array.from(values, (value) => (value === value ? reprOf(value) : 'None'));
    yield `${name},${Math.trunc(start)},${Math.trunc(end)},${Math.trunc(step)}|${written.join(',')}\n`;
  }
}

/** What the Dygraph library draws: rows of a time and the value of each series. */
export function* toDygraph(list: SeriesList): Generator<string> {
  const [first] = list;
  if (first === undefined) {
    yield '{}';
    return;
  }
  yield `{"labels" : ${JSON.stringify(['Time', ...list.map(({ name }) => name)])}, "data" : [`;
  for (let time = first.start, i = 0; time < first.end; time += first.step, i++) {
    const row = list.map(({ values }) => dygraphNumber(values[i] ?? NaN));
    yield `${i > 0 ? ', ' : ''}[${[`${time}000`, ...row].join(', ')}]`;
  }
  yield ']}';
}

const dygraphNumber = (value: number): string => (value === value ? String(value) : 'null');

/** What the Rickshaw library draws. */
export function* toRickshaw(list: SeriesList): Generator<string> {
  yield '[';
  for (const [i, series] of list.entries()) yield (i > 0 ? ', ' : '') + rickshawSeries(series);
  yield ']';
}

const rickshawSeries = ({ name, start, step, values }: TimeSeries): string => {
  const points = Array.from(values, (value, i) => `{"x": ${start + i * step}, "y": ${jsonNumber(value)}}`);
  return `{"target": ${JSON.stringify(name)}, "datapoints": [${points.join(', ')}]}`;
};
