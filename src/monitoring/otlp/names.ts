import type { Translation } from './settings.ts';

/**
 * From OpenTelemetry's names to Prometheus'.
 * Source: https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#otlp-metric-points-to-prometheus
 */

const UNITS: Readonly<Record<string, string>> = {
  d: 'days',
  h: 'hours',
  min: 'minutes',
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
  By: 'bytes',
  KiBy: 'kibibytes',
  MiBy: 'mebibytes',
  GiBy: 'gibibytes',
  TiBy: 'tibibytes',
  KBy: 'kilobytes',
  MBy: 'megabytes',
  GBy: 'gigabytes',
  TBy: 'terabytes',
  m: 'meters',
  V: 'volts',
  A: 'amperes',
  J: 'joules',
  W: 'watts',
  g: 'grams',
  Cel: 'celsius',
  Hz: 'hertz',
  '%': 'percent',
};
const PER: Readonly<Record<string, string>> = { s: 'second', m: 'minute', h: 'hour', d: 'day', w: 'week', mo: 'month', y: 'year' };

export interface MetricNaming {
  readonly name: string;
  readonly unit: string;
  /** A monotonic sum: gets `_total`. */
  readonly counter: boolean;
  readonly gauge: boolean;
}

/** The metric's name, with its unit and `_total` where the translation has suffixes. */
export function metricName(metric: MetricNaming, translation: Translation): string {
  if (translation === 'NoTranslation') return metric.name;
  const suffixes = translation === 'UnderscoreEscapingWithoutSuffixes' ? [] : suffixesOf(metric);
  if (translation === 'NoUTF8EscapingWithSuffixes') return withSuffixes(metric.name, suffixes);
  const words = metric.name.split(/[^a-zA-Z0-9:]+/).filter((word) => word !== '');
  const kept = words.filter((word) => !suffixes.includes(word) || word !== 'total');
  for (const suffix of suffixes) if (suffix === 'total' || !kept.includes(suffix)) kept.push(suffix);
  const name = kept.join('_');
  return /^\d/.test(name) ? `_${name}` : name;
}

function suffixesOf({ unit, counter, gauge }: MetricNaming): string[] {
  const suffixes = unitWords(unit);
  if (unit === '1' && gauge) suffixes.push('ratio');
  if (counter) suffixes.push('total');
  return suffixes;
}

/** The words of a unit such as `By/s`: `bytes`, `per`-what. A unit in braces is a comment. */
export function unitWords(unit: string): string[] {
  const [main = '', per = ''] = unit.split('/', 2).map((part) => part.trim());
  const words: string[] = [];
  if (main !== '' && main !== '1' && !/[{}]/.test(main)) words.push(...wordsOf(UNITS[main] ?? main));
  if (per !== '' && !/[{}]/.test(per)) words.push('per', ...wordsOf(PER[per] ?? per));
  return words;
}

const wordsOf = (text: string): string[] => text.split(/[^a-zA-Z0-9]+/).filter((word) => word !== '');

function withSuffixes(given: string, suffixes: readonly string[]): string {
  let name = given;
  if (suffixes.includes('total') && name.endsWith('_total')) name = name.slice(0, -'_total'.length);
  for (const suffix of suffixes) if (!name.split('_').includes(suffix)) name += `_${suffix}`;
  return name;
}

/** An attribute's key as a label's name. */
export function labelName(key: string, translation: Translation): string {
  if (translation === 'NoTranslation' || translation === 'NoUTF8EscapingWithSuffixes') return key;
  const name = key.replace(/[^a-zA-Z0-9_]/g, '_');
  if (/^\d/.test(name)) return `key_${name}`;
  return name.startsWith('_') && !name.startsWith('__') ? `key${name}` : name;
}
