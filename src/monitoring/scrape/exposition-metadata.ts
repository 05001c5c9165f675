/** The comments of an exposition that describe metrics: `# HELP`, `# TYPE` and OpenMetrics' `# UNIT`. */
import type { MetricMetadata, MetricType } from '../series.ts';
import { unescape } from './exposition-series.ts';

const TYPES: Readonly<Record<string, MetricType>> = {
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
  gaugehistogram: 'gaugehistogram',
  summary: 'summary',
  info: 'info',
  stateset: 'stateset',
  unknown: 'unknown',
  untyped: 'unknown',
};

const KEYWORD = /^#[ \t]+(HELP|TYPE|UNIT)[ \t]+/;

/** Whether a comment is one of those that say something. */
export const isMetadata = (comment: string): boolean => KEYWORD.test(comment);

/** Takes one HELP, TYPE or UNIT line into the metadata; returns what is wrong with it, if anything. */
export function takeMetadata(comment: string, metadata: Map<string, MetricMetadata>, changed: Set<string>): string | undefined {
  const found = KEYWORD.exec(comment)!;
  const keyword = found[1]!;
  const rest = comment.slice(found[0].length);
  const match = /^([a-zA-Z_:][a-zA-Z0-9_:]*|"(?:\\.|[^\\"])*")(?:[ \t]+(.*))?$/s.exec(rest);
  if (match === null) return `expected a metric name after ${keyword}`;
  const metric = match[1]!.startsWith('"') ? unescape(match[1]!.slice(1, -1)) : match[1]!;
  const said = match[2] ?? '';
  const before = metadata.get(metric) ?? { metric, type: 'unknown', help: '', unit: '' };
  const type = keyword === 'TYPE' && Object.hasOwn(TYPES, said.trim()) ? TYPES[said.trim()] : undefined;
  if (keyword === 'TYPE' && type === undefined) return `not a metric type: ${JSON.stringify(said.slice(0, 40))}`;
  const now: MetricMetadata = {
    metric,
    type: type ?? before.type,
    help: keyword === 'HELP' ? unescapeHelp(said) : before.help,
    unit: keyword === 'UNIT' ? said.trim() : before.unit,
  };
  metadata.set(metric, now);
  changed.add(metric);
  return undefined;
}

const unescapeHelp = (text: string): string => text.replace(/\\[\\n]/g, (escape) => (escape === '\\n' ? '\n' : '\\'));
