/**
 * Answers as Prometheus' JSON, by hand: a graph is tens of thousands of numbers, and they must read exactly as
 * Prometheus writes them (`strconv.FormatFloat(v, 'f', -1, 64)` in quotes).
 */
import { setImmediate } from 'node:timers/promises';
import type { Labels } from '../../series.ts';
import { formatFloat, formatSeconds } from '../number-format.ts';
import type { MatrixSeries, QueryResult, VectorSample } from '../result.ts';
import { JsonText, type Json } from './json-text.ts';

/** About five milliseconds' worth. */
const POINTS_AT_A_TIME = 15_000;
const SAMPLES_AT_A_TIME = 2000;

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

/** The `data` member; `after` are members more, with a comma before them. At most `limit` series; 0 is no limit. Lets the event loop run between batches of series. */
export async function writeData(result: QueryResult, limit = 0, after = ''): Promise<Json> {
  if (result.kind === 'string')
    return `{"resultType":"string","result":[${formatSeconds(result.time)},${JSON.stringify(result.value)}]${after}}`;
  if (result.kind === 'scalar')
    return `{"resultType":"scalar","result":[${formatSeconds(result.time)},"${formatFloat(result.value)}"]${after}}`;
  const cut = <T>(items: readonly T[]): readonly T[] => (limit > 0 ? items.slice(0, limit) : items);
  if (result.kind === 'matrix') return await writeMatrix(cut(result.series), after);
  return await writeVector(cut(result.samples), formatSeconds(result.time), after);
}

async function writeVector(samples: readonly VectorSample[], time: string, after: string): Promise<Json> {
  const out = new JsonText();
  for (const [i, { labels, value }] of samples.entries()) {
    if (i % SAMPLES_AT_A_TIME === SAMPLES_AT_A_TIME - 1) await setImmediate();
    out.add(`${i === 0 ? '' : ','}{"metric":${metricJson(labels)},"value":[${time},"${formatFloat(value)}"]}`);
  }
  return out.wrap('{"resultType":"vector","result":[', `]${after}}`);
}

/** Most series of a range query share the array of times: their texts are made once. */
async function writeMatrix(series: readonly MatrixSeries[], after: string): Promise<Json> {
  let shared: Float64Array | undefined;
  let prefixes: string[] = [];
  const out = new JsonText();
  let points = 0;
  for (const [row, { labels, times, values }] of series.entries()) {
    points += values.length;
    if (points > POINTS_AT_A_TIME) {
      points = 0;
      await setImmediate();
    }
    if (times !== shared) {
      shared = times;
      prefixes = Array.from(times, (time, i) => `${i === 0 ? '' : ','}[${formatSeconds(time)},"`);
    }
    let text = `${row === 0 ? '' : ','}{"metric":${metricJson(labels)},"values":[`;
    for (let i = 0; i < values.length; i++) text += `${prefixes[i]!}${formatFloat(values[i]!)}"]`;
    out.add(`${text}]}`);
  }
  return out.wrap('{"resultType":"matrix","result":[', `]${after}}`);
}

/** How many series a result has. */
export function sizeOf(result: QueryResult): number {
  if (result.kind === 'matrix') return result.series.length;
  return result.kind === 'vector' ? result.samples.length : 1;
}
