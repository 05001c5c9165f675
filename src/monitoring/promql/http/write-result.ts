/**
 * Answers as Prometheus' JSON, by hand: a graph is tens of thousands of numbers, and they must read exactly as
 * Prometheus writes them (`strconv.FormatFloat(v, 'f', -1, 64)` in quotes).
 */
import { setImmediate } from 'node:timers/promises';
import type { Histogram } from '../../histogram.ts';
import type { Labels } from '../../series.ts';
import { formatJson, formatSeconds } from '../number-format.ts';
import type { MatrixSeries, QueryResult, VectorSample } from '../result.ts';
import { histogramJson } from './histogram-json.ts';
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
    return `{"resultType":"scalar","result":[${formatSeconds(result.time)},"${formatJson(result.value)}"]${after}}`;
  const cut = <T>(items: readonly T[]): readonly T[] => (limit > 0 ? items.slice(0, limit) : items);
  if (result.kind === 'matrix') return await writeMatrix(cut(result.series), after);
  return await writeVector(cut(result.samples), formatSeconds(result.time), after);
}

async function writeVector(samples: readonly VectorSample[], time: string, after: string): Promise<Json> {
  const out = new JsonText();
  for (const [i, { labels, value, histogram }] of samples.entries()) {
    if (i % SAMPLES_AT_A_TIME === SAMPLES_AT_A_TIME - 1) await setImmediate();
    const sample =
      histogram === undefined ? `"value":[${time},"${formatJson(value)}"]` : `"histogram":[${time},${histogramJson(histogram)}]`;
    out.add(`${i === 0 ? '' : ','}{"metric":${metricJson(labels)},${sample}}`);
  }
  return out.wrap('{"resultType":"vector","result":[', `]${after}}`);
}

/** Most series of a range query share the array of times: their texts are made once. */
async function writeMatrix(series: readonly MatrixSeries[], after: string): Promise<Json> {
  let shared: Float64Array | undefined;
  let prefixes: string[] = [];
  const out = new JsonText();
  let points = 0;
  for (const [row, one] of series.entries()) {
    const { labels, times, values } = one;
    points += values.length;
    if (points > POINTS_AT_A_TIME) {
      points = 0;
      await setImmediate();
    }
    if (one.histograms !== undefined) {
      out.add(`${row === 0 ? '' : ','}{"metric":${metricJson(labels)}${mixedPoints(one, one.histograms)}}`);
      continue;
    }
    if (times !== shared) {
      shared = times;
      prefixes = Array.from(times, (time, i) => `${i === 0 ? '' : ','}[${formatSeconds(time)},"`);
    }
    let text = `${row === 0 ? '' : ','}{"metric":${metricJson(labels)},"values":[`;
    for (let i = 0; i < values.length; i++) text += `${prefixes[i]!}${formatJson(values[i]!)}"]`;
    out.add(`${text}]}`);
  }
  return out.wrap('{"resultType":"matrix","result":[', `]${after}}`);
}

/** The points of a series with native histograms: numbers and histograms apart. */
function mixedPoints({ times, values }: MatrixSeries, histograms: readonly (Histogram | undefined)[]): string {
  const numbers: string[] = [];
  const natives: string[] = [];
  for (const [i, histogram] of histograms.entries()) {
    const time = formatSeconds(times[i]!);
    if (histogram === undefined) numbers.push(`[${time},"${formatJson(values[i]!)}"]`);
    else natives.push(`[${time},${histogramJson(histogram)}]`);
  }
  const list = (name: string, points: readonly string[]): string => (points.length === 0 ? '' : `,"${name}":[${points.join(',')}]`);
  return list('values', numbers) + list('histograms', natives);
}

/** How many series a result has. */
export function sizeOf(result: QueryResult): number {
  if (result.kind === 'matrix') return result.series.length;
  return result.kind === 'vector' ? result.samples.length : 1;
}
