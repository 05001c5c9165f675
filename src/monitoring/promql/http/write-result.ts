/**
 * Answers as Prometheus' JSON, by hand: a graph is tens of thousands of numbers, and they must read exactly as
 * Prometheus writes them (`strconv.FormatFloat(v, 'f', -1, 64)` in quotes).
 */
import { setImmediate } from 'node:timers/promises';
import type { Labels } from '../../series.ts';
import { formatFloat, formatSeconds } from '../number-format.ts';
import type { MatrixSeries, QueryResult } from '../result.ts';

/** About five milliseconds' worth. */
const POINTS_AT_A_TIME = 25_000;

/** The JSON of labels, sorted by name; kept as long as the labels live, for dashboards ask again and again. */
const metrics = new WeakMap<Labels, string>();

export function metricJson(labels: Labels): string {
  let json = metrics.get(labels);
  if (json === undefined) {
    const names = Object.keys(labels).sort();
    json = `{${names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(labels[name])}`).join(',')}}`;
    metrics.set(labels, json);
  }
  return json;
}

/** The `data` member. At most `limit` series; 0 is no limit. Lets the event loop run between batches of series. */
export async function writeData(result: QueryResult, limit = 0): Promise<string> {
  if (result.kind === 'string') return `{"resultType":"string","result":[${formatSeconds(result.time)},${JSON.stringify(result.value)}]}`;
  if (result.kind === 'scalar') return `{"resultType":"scalar","result":[${formatSeconds(result.time)},"${formatFloat(result.value)}"]}`;
  if (result.kind === 'matrix') return await writeMatrix(limit > 0 ? result.series.slice(0, limit) : result.series);
  const time = formatSeconds(result.time);
  const samples = limit > 0 ? result.samples.slice(0, limit) : result.samples;
  let out = '';
  for (const { labels, value } of samples) {
    out += `${out === '' ? '' : ','}{"metric":${metricJson(labels)},"value":[${time},"${formatFloat(value)}"]}`;
  }
  return `{"resultType":"vector","result":[${out}]}`;
}

/** Most series of a range query share the array of times: their texts are made once. */
async function writeMatrix(series: readonly MatrixSeries[]): Promise<string> {
  let shared: Float64Array | undefined;
  let prefixes: string[] = [];
  let out = '';
  let points = 0;
  for (const { labels, times, values } of series) {
    points += values.length;
    if (points > POINTS_AT_A_TIME) {
      points = 0;
      await setImmediate();
    }
    if (times !== shared) {
      shared = times;
      prefixes = Array.from(times, (time, i) => `${i === 0 ? '' : ','}[${formatSeconds(time)},"`);
    }
    out += `${out === '' ? '' : ','}{"metric":${metricJson(labels)},"values":[`;
    for (let i = 0; i < values.length; i++) out += `${prefixes[i]!}${formatFloat(values[i]!)}"]`;
    out += ']}';
  }
  return `{"resultType":"matrix","result":[${out}]}`;
}

/** How many series a result has. */
export function sizeOf(result: QueryResult): number {
  if (result.kind === 'matrix') return result.series.length;
  return result.kind === 'vector' ? result.samples.length : 1;
}
