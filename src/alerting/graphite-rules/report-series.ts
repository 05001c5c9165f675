import type { ReportedAlert } from '../external/index.ts';
import { compileTemplate } from '../template/index.ts';
import type { Told, SeriesMemory } from './decide-series.ts';
import type { GraphiteRuleSpec } from './graphite-rule-kind.ts';

export interface Reporting {
  readonly rule: string;
  readonly title: string;
  readonly spec: GraphiteRuleSpec;
  /** Of nines, without a slash at its end. */
  readonly url: string;
  readonly runbook: string | undefined;
  readonly now: number;
}

/** Three digits, and no more of them than there are: `12.3`, `0.0123`, `48213`. */
export function figure(value: number): string {
  if (!Number.isFinite(value) || Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** `disk.used;dc=x` has the tag `dc`. */
function tagsOf(series: string): Record<string, string> {
  const [, ...pairs] = /^[^()]+$/.test(series) ? series.split(';') : [series];
  const tags = pairs.slice(0, 30).map((pair): [string, string] => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
  return Object.fromEntries(tags.filter(([name, value]) => /^[A-Za-z_]\w{0,99}$/.test(name) && value !== ''));
}

const identityOf = (rule: string, level: string, series: string) => ({
  source: `graphite/${rule}`,
  key: `${level} ${series}`.slice(0, 1_000),
});

/** It is over, and there is nothing else to say: the rule or the series is forgotten. */
export const endOfSeries = (rule: string, level: string, series: string, now: number): ReportedAlert => ({
  ...identityOf(rule, level, series),
  status: 'resolved',
  labels: {},
  annotations: {},
  startsAt: now,
  endsAt: null,
});

/** The alert of a series at a level: one for each, known by both. */
export function reportSeries({ rule, title, spec, url, runbook, now }: Reporting, { level, to, since }: Told, series: string, memory: SeriesMemory | undefined): ReportedAlert {
  const value = memory?.value ?? NaN;
  const known = { ...tagsOf(series), series };
  const input = { labels: known, value, name: rule, now, externalUrl: url };
  const expand = (map: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(map).map(([name, text]) => [name, compileTemplate(text).expand(input)]));
  const gone = level === 'missing';
  const severity = gone ? (spec.missing === false ? 'today' : spec.missing.severity) : level;
  const limits = gone ? undefined : spec[level];
  const limit = [limits?.above !== undefined && value > limits.above && `above ${limits.above}`, limits?.below !== undefined && value < limits.below && `below ${limits.below}`].filter(Boolean).join(', ');
  const own = gone ? {} : expand(spec.annotations);
  return {
    ...identityOf(rule, level, series),
    status: to,
    severity,
    service: spec.service ?? null,
    labels: { ...known, ...expand(spec.labels), alertname: gone ? `${rule} missing` : rule, severity, ...(spec.service !== undefined && { service: spec.service }) },
    annotations: {
      summary: gone ? `Check ${series}: it sends nothing` : `${title}: ${series} is ${figure(value)}`,
      description: gone
        ? `It was there, and nothing of it has come since ${new Date(since).toISOString()}. If it is gone for good: nines graphite-rule forget ${rule} '${series}'.`
        : `${series} is ${figure(value)}${limit === '' ? '' : `, ${limit}`}.${spec.description === undefined ? '' : ` ${spec.description}`}`,
      ...(runbook !== undefined && { runbook_url: runbook }),
      ...own,
    },
    startsAt: Math.min(since, now),
    endsAt: null,
    generatorUrl: graphOf(url, spec.target),
  };
} // prettier-ignore

const graphOf = (url: string, target: string): string | null => {
  const link = `${url}/render?${new URLSearchParams({ target, from: '-6h', format: 'png', width: '900', height: '400' }).toString()}`;
  return link.length > 4_000 ? null : link;
};
