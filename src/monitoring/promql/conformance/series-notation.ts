/** promqltest's notation of series: `name{label="value"} 0+10x5 _ stale 3 NaN`. */
import { add, parseHistogram, subtract, type Notation } from '../../histogram/index.ts';
import type { Labels } from '../../series.ts';
import { Scanner } from '../syntax/scanner.ts';
import { tryParseDuration } from '../../../platform/duration.ts';

/** One step's value; undefined where there is no sample. */
export type SequenceValue = number | 'stale' | Notation | undefined;

export interface SeriesLine {
  readonly labels: Labels;
  readonly values: readonly SequenceValue[];
  /** Whether the values are not samples but start timestamps of the series' samples. */
  readonly startTimestamps: boolean;
}

const NUMBER = '[+-]?(?:\\d+(?:\\.\\d*)?(?:[eE][+-]?\\d+)?|\\.\\d+(?:[eE][+-]?\\d+)?|[iI]nf|[nN]a[nN])';
const ITEM = new RegExp(`^(${NUMBER})(?:([+-])(${NUMBER}))?(?:x(\\d+))?$`);

export function parseSeriesLine(line: string): SeriesLine {
  const scanner = new Scanner(line);
  const labels: Record<string, string> = {};
  const name = scanner.peekWord();
  scanner.advance(name);
  if (name !== '') labels['__name__'] = name;
  // Two braces begin a native histogram's value.
  if (!line.startsWith('{{', scanner.position) && scanner.take('{')) {
    while (!scanner.take('}')) {
      const label = scanner.string() ?? scanner.labelName() ?? scanner.unexpected('a label name');
      if (scanner.take('=')) labels[label] = scanner.string() ?? scanner.unexpected('a quoted value');
      else labels['__name__'] = label;
      if (!scanner.take(',') && scanner.peek() !== '}') scanner.unexpected('"," or "}"');
    }
  }
  const startTimestamps = scanner.take('@st');
  const text = line.slice(scanner.position);
  return { labels, values: startTimestamps ? [] : parseValues(text), startTimestamps };
}

export function parseValues(text: string): SequenceValue[] {
  const values: SequenceValue[] = [];
  // A histogram has blanks inside its braces: it counts as one item.
  const histograms: Notation[] = [];
  const items = text.replaceAll(/\{\{(.*?)\}\}/g, (_, inner: string) => `H${histograms.push(parseHistogram(inner)) - 1}`);
  for (const item of items.split(/\s+/).filter(Boolean)) values.push(...expand(item, histograms));
  return values;
}

function expand(item: string, histograms: readonly Notation[]): SequenceValue[] {
  const gap = /^_(?:x(\d+))?$/.exec(item);
  if (gap !== null) return Array.from({ length: Number(gap[1] ?? 1) }, () => undefined);
  const histogram = /^H(\d+)(?:([+-])H(\d+))?(?:x(\d+))?$/.exec(item);
  if (histogram !== null) {
    const [, first, sign, change, times] = histogram;
    return expandHistograms(histograms[Number(first)]!, sign, histograms[Number(change)], Number(times ?? 0));
  }
  if (item === 'stale') return ['stale'];
  const match = ITEM.exec(item);
  if (match === null) throw new Error(`no value of a series: ${item}`);
  const first = parseNumber(match[1]!);
  const change = match[3] === undefined ? 0 : parseNumber(match[3]) * (match[2] === '-' ? -1 : 1);
  const values: number[] = [];
  let value = first;
  for (let i = 0; i <= Number(match[4] ?? 0); i++) {
    values.push(value);
    value += change;
  }
  return values;
}

function expandHistograms(first: Notation, sign: string | undefined, change: Notation | undefined, times: number): Notation[] {
  const values = [first];
  let { histogram } = first;
  for (let i = 0; i < times; i++) {
    const next = change && (sign === '-' ? subtract(histogram, change.histogram) : add(histogram, change.histogram));
    histogram = next?.histogram ?? histogram;
    values.push({ ...first, histogram });
  }
  return values;
}

export function parseNumber(text: string): number {
  const special = /^([+-]?)(inf|nan)$/i.exec(text);
  if (special === null) return Number(text);
  return special[2]!.toLowerCase() === 'nan' ? NaN : special[1] === '-' ? -Infinity : Infinity;
}

/** Milliseconds: `50m`, `-5s`, or seconds as a number. */
export function parseTime(text: string): number {
  const negative = text.startsWith('-');
  const ms = tryParseDuration(negative ? text.slice(1) : text) ?? Number(text.replace(/^-/, '')) * 1000;
  if (!Number.isFinite(ms)) throw new Error(`no time: ${text}`);
  return negative ? -ms : ms;
}
